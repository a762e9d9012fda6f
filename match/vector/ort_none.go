//go:build static || !linux || (!amd64 && !arm64)

package vector

import (
	"errors"
	"runtime"
)

// ort stands in where the runtime library is not to be had.
type ort struct{ inputs []string }

func openORT(string, []byte) (*ort, error) {
	return nil, &libraryError{errors.New("the runtime library is not part of this build for " + runtime.GOOS + "/" + runtime.GOARCH)}
}

func (*ort) run([][]int64, int, int, func([]float32, []int64) error) error {
	return errors.New("no runtime library")
}

func (*ort) close() {}
