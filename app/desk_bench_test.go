package app_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/internal/pgtest"
	"zhuanhua/store"
)

// BenchmarkSubmitAndDecide prints how many claims a second are submitted and decided, each step on the
// disk before the next, beside what the bare database writes durably.
func BenchmarkSubmitAndDecide(b *testing.B) {
	dsn := (&url.URL{Scheme: "file", Opaque: filepath.Join(b.TempDir(), "bare.db"),
		RawQuery: url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}.Encode()}).String()
	b.Run("sqlite", func(b *testing.B) {
		benchBare(b, "sqlite", dsn, "?")
		benchDesk(b, store.Options{Dir: filepath.Join(b.TempDir(), "data")})
	})
	b.Run("postgres", func(b *testing.B) {
		benchBare(b, "pgx", pgtest.Database(b), "$1")
		benchDesk(b, store.Options{Dir: filepath.Join(b.TempDir(), "data"), URL: pgtest.Database(b)})
	})
}

// benchBare writes a row of the size of a step, one transaction each.
func benchBare(b *testing.B, driver, at, mark string) {
	b.Run("bare", func(b *testing.B) {
		db, err := sql.Open(driver, at)
		if err != nil {
			b.Fatal(err)
		}
		defer db.Close()
		db.SetMaxOpenConns(1)
		if _, err := db.Exec("CREATE TABLE IF NOT EXISTS bare (doc text NOT NULL)"); err != nil {
			b.Fatal(err)
		}
		doc := fmt.Sprintf("%01000d", 7)
		for b.Loop() {
			if _, err := db.Exec("INSERT INTO bare VALUES ("+mark+")", doc); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
	})
}

// benchDesk has claims begun beforehand; what is measured is the claim and the decision about it.
func benchDesk(b *testing.B, o store.Options) {
	h := newHall(b, o, example)
	n := 0
	one := func(id string, n int) error {
		if _, err := h.desk.Do(h.ctx, "corp", id, app.Doing{Act: flow.Act{Action: "claim", Values: jobs(n)}}); err != nil {
			return err
		}
		_, err := h.desk.Do(h.ctx, "officer", id, app.Doing{Act: flow.Act{Action: "check"}})
		return err
	}
	begin := func(b *testing.B) (string, int) {
		b.StopTimer()
		n++
		id := h.begin("corp", flow.Beginning{Workflow: "job-reward", Rule: "R08"})
		b.StartTimer()
		return id, n
	}
	report := func(b *testing.B) {
		rate := float64(b.N) / b.Elapsed().Seconds()
		b.ReportMetric(rate, "claims/s")
		b.ReportMetric(2*rate, "steps/s")
	}
	b.Run("one-by-one", func(b *testing.B) {
		for b.Loop() {
			id, n := begin(b)
			if err := one(id, n); err != nil {
				b.Fatal(err)
			}
		}
		report(b)
	})
	b.Run("16-at-once", func(b *testing.B) {
		type work struct {
			id string
			n  int
		}
		list := make([]work, 0, b.N)
		for range b.N {
			id, n := begin(b)
			list = append(list, work{id, n})
		}
		todo := make(chan work)
		var wg sync.WaitGroup
		b.ResetTimer()
		for range 16 {
			wg.Go(func() {
				for w := range todo {
					if err := one(w.id, w.n); err != nil {
						b.Error(err)
					}
				}
			})
		}
		for _, w := range list {
			todo <- w
		}
		close(todo)
		wg.Wait()
		report(b)
	})
}
