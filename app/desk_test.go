package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// TestBadInput: each is told what is wrong and what to do, and nothing of it is kept.
func TestBadInput(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, guangxi)
	id := h.begin("uni", flow.Beginning{Workflow: "horizontal-project", Rule: "R05"})
	good := filing("1")
	before := h.events()
	try := func(change func(*app.Doing)) error {
		d := filing("1")
		change(&d)
		_, err := h.desk.Do(h.ctx, "uni", id, d)
		return err
	}
	file := func(name, content string) func(*app.Doing) {
		return func(d *app.Doing) {
			d.Files = d.Files[:1]
			attachment("vouchers", name, content)(d)
		}
	}
	for name, c := range map[string]struct {
		err   error
		words []string
	}{
		"a program called pdf": {try(file("示例.pdf", "\x7fELF"+strings.Repeat("\x00", 64))), []string{"示例.pdf", "可执行程序"}},
		"a text called pdf":    {try(file("示例.pdf", "示例文字")), []string{".pdf", "text/plain"}},
		"nothing":              {try(file("示例.pdf", "")), []string{"0 字节"}},
		"two gigabytes":        {try(func(d *app.Doing) { d.Files[1].Size = 2 << 30 }), []string{"200 MB"}},
		"a type not taken":     {try(file("示例.txt", "示例文字")), []string{"txt", "pdf"}},
		"a field of no form":   {try(func(d *app.Doing) { d.Values["colour"] = "红" }), []string{"colour", "没有字段"}},
		"a file of no field":   {try(func(d *app.Doing) { d.Files[1].Field = "photo" }), []string{"photo"}},
		"an amount in words":   {try(func(d *app.Doing) { d.Values["received_fen"] = "很多" }), []string{"到位经费"}},
		"an action of nobody":  {try(func(d *app.Doing) { d.Action = "fly" }), []string{"fly"}},
		"another's action":     {try(func(d *app.Doing) { *d = app.Doing{Act: flow.Act{Action: "approve"}} }), nil},
	} {
		if c.err == nil {
			t.Errorf("%s was taken", name)
			continue
		}
		if k := zhuanhua.KindOf(c.err); k != zhuanhua.KindInvalid && k != zhuanhua.KindConflict && k != zhuanhua.KindForbidden && k != zhuanhua.KindNotFound {
			t.Errorf("%s: %v is of kind %s", name, c.err, k)
		}
		for _, w := range c.words {
			if !strings.Contains(c.err.Error(), w) {
				t.Errorf("%s: %q does not say %q", name, c.err, w)
			}
		}
	}
	if h.events() != before {
		t.Error("something of it was kept")
	}
	if left, _ := filepath.Glob(filepath.Join(h.dir, "attachments", ".waiting", "*")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if _, err := h.desk.Do(h.ctx, "uni", id, good); err != nil {
		t.Error(err)
	}
	for _, b := range []flow.Beginning{{Workflow: "dance"}, {Workflow: "horizontal-project", Rule: "R01"}, {Workflow: "horizontal-project", Rule: "R05", Links: []zhuanhua.Link{{Kind: "contract", ID: "none"}}},
		{Workflow: "horizontal-project", Rule: "R05", Links: []zhuanhua.Link{{Kind: "setting", ID: "clock"}}}} {
		if _, err := h.desk.NewCase(h.ctx, "uni", b); zhuanhua.KindOf(err) != zhuanhua.KindNotFound && zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("%+v: %v", b, err)
		}
	}
	h.sound()
}

func (h *hall) events() int64 {
	h.t.Helper()
	i, err := h.store.Info(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return i.Events
}

// TestLedger: appropriations, corrections and what is refused of them.
func TestLedger(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		appropriate := func(as string, ap app.Appropriation) (zhuanhua.Entry, error) {
			return h.desk.Appropriate(h.ctx, "test", as, ap)
		}
		for _, bad := range []app.Appropriation{{Programme: "R99", Year: 2026, Amount: 1}, {Programme: "R08", Year: 26, Amount: 1}, {Programme: "R08", Year: 2026}, {Programme: "R08", Year: 2026, Amount: -5}} {
			if _, err := appropriate("finance", bad); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		_, err := appropriate("officer", app.Appropriation{Programme: "R08", Year: 2026, Amount: 1})
		refusedWith(t, err, zhuanhua.KindForbidden, "财务")
		first, err := appropriate("finance", app.Appropriation{Programme: "R08", Year: 2026, Amount: int64(60 * zhuanhua.WanYuan), Note: "示例"})
		if err != nil || first.ID != "L-2026-0001" || first.By != "finance" {
			t.Fatalf("%+v %v", first, err)
		}
		if _, err := h.desk.Correct(h.ctx, "test", "finance", first.ID, ""); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
			t.Errorf("without a reason: %v", err)
		}
		errs := together(4, func(int) error {
			_, err := h.desk.Correct(h.ctx, "test", "finance", first.ID, "金额录错")
			return err
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				refusedWith(t, err, zhuanhua.KindConflict, "已更正过")
			}
		}
		if won != 1 {
			t.Errorf("corrected %d times: %v", won, errs)
		}
		_, err = h.desk.Correct(h.ctx, "test", "finance", first.ID+"/correction", "x")
		refusedWith(t, err, zhuanhua.KindForbidden, "更正")
		h.appropriate("R08", 60*zhuanhua.WanYuan)
		id := h.claimed(1)
		h.at("2026-09-15T09:00")
		h.must("approver", id, "approve", nil)
		_, err = h.desk.Correct(h.ctx, "test", "finance", "L-2026-0002", "收回")
		refusedWith(t, err, zhuanhua.KindConflict, "可用预算不足", "500,000.00")
		list, err := h.desk.Entries(h.ctx, app.EntryFilter{Case: id})
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v %v", list, err)
		}
		_, err = h.desk.Correct(h.ctx, "test", "finance", list[0].ID, "x")
		refusedWith(t, err, zhuanhua.KindForbidden, id)
		h.sound()
	})
}

// TestClocks of rehearsals and of real work are kept apart.
func TestClocks(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	_, err := h.desk.NewCase(t.Context(), "corp", flow.Beginning{Workflow: "open-question"})
	refusedWith(t, err, zhuanhua.KindForbidden, "演练", "--at")
	h.at("2026-08-01T09:00")
	_, err = h.desk.NewCase(h.ctx, "corp", flow.Beginning{Workflow: "open-question"})
	refusedWith(t, err, zhuanhua.KindInvalid, "backwards")
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "real")})
	if _, err := a.AddUser(t.Context(), "test", "", zhuanhua.User{ID: "u", Name: "示例"}); err != nil {
		t.Fatal(err)
	}
	_, err = a.AddUser(h.ctx, "test", "", zhuanhua.User{ID: "v", Name: "示例"})
	refusedWith(t, err, zhuanhua.KindForbidden, "正式办件")
	if row, err := s.Get(t.Context(), zhuanhua.NounSetting, "clock"); err != nil || !strings.Contains(row.Image, "real") {
		t.Errorf("%+v %v", row, err)
	}
}
