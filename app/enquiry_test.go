package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// asking is an enquiry that can be kept.
func asking() app.Enquiry {
	return app.Enquiry{Noun: zhuanhua.NounAchievement, Record: "A-1", Title: "示例成果", Units: []string{"示例研究所"},
		Name: "示例甲", Contact: "0771-1234567", Text: "想了解许可的条件"}
}

func enquiries(t *testing.T, path string, c *clock) *app.Enquiries {
	t.Helper()
	q, err := app.OpenEnquiries(path, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestEnquiriesAreKept: what was confirmed is there after a restart, taken up and removed as it was, in a
// file that others of the machine cannot read; what was removed is in no byte of it.
func TestEnquiriesAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enquiries.jsonl")
	c := &clock{time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)}
	q := enquiries(t, path, c)
	officer := app.EnquiryReader{Officer: true}
	first, err := q.Add(asking())
	if err != nil || first.ID == "" {
		t.Fatal(first, err)
	}
	if again, err := q.Add(asking()); err != nil || again.ID != first.ID {
		t.Errorf("a double click makes two: %v %v", again, err)
	}
	c.at = c.at.Add(time.Hour)
	other := asking()
	other.Text, other.Contact = "另一件事\r\n第二行", "name@example.cn"
	second, err := q.Add(other)
	if err != nil || second.ID == first.ID {
		t.Fatal(second, err)
	}
	if err := q.Take(officer, first.ID, "officer"); err != nil {
		t.Fatal(err)
	}
	list := enquiries(t, path, c).List(officer)
	if len(list) != 2 || list[0].ID != second.ID || list[0].Text != "另一件事\n第二行" || list[1].By != "officer" || !list[1].Done.Equal(c.at) || !list[0].Done.IsZero() {
		t.Errorf("after a restart: %+v", list)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if err := q.Forget(officer, second.ID); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(b), "name@example.cn") || !strings.Contains(string(b), first.ID) {
		t.Errorf("what was removed is still there: %s %v", b, err)
	}
	if err := q.Forget(officer, second.ID); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Error("it is removed twice", err)
	}
}

// TestEnquiriesExpire: after their time they are in no list and, once the file is opened, in no file.
func TestEnquiriesExpire(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enquiries.jsonl")
	c := &clock{time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)}
	q := enquiries(t, path, c)
	if _, err := q.Add(asking()); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(app.EnquiryLife)
	if n := len(q.List(app.EnquiryReader{Officer: true})); n != 1 {
		t.Errorf("on its last day there are %d", n)
	}
	c.at = c.at.Add(time.Second)
	if n := len(q.List(app.EnquiryReader{Officer: true})); n != 0 {
		t.Errorf("after its time there are %d", n)
	}
	enquiries(t, path, c)
	if b, err := os.ReadFile(path); err != nil || len(b) != 0 {
		t.Errorf("the file still holds %s %v", b, err)
	}
}

// TestEnquiriesAreForSomebody: an officer reads all, an organisation those to it, nobody else any; and who
// may not read one cannot change it.
func TestEnquiriesAreForSomebody(t *testing.T) {
	q := enquiries(t, "", &clock{time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)})
	mine, err := q.Add(asking())
	if err != nil {
		t.Fatal(err)
	}
	other := asking()
	other.Record, other.Units = "A-2", []string{"别的示例单位", "第二个示例单位"}
	if _, err := q.Add(other); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		reader app.EnquiryReader
		want   int
	}{
		"an officer": {app.EnquiryReader{Officer: true}, 2}, "the organisation": {app.EnquiryReader{Units: []string{"o-1", "示例研究所"}}, 1},
		"a second holder": {app.EnquiryReader{Units: []string{"第二个示例单位"}}, 1}, "another": {app.EnquiryReader{Units: []string{"示例"}}, 0}, "nobody": {app.EnquiryReader{}, 0},
	} {
		if got := len(q.List(x.reader)); got != x.want {
			t.Errorf("%s reads %d, want %d", name, got, x.want)
		}
	}
	stranger := app.EnquiryReader{Units: []string{"别的示例单位"}}
	if zhuanhua.KindOf(q.Take(stranger, mine.ID, "x")) != zhuanhua.KindNotFound || zhuanhua.KindOf(q.Forget(stranger, mine.ID)) != zhuanhua.KindNotFound {
		t.Error("a stranger changes an enquiry")
	}
	if l := q.List(app.EnquiryReader{Officer: true}); len(l) != 2 || !l[0].Done.IsZero() || !l[1].Done.IsZero() {
		t.Error("a stranger changed an enquiry", l)
	}
}

