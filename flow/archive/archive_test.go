package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"
	"time"

	"zhuanhua"
)

func moment(hour int) time.Time { return time.Date(2026, 3, 2, hour, 0, 0, 0, time.UTC) }

func content() Content {
	const file = "%PDF-1.7 示例回单"
	sum := sha256.Sum256([]byte(file))
	id := "after-subsidy-2026-00001"
	paid := zhuanhua.Money(62_000_000)
	return Content{
		Case: zhuanhua.Case{ID: id, Workflow: "after-subsidy", Rule: "R06", Plan: "示例方案", PlanVersion: "2025.1", PlanSum: strings.Repeat("a", 64),
			Title: "示例申报", Organisation: "示例制糖有限公司", State: "paid", Opened: moment(1), Closed: moment(9), Outcome: "granted", Steps: 2, Amount: &paid},
		Steps: []zhuanhua.Step{
			{ID: zhuanhua.StepID(id, 1), Case: id, N: 1, Action: "submit", By: "示例企业用户", At: moment(1), To: "submitted"},
			{ID: zhuanhua.StepID(id, 2), Case: id, N: 2, Action: "pay", By: "示例财务", At: moment(9), From: "submitted", To: "paid", Note: "已核对回单",
				Reasons: []zhuanhua.Reason{{Check: "funds", Met: true, ZH: "预算足够", EN: "there is enough"}}}},
		Entries: []zhuanhua.Entry{{ID: id + "#002/1", Unit: zhuanhua.UnitCNY, Amount: int64(paid), Debit: zhuanhua.Paid, Credit: zhuanhua.Ordered}},
		Events:  []zhuanhua.Event{{Seq: 7, Hash: "h7"}, {Seq: 9, Hash: "h9"}, {Seq: 8, Hash: "h8"}},
		Files: []File{{SHA256: hex.EncodeToString(sum[:]), Name: "回单.pdf", Type: "application/pdf", Size: int64(len(file)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }}},
		Words:    Words{Workflow: "后补助", State: func(s string) string { return "〔" + s + "〕" }, Action: func(s string) string { return "〔" + s + "〕" }},
		Archived: moment(10),
	}
}

func written(t *testing.T, c Content) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := Write(&b, c); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPackage: everything is in it, it checks, and the same content gives the same bytes.
func TestPackage(t *testing.T) {
	data := written(t, content())
	if !bytes.Equal(data, written(t, content())) {
		t.Error("the same content gives other bytes")
	}
	m, err := Check(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if m.Case != "after-subsidy-2026-00001" || m.Outcome != "granted" || m.LastEvent != 9 || m.LastHash != "h9" || len(m.Files) != 7 {
		t.Errorf("the manifest says %+v", m)
	}
	story := string(members(t, data)[storyName])
	for _, want := range []string{"办件　　after-subsidy-2026-00001", "62.00 万元", "2026-03-02 17:00  示例财务  〔pay〕 → 〔paid〕", "说明：已核对回单", "预算足够"} {
		if !strings.Contains(story, want) {
			t.Errorf("the story lacks %q:\n%s", want, story)
		}
	}
	sums := string(members(t, data)[sumsName])
	for _, f := range m.Files {
		if !strings.Contains(sums, f.SHA256+"  "+f.Path+"\n") {
			t.Errorf("%s has no line in %s", f.Path, sumsName)
		}
	}
}

// TestRefused: an open case, steps that are missing and a file that changed are not archived.
func TestRefused(t *testing.T) {
	open := content()
	open.Case.Closed = time.Time{}
	short := content()
	short.Steps = short.Steps[:1]
	changed := content()
	changed.Files[0].Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("别的内容")), nil }
	for name, c := range map[string]Content{"open": open, "a step missing": short, "a file changed": changed} {
		if _, err := Write(io.Discard, c); err == nil {
			t.Errorf("%s: it is archived", name)
		}
	}
}

// TestTampered: each member changed, taken out or added is found and named.
func TestTampered(t *testing.T) {
	data := written(t, content())
	names := []string{}
	for name := range members(t, data) {
		if name != sumsName && name != manifestName {
			names = append(names, name)
		}
	}
	if len(names) != 7 {
		t.Fatalf("%d members", len(names))
	}
	for _, name := range names {
		for what, change := range map[string]func(map[string][]byte){
			"changed": func(m map[string][]byte) { m[name] = append(bytes.Clone(m[name]), ' ') },
			"emptied": func(m map[string][]byte) { m[name] = nil },
			"missing": func(m map[string][]byte) { delete(m, name) },
		} {
			all := members(t, data)
			change(all)
			again := packed(t, all)
			if _, err := Check(bytes.NewReader(again), int64(len(again))); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s %s: %v", name, what, err)
			}
		}
	}
	all := members(t, data)
	all["附件/多出.pdf"] = []byte("示例")
	again := packed(t, all)
	if _, err := Check(bytes.NewReader(again), int64(len(again))); err == nil || !strings.Contains(err.Error(), "多出") {
		t.Errorf("a member too many: %v", err)
	}
	for _, name := range []string{manifestName, sumsName} {
		all := members(t, data)
		delete(all, name)
		again := packed(t, all)
		if _, err := Check(bytes.NewReader(again), int64(len(again))); (err == nil) != (name == sumsName) {
			t.Errorf("without %s: %v", name, err)
		}
	}
	if _, err := Check(strings.NewReader("示例"), 6); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
}

func members(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func packed(t *testing.T, all map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range all {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
