package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"zhuanhua/app"
	"zhuanhua/store"
)

// indexed does something with the saved index of the records, brought up to date, where there is one:
// that takes a second where making it of a million records takes many minutes. there is false where the
// records must be read instead.
func (r *recordFlags) indexed(ctx context.Context, io stdio, engine *engineFlags, do func(*store.Store, *app.Index) error) (there bool, err error) {
	dir, err := r.dir(io)
	if err != nil || io.server != nil || engine.mode == "dense" {
		return false, err
	}
	if _, err := os.Stat(indexDir(dir)); err != nil {
		return false, nil
	}
	enc, err := engine.optional(ctx, io)
	if err != nil {
		return false, err
	}
	defer closeEncoder(enc)
	o := app.IndexOptions{Dir: indexDir(dir), Encoder: enc, Progress: progress(io, "语义编码")}
	if enc != nil {
		o.Cache = engine.openCache(io, enc)
		defer o.Cache.Close()
	}
	err = r.reading(ctx, io, func(s *store.Store) error {
		x, err := app.LoadIndex(ctx, s, o)
		if err != nil {
			if ctx.Err() == nil && !errors.Is(err, fs.ErrNotExist) {
				notUsed(io)(err)
			}
			return ctx.Err()
		}
		there = true
		return do(s, x)
	})
	return there, err
}

// notUsed tells why a snapshot of the index is not used.
func notUsed(io stdio) func(error) {
	return func(err error) { fmt.Fprintf(io.err, "索引快照不能用，改为重新建立: %v\n", err) }
}
