package app

import (
	"context"
	"io"
	"iter"

	"zhuanhua"
	"zhuanhua/intake/write"
	"zhuanhua/store"
)

// Achievement reads one achievement with its source, KindNotFound where there is none.
func (a *App) Achievement(ctx context.Context, id string) (zhuanhua.Achievement, zhuanhua.Source, error) {
	return one[zhuanhua.Achievement](ctx, a.store, id)
}

// Need reads one need with its source, KindNotFound where there is none.
func (a *App) Need(ctx context.Context, id string) (zhuanhua.Need, zhuanhua.Source, error) {
	return one[zhuanhua.Need](ctx, a.store, id)
}

func one[T zhuanhua.Record](ctx context.Context, s *store.Store, id string) (v T, src zhuanhua.Source, err error) {
	row, err := s.Get(ctx, v.Noun(), id)
	if err != nil {
		return v, src, err
	}
	v, err = store.As[T](row)
	if len(row.Source.Cells) == 0 {
		row.Source.Cells = write.Cells(v)
	}
	return v, row.Source, err
}

// exportStep is how many records of an export are read at once.
const exportStep = 500

// ExportOf writes some records of a noun, in the order of the ids given.
func (a *App) ExportOf(ctx context.Context, w io.Writer, f write.Format, noun zhuanhua.Noun, ids []string) (int, error) {
	return write.Export(w, f, noun, a.some(ctx, noun, ids))
}

func (a *App) some(ctx context.Context, noun zhuanhua.Noun, ids []string) iter.Seq2[zhuanhua.Record, error] {
	return func(yield func(zhuanhua.Record, error) bool) {
		for from := 0; from < len(ids); from += exportStep {
			step := ids[from:min(len(ids), from+exportStep)]
			found := map[string]zhuanhua.Record{}
			for row, err := range a.store.Rows(ctx, noun, store.Filter{IDs: step}) {
				if err == nil && !row.Forgotten {
					found[row.ID], err = recordOf(row)
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
			for _, id := range step {
				if r := found[id]; r != nil && !yield(r, nil) {
					return
				}
			}
		}
	}
}
