package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"zhuanhua/match/vector/parts"
)

// version is set by the Makefile from the CHANGELOG; a plain `go build` leaves it.
var version = "dev"

func runVersion(_ context.Context, std stdio, args []string) error {
	f := newFlags(std, "version", "version [--notices]", "  zhuanhua version\n")
	notices := f.Bool("notices", false, "print the notices of third-party parts inside this program")
	if _, err := parse(f, args); err != nil {
		return err
	}
	if *notices {
		return printNotices(std)
	}
	fmt.Fprintf(std.out, "zhuanhua %s %s/%s %s\n", version, runtime.GOOS, runtime.GOARCH, runtime.Version())
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "CGO_ENABLED" {
				fmt.Fprintln(std.out, "cgo", s.Value)
			}
		}
	}
	if _, err := parts.Model(); err != nil {
		fmt.Fprintln(std.out, "embedding model: none;", err)
		return nil
	}
	fmt.Fprintln(std.out, "embedding model:", parts.ModelName)
	return nil
}

// printNotices prints the notices that come with the runtime library.
func printNotices(std stdio) error {
	n, err := parts.Notices()
	if err != nil {
		return err
	}
	z, err := gzip.NewReader(bytes.NewReader(n.GZ))
	if err != nil {
		return err
	}
	_, err = io.Copy(std.out, z)
	return err
}