// TestEnquiryForm: what is refused names the field; all that can be answered is taken.
func TestEnquiryForm(t *testing.T) {
	long := strings.Repeat("字", app.LongestEnquiry)
	for name, x := range map[string]struct {
		alter func(e *app.Enquiry)
		where string
	}{
		"as it is":                {func(*app.Enquiry) {}, ""},
		"the longest text":        {func(e *app.Enquiry) { e.Text = long }, ""},
		"a longer text":           {func(e *app.Enquiry) { e.Text = long + "字" }, "text"},
		"no text":                 {func(e *app.Enquiry) { e.Text = " \n " }, "text"},
		"no name":                 {func(e *app.Enquiry) { e.Name = "  " }, "name"},
		"a long name":             {func(e *app.Enquiry) { e.Name = strings.Repeat("甲", 61) }, "name"},
		"a long organisation":     {func(e *app.Enquiry) { e.Organisation = strings.Repeat("甲", 101) }, "organisation"},
		"no contact":              {func(e *app.Enquiry) { e.Contact = "" }, "contact"},
		"six digits":              {func(e *app.Enquiry) { e.Contact = "123456" }, "contact"},
		"digits of any script":    {func(e *app.Enquiry) { e.Contact = "１３８００００００００" }, ""},
		"an extension":            {func(e *app.Enquiry) { e.Contact = "+86 (771) 123-4567转8" }, ""},
		"words for a telephone":   {func(e *app.Enquiry) { e.Contact = "打电话1234567" }, "contact"},
		"a mail address":          {func(e *app.Enquiry) { e.Contact = "name@mail.example.cn" }, ""},
		"a mail address and name": {func(e *app.Enquiry) { e.Contact = "甲 <name@example.cn>" }, "contact"},
		"half a mail address":     {func(e *app.Enquiry) { e.Contact = "name@" }, "contact"},
		"a header in the address": {func(e *app.Enquiry) { e.Contact = "name@example.cn\nBcc: a@example.cn" }, "contact"},
		"a null":                  {func(e *app.Enquiry) { e.Text = "a\x00b" }, "text"},
		"no UTF-8":                {func(e *app.Enquiry) { e.Name = "\xff" }, "text"},
	} {
		e := asking()
		x.alter(&e)
		_, err := enquiries(t, "", &clock{time.Now()}).Add(e)
		where := ""
		if err != nil {
			where = err.(*zhuanhua.Error).Where
		}
		if where != x.where {
			t.Errorf("%s: refused at %q, want %q", name, where, x.where)
		}
	}
}

// TestEnquiryFileTornAndFull: a line that was cut off is dropped and the others stay; what cannot be
// written is refused and not in the list.
func TestEnquiryFileTornAndFull(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "enquiries.jsonl")
	c := &clock{time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)}
	q := enquiries(t, path, c)
	kept, err := q.Add(asking())
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, len(b) / 2, len(b) - 2} {
		if err := os.WriteFile(path, slices.Concat(b, b[:n]), 0o600); err != nil {
			t.Fatal(err)
		}
		if l := enquiries(t, path, c).List(app.EnquiryReader{Officer: true}); len(l) != 1 || l[0].ID != kept.ID {
			t.Errorf("torn at %d: %v", n, l)
		}
	}
	q = enquiries(t, filepath.Join(dir, "none", "enquiries.jsonl"), c)
	if _, err := q.Add(asking()); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable || len(q.List(app.EnquiryReader{Officer: true})) != 0 {
		t.Error("an enquiry that is on no disk is confirmed", err)
	}
}

// TestEnquiriesTogether: many at once all get in, each with a number of its own.
func TestEnquiriesTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "enquiries.jsonl")
	c := &clock{time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)}
	q := enquiries(t, path, c)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			e := asking()
			e.Text += strings.Repeat("。", i)
			if _, err := q.Add(e); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, e := range enquiries(t, path, c).List(app.EnquiryReader{Officer: true}) {
		seen[e.ID] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d of 20", len(seen))
	}
}
