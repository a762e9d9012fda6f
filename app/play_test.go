package app_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	samples "zhuanhua/examples"
	"zhuanhua/store"
)

// played are the example records and the example casework, as of a moment.
func played(t *testing.T, now time.Time) (*store.Store, *app.Desk) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	d := app.New(s).Desk(pack(t, "guangxi-2025-2027"))
	f, err := samples.Files.Open("casework.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// The records that the cases speak of are there before.
	for _, id := range []string{"A-SUG-01", "A-SUG-02"} {
		_, err := s.Record(store.At(t.Context(), now.AddDate(-1, 0, 0)), "test", zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Put(zhuanhua.Achievement{ID: id, Title: "示例"}, zhuanhua.Source{})}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Play(t.Context(), f, now); err != nil {
		t.Fatal(err)
	}
	return s, d
}

var _ = context.Background
var _ = strings.Contains

func TestPlay(t *testing.T) {
	begin := time.Now()
	_, d := played(t, time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC))
	t.Log(time.Since(begin))
	_ = d
}
