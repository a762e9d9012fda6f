package store

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"zhuanhua"
)

// benchRecord is a record of the usual size: about 1 KiB.
func benchRecord(i int) zhuanhua.Achievement {
	return zhuanhua.Achievement{ID: fmt.Sprintf("A-%d", i), Title: fmt.Sprintf("示例成果 %d", i), TechField: "农业",
		Abstract: strings.Repeat("示例摘要文字", 50), Regions: zhuanhua.Geography{Source: "450200"}}
}

// bare is the database without the store: one table, the record's JSON and an id.
func bare(b *testing.B, driver, at string) *sql.DB {
	b.Helper()
	db, err := sql.Open(driver, at)
	if err == nil {
		db.SetMaxOpenConns(1)
		_, err = db.Exec("CREATE TABLE bare (id text PRIMARY KEY, doc text NOT NULL)")
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

func eachBench(b *testing.B, do func(b *testing.B, o Options, bare *sql.DB, mark func(int) string)) {
	b.Run("sqlite", func(b *testing.B) {
		dsn := sqliteDSN(filepath.Join(b.TempDir(), "bare.db"), "rwc", url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}})
		do(b, Options{Dir: filepath.Join(b.TempDir(), "data")}, bare(b, "sqlite", dsn), func(int) string { return "?" })
	})
	b.Run("postgres", func(b *testing.B) {
		do(b, Options{Dir: filepath.Join(b.TempDir(), "data"), URL: newDatabase(b)}, bare(b, "pgx", newDatabase(b)), func(i int) string { return fmt.Sprintf("$%d", i) })
	})
}

// BenchmarkDurable writes one record a transaction, each on the disk before the next.
func BenchmarkDurable(b *testing.B) {
	eachBench(b, func(b *testing.B, o Options, db *sql.DB, mark func(int) string) {
		b.Run("bare", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				r := benchRecord(i)
				if _, err := db.Exec("INSERT INTO bare VALUES ("+mark(1)+", "+mark(2)+") ON CONFLICT DO NOTHING", r.ID, zhuanhua.CanonicalJSON(r)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
		s := open(b, o)
		n := 0
		b.Run("store", func(b *testing.B) {
			for b.Loop() {
				put(b, s, "", benchRecord(n))
				n++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
		b.Run("store-16", func(b *testing.B) {
			var wg sync.WaitGroup
			ids := make(chan int)
			for range 16 {
				wg.Go(func() {
					for i := range ids {
						put(b, s, "", benchRecord(i))
					}
				})
			}
			for b.Loop() {
				ids <- n
				n++
			}
			close(ids)
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		})
	})
}

// bulkRows is how many rows a bulk transaction has.
const bulkRows = 10_000

// BenchmarkBulk writes many records a transaction.
func BenchmarkBulk(b *testing.B) {
	eachBench(b, func(b *testing.B, o Options, db *sql.DB, mark func(int) string) {
		b.Run("bare", func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				t, err := db.Begin()
				if err != nil {
					b.Fatal(err)
				}
				st, err := t.Prepare("INSERT INTO bare VALUES (" + mark(1) + ", " + mark(2) + ")  ON CONFLICT DO NOTHING")
				if err != nil {
					b.Fatal(err)
				}
				for i := range bulkRows {
					r := benchRecord(n*bulkRows + i)
					if _, err := st.Exec(r.ID, zhuanhua.CanonicalJSON(r)); err != nil {
						b.Fatal(err)
					}
				}
				if err := t.Commit(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*bulkRows/b.Elapsed().Seconds(), "rows/s")
		})
		s := open(b, o)
		n := 0
		bulk := func(b *testing.B, fresh bool) {
			for b.Loop() {
				if fresh {
					n++
				}
				var c zhuanhua.Change
				for i := range bulkRows {
					c.Items = append(c.Items, zhuanhua.Put(benchRecord(n*bulkRows+i), zhuanhua.Source{File: "示例.xlsx", Row: i}))
				}
				if _, err := s.Record(b.Context(), "test", c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)*bulkRows/b.Elapsed().Seconds(), "rows/s")
		}
		b.Run("store", func(b *testing.B) { bulk(b, true) })
		b.Run("unchanged", func(b *testing.B) { bulk(b, false) })
		b.Run("verify", func(b *testing.B) {
			var v Verified
			for b.Loop() {
				v, _ = s.Verify(b.Context())
			}
			b.ReportMetric(float64(b.N)*float64(v.Events)/b.Elapsed().Seconds(), "events/s")
		})
	})
}
