package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/internal/pgtest"
)

// TestMain runs the tests, or what a test asked a child process to do, and stops the PostgreSQL that
// the tests started.
func TestMain(m *testing.M) {
	if mode := os.Getenv("ZHUANHUA_CHILD"); mode != "" {
		if err := child(mode); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

// newDatabase makes an empty database and returns its address.
func newDatabase(t testing.TB) string {
	t.Helper()
	return pgtest.Database(t)
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, do func(t *testing.T, o Options)) {
	t.Run("sqlite", func(t *testing.T) { do(t, Options{Dir: filepath.Join(t.TempDir(), "data")}) })
	t.Run("postgres", func(t *testing.T) {
		do(t, Options{Dir: filepath.Join(t.TempDir(), "data"), URL: newDatabase(t)})
	})
}

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func shut(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// put records things in one change and fails the test when it cannot.
func put(t testing.TB, s *Store, batch string, records ...zhuanhua.Record) Recorded {
	t.Helper()
	r, err := s.Record(t.Context(), "test", change(batch, records...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func change(batch string, records ...zhuanhua.Record) zhuanhua.Change {
	c := zhuanhua.Change{Batch: batch}
	for i, r := range records {
		c.Items = append(c.Items, zhuanhua.Put(r, zhuanhua.Source{File: "示例.xlsx", Row: i + 1, Line: i + 2}))
	}
	return c
}

// findings verifies and returns what is wrong as lines.
func findings(t testing.TB, s *Store) []string {
	t.Helper()
	v, err := s.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range v.Findings {
		list = append(list, f.Kind+": "+f.Where+" "+f.What)
	}
	return list
}

func mustVerify(t testing.TB, s *Store) {
	t.Helper()
	if f := findings(t, s); len(f) > 0 {
		t.Fatalf("verify found:\n%s", strings.Join(f, "\n"))
	}
}

func dumpOf(t testing.TB, s *Store) string {
	t.Helper()
	var b strings.Builder
	if err := s.Dump(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func money(m zhuanhua.Money) *zhuanhua.Money { return &m }

// sample is one record of each noun, all invented.
func sample() []zhuanhua.Record {
	day, _ := zhuanhua.ParseDate("2026-03-01")
	return []zhuanhua.Record{
		zhuanhua.Achievement{ID: "A-1", Title: "示例成果甲 <a> & 'b'", Abstract: "摘要\u0000零", TechField: "农业", Maturity: 8, Price: money(200 * zhuanhua.WanYuan),
			Regions: zhuanhua.Geography{Source: "450200"}, Rights: []zhuanhua.IPRight{{Kind: "发明专利", Text: "一件", ValidTo: day}}},
		zhuanhua.Achievement{ID: "A-2", Title: "示例成果乙", TechField: "电子信息", Regions: zhuanhua.Geography{Source: "440100"}},
		zhuanhua.Need{ID: "N-1", Title: "示例需求", Organisation: "示例企业", Budget: money(50 * zhuanhua.WanYuan), Deadline: day, Region: "450100"},
		zhuanhua.Organisation{ID: "O-1", Name: "示例大学", Kind: zhuanhua.OrgUniversity, Region: "450000"},
		zhuanhua.Person{ID: "P-1", Name: "示例完成人甲", Organisation: "O-1", Title: "示例教授", Contact: "示例电话"},
		zhuanhua.Person{ID: "P-2", Name: "示例完成人乙"},
		zhuanhua.Contract{ID: "C-1", Type: zhuanhua.ContractLicence, Title: "示例合同", Seller: "示例大学", Buyer: "示例企业", Signed: day, Amount: money(30 * zhuanhua.WanYuan)},
	}
}
