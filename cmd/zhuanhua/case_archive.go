package main

import (
	"context"
	"errors"
	"fmt"

	"zhuanhua/app"
	"zhuanhua/flow/archive"
)

// caseArchive writes the package of a closed case, or checks one that was written.
func caseArchive(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if o.check != "" {
		if err := o.exactly("archive --check", args); err != nil {
			return err
		}
		return o.checkArchive(io)
	}
	if err := errors.Join(o.exactly("archive", args, "an ID"), o.needsUser("archive")); err != nil {
		return err
	}
	if o.out == "" {
		return errUsage{fmt.Errorf("case archive needs --out FILE.zip, or --check FILE.zip to look at one")}
	}
	return o.atDesk(ctx, io, func(ctx context.Context, d *app.Desk) error {
		var m archive.Manifest
		err := writeFile(io.path(o.out), false, func(w writer) (err error) {
			m, err = d.Archive(ctx, w, o.as, args[0])
			return err
		})
		if err != nil {
			return err
		}
		return o.print(io, m, func() { fmt.Fprintf(io.out, "%s：%s，%d 个文件 files\n", o.out, m.Case, len(m.Files)) })
	})
}

func (o *deskFlags) checkArchive(io stdio) error {
	f, size, err := openFile(io.path(o.check))
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := archive.Check(f, size)
	if err != nil {
		return err
	}
	return o.print(io, m, func() { fmt.Fprintf(io.out, "%s：%s，%d 个文件，完好 whole\n", o.check, m.Case, len(m.Files)) })
}
