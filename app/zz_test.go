package app

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"

	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/vector"
	"zhuanhua/match/vector/parts"
)

func testEncoder(t testing.TB) vector.Encoder {
	lib, err := parts.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	model, err := parts.Model()
	if err != nil {
		t.Skip(err)
	}
	tok, err := parts.Tokenizer()
	if err != nil {
		t.Skip(err)
	}
	path, err := vector.Unpack([]string{"/tmp/fam"}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	e, err := vector.OpenLocal(vector.LocalOptions{Name: parts.ModelName, Model: model, Tokenizer: tok, LibraryPath: path})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestZZ(t *testing.T) {
	enc := testEncoder(t)
	cache := vector.OpenCache("/tmp/fam", enc.Model())
	rows, _ := intake.Achievements("../examples/achievements.jsonl", intake.Options{})
	var titles, wholes []string
	at := map[string]int{}
	for i, r := range rows {
		titles = append(titles, r.Value.Title)
		wholes = append(wholes, r.Value.Title+"\n"+r.Value.Abstract)
		at[r.Value.ID] = i
	}
	tv, err := vector.EncodeAll(context.Background(), enc, cache, vector.KindPassage, titles, nil)
	if err != nil {
		t.Fatal(err)
	}
	wv, _ := vector.EncodeAll(context.Background(), enc, cache, vector.KindPassage, wholes, nil)
	kv := make([]vector.Vec, len(rows))
	var full []string
	var first []int
	for i, r := range rows {
		d := match.AchievementDocument(&rows[i].Value, &rows[i].Source)
		first = append(first, len(full))
		full = append(full, d.Texts()...)
		_ = r
	}
	first = append(first, len(full))
	fv, _ := vector.EncodeAll(context.Background(), enc, cache, vector.KindPassage, full, nil)
	_ = kv
	best := func(i, j int) float32 {
		b := float32(-1)
		for _, x := range fv[first[i]:first[i+1]] {
			for _, y := range fv[first[j]:first[j+1]] {
				b = max(b, x.Dot(y))
			}
		}
		return b
	}
	type p struct {
		s    string
		t, w, b float32
		dup  bool
	}
	var all []p
	for i := range rows {
		for j := range i {
			dup := rows[i].Value.DuplicateOf == rows[j].Value.ID || rows[j].Value.DuplicateOf == rows[i].Value.ID
			all = append(all, p{rows[i].Value.ID + " " + rows[j].Value.ID, tv[i].Dot(tv[j]), wv[i].Dot(wv[j]), best(i, j), dup})
		}
	}
	for name, key := range map[string]func(p) float32{"title": func(x p) float32 { return x.t }, "whole": func(x p) float32 { return x.w }, "best": func(x p) float32 { return x.b }, "sum": func(x p) float32 { return x.t + x.w }} {
		slices.SortFunc(all, func(a, b p) int {
			if key(a) > key(b) {
				return -1
			}
			return 1
		})
		out := ""
		for i, x := range all {
			if x.dup {
				out += fmt.Sprintf(" %d:%.3f(t%.2f w%.2f)", i+1, key(x), x.t, x.w)
			}
		}
		fmt.Fprintln(os.Stderr, name, out)
	}
}
