package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"zhuanhua"
)

// golden compares a text with a file of testdata, and writes it where ZHUANHUA_GOLDEN is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("ZHUANHUA_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != got {
		t.Errorf("%s differs (%v); look at it and run with ZHUANHUA_GOLDEN=1. Now:\n%s", path, err, got)
	}
}

// TestGoldenSchema shows each change of our tables, and that both databases have the same columns.
func TestGoldenSchema(t *testing.T) {
	queries := map[string]string{
		"sqlite": `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'river%' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'
			AND tbl_name NOT LIKE 'river%' ORDER BY type DESC, name`,
		"postgres": `SELECT table_name || '.' || column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END || coalesce(' ' || collation_name, '')
			FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'river%' AND table_name NOT LIKE 'goose%'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'river%' AND tablename NOT LIKE 'goose%' ORDER BY 1`,
	}
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		name := "sqlite"
		if o.URL != "" {
			name = "postgres"
		}
		rows, err := s.db.reader().QueryContext(t.Context(), queries[name])
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var lines []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		golden(t, "schema."+name+".golden", strings.Join(lines, "\n")+"\n")
		for _, table := range tables() {
			for _, err := range readTable(t.Context(), s.db.reader(), table, table.columns) {
				if err != nil {
					t.Errorf("%s: %v", table.name, err)
				}
			}
		}
	})
}

// TestUpgrade opens records of schema 1, as the program that knew no other left them.
func TestUpgrade(t *testing.T) {
	const fixture = "testdata/schema1"
	if os.Getenv("ZHUANHUA_FIXTURE") != "" {
		s, err := openAt(t.Context(), Options{Dir: fixture}, 1)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, "b1", sample()...)
		if _, err := s.Attach(t.Context(), "test", "示例.txt", strings.NewReader("示例附件")); err != nil {
			t.Fatal(err)
		}
		shut(t, s)
		os.Remove(filepath.Join(fixture, lockFile))
	}
	t.Run("sqlite", func(t *testing.T) {
		o := Options{Dir: t.TempDir()}
		if err := os.CopyFS(o.Dir, os.DirFS(fixture)); err != nil {
			t.Fatal(err)
		}
		ro := o
		ro.ReadOnly = true
		if _, err := Open(t.Context(), ro); zhuanhua.KindOf(err) != zhuanhua.KindConflict || !strings.Contains(err.Error(), "older schema 1") {
			t.Errorf("read-only: %v", err)
		}
		upgraded(t, o)
	})
	t.Run("postgres", func(t *testing.T) {
		o := Options{Dir: t.TempDir(), URL: newDatabase(t)}
		if err := os.CopyFS(o.Dir, os.DirFS(fixture)); err != nil {
			t.Fatal(err)
		}
		moveToPostgres(t, o)
		upgraded(t, o)
	})
}

// moveToPostgres brings the fixture's tables into a PostgreSQL database of schema 1.
func moveToPostgres(t *testing.T, o Options) {
	from, err := openEngine(t.Context(), Options{Dir: o.Dir, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer from.close()
	to, err := openEngine(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer to.close()
	if err := migrateSchema(t.Context(), goose.DialectPostgres, to.(*postgresDB).db.DB, 1); err != nil {
		t.Fatal(err)
	}
	if err := to.(*postgresDB).jobs.migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := map[string]bool{"vectors": true, "indexed": true} // schema 2
	for _, n := range nouns() {
		later[n.table] = later[n.table] || n.casework // schema 3
	}
	for _, table := range tables() {
		if later[table.name] {
			continue
		}
		var rows [][]any
		for row, err := range readTable(t.Context(), from.reader(), table, table.columns) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, row)
		}
		if err := insert(t.Context(), to.reader(), table.name, table.columns, rows, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func upgraded(t *testing.T, o Options) {
	s := open(t, o)
	mustVerify(t, s)
	i, err := s.Info(t.Context())
	if err != nil || i.Schema != newestSchema || i.Events != 8 {
		t.Fatalf("%+v %v", i, err)
	}
	if p, err := s.Get(t.Context(), zhuanhua.NounPerson, "P-1"); err != nil || !strings.Contains(p.Image, "示例完成人甲") {
		t.Errorf("%+v %v", p, err)
	}
	if st, err := s.IndexPending(t.Context(), "m", 0); err != nil || len(st) != 3 {
		t.Errorf("%+v %v", st, err)
	}
	put(t, s, "b2", zhuanhua.Need{ID: "N-2", Title: "示例后来"})
	mustVerify(t, s)
}

// TestNewerSchema is refused in one sentence, and nothing is changed.
func TestNewerSchema(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		s := open(t, o)
		put(t, s, "b1", sample()...)
		shut(t, s)
		for _, readOnly := range []bool{false, true} {
			o.ReadOnly = readOnly
			_, err := openAt(t.Context(), o, 1)
			if zhuanhua.KindOf(err) != zhuanhua.KindConflict || !strings.Contains(err.Error(), "written by a newer program") {
				t.Errorf("%v", err)
			}
		}
		o.ReadOnly = false
		mustVerify(t, open(t, o))
	})
}

// TestOneDatabaseFile: nothing but zhuanhua.db is a database in the data directory.
func TestOneDatabaseFile(t *testing.T) {
	o := Options{Dir: filepath.Join(t.TempDir(), "数据 目录?#%41")}
	s := open(t, o)
	put(t, s, "b1", sample()...)
	shut(t, s)
	entries, _ := os.ReadDir(o.Dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "keys seals.log zhuanhua.db zhuanhua.lock" {
		t.Error(got)
	}
	var mode string
	if err := open(t, o).db.reader().QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("%s %v", mode, err)
	}
}
