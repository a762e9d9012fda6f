package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

// replayRows is how many events are projected before their rows are written.
const replayRows = 5000

// replay is an empty store into which a log is played again.
type replay struct {
	dir     string
	db      *bun.DB
	project *projection
}

// newReplay makes the empty store: a file that is gone when it is closed.
func newReplay(ctx context.Context) (*replay, error) {
	dir, err := os.MkdirTemp("", "zhuanhua-replay-")
	if err != nil {
		return nil, fileError(os.TempDir(), "there is no room to replay the log", err)
	}
	r := &replay{dir: dir, project: newProjection()}
	db, err := sql.Open("sqlite", sqliteDSN(filepath.Join(dir, databaseFile), "rwc", url.Values{"_pragma": {"journal_mode(OFF)", "synchronous(OFF)"}}))
	if err == nil {
		db.SetMaxOpenConns(1)
		r.db = bun.NewDB(db, sqlitedialect.New())
		err = migrateSchema(ctx, goose.DialectSQLite3, db, newestSchema)
	}
	if err != nil {
		r.close()
		return nil, dbError("the log cannot be replayed", err)
	}
	return r, nil
}

func (r *replay) close() {
	if r.db != nil {
		r.db.Close()
	}
	os.RemoveAll(r.dir)
}

// add takes an event in.
func (r *replay) add(ctx context.Context, e storedEvent) error {
	if err := r.project.add(e); err != nil {
		return err
	}
	if r.project.events >= replayRows {
		return r.flush(ctx)
	}
	return nil
}

// flush writes the rows that the events so far ask for.
func (r *replay) flush(ctx context.Context) error {
	p := r.project
	r.project = newProjection()
	return r.db.RunInTx(ctx, nil, func(ctx context.Context, t bun.Tx) error { return p.flush(ctx, t) })
}

// compare goes through the live tables and the replayed ones side by side, both ordered by key.
func (v *verifier) compare(ctx context.Context) error {
	for _, t := range tables() {
		if !t.derived || t.name == "events" {
			continue
		}
		if err := v.compareTable(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) compareTable(ctx context.Context, t table) error {
	columns := t.shown(false)
	live, stopLive := pull(readTable(ctx, v.t, t, columns))
	defer stopLive()
	again, stopAgain := pull(readTable(ctx, v.flow.db, t, columns))
	defer stopAgain()
	a, okA, err := live()
	if err != nil {
		return err
	}
	b, okB, err := again()
	for err == nil && (okA || okB) {
		order := 0
		if okA && okB {
			order = strings.Compare(a[0].(string), b[0].(string))
		}
		switch {
		case !okB || okA && order < 0:
			v.out.Rows++
			v.find("replay", fmt.Sprintf("%s %s", t.name, a[0]), "this row follows from no event")
			a, okA, err = live()
		case !okA || order > 0:
			v.find("replay", fmt.Sprintf("%s %s", t.name, b[0]), "this row is missing: the log has it")
			b, okB, err = again()
		default:
			v.out.Rows++
			v.compareRow(t, columns, a, b)
			if a, okA, err = live(); err == nil {
				b, okB, err = again()
			}
		}
	}
	return err
}

func (v *verifier) compareRow(t table, columns []column, live, again []any) {
	for i, c := range columns {
		if !reflect.DeepEqual(live[i], again[i]) {
			v.find("replay", fmt.Sprintf("%s %s, column %s", t.name, live[0], c.name), "is %s, the log says %s", short(live[i]), short(again[i]))
		}
	}
}

// short shows a value in a sentence.
func short(v any) string {
	s := []rune(fmt.Sprintf("%v", v))
	if len(s) > 60 {
		return fmt.Sprintf("%q… (%d characters)", string(s[:60]), len(s))
	}
	return fmt.Sprintf("%q", string(s))
}

// pull is iter.Pull2 for rows, with the error at the end.
func pull(rows iter.Seq2[[]any, error]) (func() ([]any, bool, error), func()) {
	next, stop := iter.Pull2(rows)
	return func() ([]any, bool, error) {
		row, err, ok := next()
		return row, ok && err == nil, err
	}, stop
}
