package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"zhuanhua"
)

// accreditations are the entries of registers. Their state on a day is computed and not kept.
func accreditations() noun {
	return noun{kind: zhuanhua.NounAccreditation, table: "accreditations", casework: true,
		search: []column{{"title", text}, {"register", text}, {"organisation", text}, {"person", text}, {"region", text}},
		values: func(image []byte) (string, []any, error) {
			var a zhuanhua.Accreditation
			err := json.Unmarshal(image, &a)
			name := ""
			if n := len(a.Names); n > 0 {
				name = a.Names[n-1].Name
			}
			return a.ID, []any{name, a.Register, a.Organisation, a.Person, string(a.Region)}, err
		}}
}

// AsKnown goes through the records of a noun as they stood at a moment, in the order in which they last
// changed before it: what was recorded later is not known yet. Persons have no such images.
func (s *Store) AsKnown(ctx context.Context, kind zhuanhua.Noun, at time.Time) iter.Seq2[Row, error] {
	q := s.db.reader().NewSelect().ColumnExpr("seq, at, actor, kind, subject, payload, prev_hash, hash").Table("events").
		Where("seq IN (SELECT max(seq) FROM events WHERE at <= ? AND kind LIKE ? GROUP BY subject)", at.UTC().Format(timeLayout), string(kind)+".%").Order("seq")
	return func(yield func(Row, error) bool) {
		for e, err := range scanAll(ctx, q, scanEvent) {
			row := Row{Noun: kind}
			if err != nil {
				yield(row, dbError("the log cannot be read", err))
				return
			}
			var p payload
			if err = json.Unmarshal([]byte(e.Payload), &p); err != nil {
				yield(row, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: fmt.Sprintf("event %d", e.Seq), What: "the event cannot be read", Do: "run zhuanhua verify", Err: err})
				return
			}
			if len(p.Image) == 0 {
				continue
			}
			row.ID, row.Version, row.Batch, row.Hash, row.Seq, row.Image = strings.TrimPrefix(e.Subject, string(kind)+"/"), p.Version, p.Batch, p.Hash, e.Seq, string(p.Image)
			if !yield(row, nil) {
				return
			}
		}
	}
}
