package app_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// TestCasesAreNotPublic: the list, the entry, its history and the count name the case to those who may see it, and
// to nobody else.
func TestCasesAreNotPublic(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	id := h.enter("corp2", "observation-post", post("示例观察点"))
	h.evaluate(id, "90", "80", "confirm")
	for _, c := range []struct {
		who  string
		sees bool
	}{{"", false}, {"other", false}, {"uni", false}, {"system", false}, {"corp", true}, {"corp2", true}, {"officer", true}, {"auditor", true}} {
		list, err1 := h.desk.Register(h.ctx, c.who, "observation-post", app.RegisterFilter{})
		entry, err2 := h.desk.Entry(h.ctx, c.who, id, app.RegisterFilter{}, true)
		count, err3 := h.desk.Count(h.ctx, c.who, "T01", app.RegisterFilter{})
		if err1 != nil || err2 != nil || err3 != nil || len(list) != 1 || *count.Value != 1 {
			t.Fatal(err1, err2, err3, len(list))
		}
		for what, x := range map[string]any{"list": list, "entry": entry, "count": count} {
			b, err := json.Marshal(x)
			if err != nil {
				t.Fatal(err)
			}
			names := strings.Contains(string(b), "example-entry-") || strings.Contains(string(b), "example-evaluation-")
			if names != c.sees {
				t.Errorf("%s to %q names a case: %v, want %v\n%s", what, c.who, names, c.sees, b)
			}
		}
	}
}

// TestBarred: whom a revocation keeps away is data. By default it is the same name; where the register says that it
// is the body, no new name helps, nor does another register that it names; another body is free to come.
func TestBarred(t *testing.T) {
	const assumed = "assumed: {note: {zh: 示例, en: sample}, set_by: [SKJ]}"
	for _, c := range []struct {
		name, barred       string
		renamed, elsewhere bool // refused
	}{
		{"the same name", "", false, false},
		{"the body", "barred: {by: [organisation], " + assumed + "}\n", true, false},
		{"the body, in another register too", "barred: {by: [organisation], also: [example-fund], " + assumed + "}\n", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := packFiles(t, example)
			add := func(file, text string) {
				files[file] = &fstest.MapFile{Data: append([]byte(text), files[file].Data...)}
			}
			add("registers/observation-post.yaml", c.barred)
			fund := strings.Replace(string(files["registers/example-fund.yaml"].Data), "enters: example-entry\n", "enters: example-entry\nchanges: {revoke: example-change}\n", 1)
			files["registers/example-fund.yaml"] = &fstest.MapFile{Data: []byte(fund)}
			p, err := plan.Load(files, example, plan.Options{})
			if err != nil {
				t.Fatal(err)
			}
			h := newHall(t, store.Options{Dir: t.TempDir()}, example)
			h.desk = h.app.Desk(p)
			asks := func(who, name string, refused bool) {
				t.Helper()
				id := h.begin(who, flow.Beginning{Workflow: "example-entry", Register: "observation-post"})
				err := h.act(who, id, "ask", post(name))
				if refused {
					refusedWith(t, err, zhuanhua.KindInvalid, "起可再申请")
				} else if err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			fundID := h.enter("uni", "example-fund", map[string]string{"name": "示例基金", "size": "1 万元"})
			h.change("uni", fundID, "revoke", nil)
			asks("uni", "示例大学观察点", c.elsewhere)
			entry := h.enter("corp2", "observation-post", post("示例观察点"))
			h.change("corp2", entry, "revoke", nil)
			asks("corp2", "示例观察点", true)
			asks("corp2", "示例另名观察点", c.renamed)
			asks("other", "示例他家观察点", false)
			h.at("2027-09-02T09:00") // a year has passed
			asks("corp2", "示例另名观察点二", false)
			h.sound()
		})
	}
}
