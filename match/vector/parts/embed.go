// Package parts holds the third-party files that the program carries: the embedding model, its
// tokenizer and the runtime library for the platform it was built for. It leaves using them to
// others, and is imported by cmd and tests only, so that nothing else grows by these megabytes.
//
// The files are put here by tools/fetch-parts before the build. A build without them works and
// answers "not built in" to every question below.
package parts

import (
	"embed"
	"runtime"
	"strings"

	"zhuanhua"
)

// ModelName is what the embedded model is called.
const ModelName = "bge-small-zh-v1.5-int8"

// Compressed is a part that is stored compressed.
type Compressed struct {
	Name   string // its file name when unpacked
	GZ     []byte // gzip-compressed content
	SHA256 string // of the uncompressed content, in hexadecimal
}

// Model returns the embedding model in ONNX form, int8.
func Model() ([]byte, error) {
	return read(common, "common/model.onnx", "the embedding model")
}

// Tokenizer returns the model's own tokenizer.json.
func Tokenizer() ([]byte, error) {
	return read(common, "common/tokenizer.json", "the model's tokenizer")
}

// Library returns the runtime library for a platform in Go's names, such as "linux", "amd64".
// A program carries that of its own platform only.
func Library(goos, goarch string) (Compressed, error) {
	const what = "the runtime library"
	if goos != runtime.GOOS || goarch != runtime.GOARCH {
		return Compressed{}, missing(what+" for "+goos+"/"+goarch, nil)
	}
	place := goos + "-" + goarch + "/libonnxruntime.so"
	gz, err := read(platform, place+".gz", what)
	if err != nil {
		return Compressed{}, err
	}
	sum, err := sumOf(place)
	if err != nil {
		return Compressed{}, err
	}
	return Compressed{Name: "libonnxruntime-" + sum[:12] + ".so", GZ: gz, SHA256: sum}, nil
}

// Notices returns the notices of the software inside the runtime library, gzip-compressed text.
// They go wherever the library goes.
func Notices() (Compressed, error) {
	const place = "common/onnxruntime-notices.txt"
	gz, err := read(common, place+".gz", "the notices of the runtime library")
	if err != nil {
		return Compressed{}, err
	}
	sum, err := sumOf(place)
	return Compressed{Name: "onnxruntime-notices.txt", GZ: gz, SHA256: sum}, err
}

// sumOf looks up the checksum of a part in the table that tools/fetch-parts leaves beside the parts.
func sumOf(place string) (string, error) {
	table, err := read(common, "common/parts.sum", "the table of checksums")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(table)) {
		if f := strings.Fields(line); len(f) == 2 && f[1] == place && len(f[0]) == 64 {
			return f[0], nil
		}
	}
	return "", missing("the checksum of "+place, nil)
}

func read(files embed.FS, place, what string) ([]byte, error) {
	b, err := files.ReadFile("files/" + place)
	if err != nil {
		return nil, missing(what, err)
	}
	return b, nil
}

func missing(what string, cause error) error {
	return zhuanhua.Unavailable("", what+" is not built into this program",
		"run tools/fetch-parts and build again, or use a remote encoder", cause)
}
