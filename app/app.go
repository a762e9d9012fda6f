// Package app is every action of the platform, each in one place whichever surface asks for it: it
// gathers from the store, lets the packages below decide, and records. It knows no flags and no pages.
package app

import (
	"context"
	"io"
	"iter"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/intake/write"
	"zhuanhua/store"
)

// App acts on one set of records.
type App struct{ store *store.Store }

// New makes the actions for an open store, which stays the caller's to close.
func New(s *store.Store) *App { return &App{s} }

// Store is the store that is acted on, for what needs no decision.
func (a *App) Store() *store.Store { return a.store }

// Export writes the records of a noun in the order of their ids, and returns how many there were.
// Forgotten persons are left out: nothing of them is left to export.
func (a *App) Export(ctx context.Context, w io.Writer, f write.Format, noun zhuanhua.Noun) (int, error) {
	return write.Export(w, f, noun, a.records(ctx, noun))
}

// records goes through the records of a noun.
func (a *App) records(ctx context.Context, noun zhuanhua.Noun) iter.Seq2[zhuanhua.Record, error] {
	return func(yield func(zhuanhua.Record, error) bool) {
		for row, err := range a.store.Rows(ctx, noun, store.Filter{}) {
			if err == nil && row.Forgotten {
				continue
			}
			var r zhuanhua.Record
			if err == nil {
				r, err = recordOf(row)
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// Achievements are the recorded achievements as matching reads them.
func (a *App) Achievements(ctx context.Context) ([]intake.Achievement, error) {
	return rowsOf[zhuanhua.Achievement](ctx, a.store, store.Filter{})
}

// AchievementsOf are those of some ids.
func (a *App) AchievementsOf(ctx context.Context, ids []string) ([]intake.Achievement, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return rowsOf[zhuanhua.Achievement](ctx, a.store, store.Filter{IDs: ids})
}

// Needs are the recorded needs as matching reads them.
func (a *App) Needs(ctx context.Context) ([]intake.Need, error) {
	return rowsOf[zhuanhua.Need](ctx, a.store, store.Filter{})
}

func rowsOf[T zhuanhua.Record](ctx context.Context, s *store.Store, f store.Filter) ([]intake.Row[T], error) {
	var list []intake.Row[T]
	var none T
	for row, err := range s.Rows(ctx, none.Noun(), f) {
		if err != nil {
			return nil, err
		}
		v, err := store.As[T](row)
		if err != nil {
			return nil, err
		}
		if len(row.Source.Cells) == 0 {
			row.Source.Cells = write.Cells(v)
		}
		list = append(list, intake.Row[T]{Value: v, Source: row.Source})
	}
	return list, nil
}

// recordOf reads the image of a row.
func recordOf(row store.Row) (zhuanhua.Record, error) {
	switch row.Noun {
	case zhuanhua.NounAchievement:
		return store.As[zhuanhua.Achievement](row)
	case zhuanhua.NounNeed:
		return store.As[zhuanhua.Need](row)
	case zhuanhua.NounOrganisation:
		return store.As[zhuanhua.Organisation](row)
	case zhuanhua.NounPerson:
		return store.As[zhuanhua.Person](row)
	}
	return store.As[zhuanhua.Contract](row)
}
