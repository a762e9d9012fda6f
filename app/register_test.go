package app_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// post is what the form of an observation post says.
func post(name string) map[string]string {
	return map[string]string{"name": name, "region": "990200", "observers": "3", "opened_on": "2026-03-02"}
}

// enter brings an entry into a register of the example region and returns its id.
func (h *hall) enter(as, register string, values map[string]string) string {
	h.t.Helper()
	id := h.begin(as, flow.Beginning{Workflow: "example-entry", Register: register})
	h.must(as, id, "ask", values)
	h.must("officer", id, "look", nil)
	h.must("approver", id, "enter", nil)
	v, err := h.desk.Case(h.ctx, "officer", id)
	if err != nil || v.Accreditation == "" || v.State != "entered" {
		h.t.Fatalf("%+v %v", v.Case, err)
	}
	return v.Accreditation
}

// change takes an entry of the example region through a change of status.
func (h *hall) change(as, entry, change string, values map[string]string) {
	h.t.Helper()
	id := h.begin(as, flow.Beginning{Workflow: "example-change", Entry: entry})
	all := map[string]string{"change": change, "reasons": "示例理由"}
	for k, v := range values {
		all[k] = v
	}
	h.must(as, id, "ask", all)
	h.must("approver", id, change, nil)
}

// count is a target's figure on a day, and the ids behind it.
func (h *hall) count(target, on string) (int, []string) {
	h.t.Helper()
	c, err := h.desk.Count(h.ctx, "", target, app.RegisterFilter{On: date(h.t, on)})
	if err != nil || c.Value == nil || *c.Value != len(c.Records) {
		h.t.Fatalf("%s on %s: %+v %v", target, on, c, err)
	}
	ids := []string{}
	for _, r := range c.Records {
		ids = append(ids, r.ID)
	}
	return *c.Value, ids
}

func date(t testing.TB, s string) zhuanhua.Date {
	t.Helper()
	d, ok := zhuanhua.ParseDate(s)
	if !ok {
		t.Fatalf("%q is no day", s)
	}
	return d
}

// TestEntryLife follows one post: it comes in, is counted on its first and last day and on no other, changes
// its name, is evaluated, is revoked, may not come back for a year, and comes back.
func TestEntryLife(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		id := h.enter("corp2", "observation-post", post("示例观察点"))
		if id != "observation-post-2026-0001" {
			t.Errorf("the id is %s", id)
		}
		for _, c := range []struct {
			on   string
			want int
		}{{"2026-03-01", 0}, {"2026-03-02", 1}, {"2028-03-01", 1}, {"2028-03-02", 0}} {
			if n, _ := h.count("T01", c.on); n != c.want {
				t.Errorf("on %s: %d, want %d", c.on, n, c.want)
			}
		}
		// The same post again overlaps; another name of the same organisation is another post.
		again := h.begin("corp2", flow.Beginning{Workflow: "example-entry", Register: "observation-post"})
		refusedWith(t, h.act("corp2", again, "ask", post("示例观察点")), zhuanhua.KindInvalid, "重叠")
		h.enter("corp2", "observation-post", post("示例观察点二"))
		if n, _ := h.count("T01", "2026-09-01"); n != 2 {
			t.Errorf("two posts of one organisation count %d", n)
		}
		h.at("2026-10-01T09:00")
		h.change("corp2", id, "rename", map[string]string{"new_name": "示例观察总站"})
		h.evaluate(id, "90", "80", "confirm")
		h.at("2026-11-02T09:00")
		h.change("corp2", id, "revoke", nil)
		v, err := h.desk.Entry(h.ctx, "officer", id, app.RegisterFilter{On: date(t, "2026-10-31")}, true)
		if err != nil || v.Name != "示例观察总站" || v.State != "active" || len(v.Evaluations) != 1 || v.Evaluations[0].Total != 8700 || v.Evaluations[0].Grade != "bright" || len(v.History) != 4 {
			t.Errorf("%+v %v", v, err)
		}
		if n, ids := h.count("T01", "2026-11-01"); n != 2 {
			t.Errorf("the day before: %v", ids)
		}
		if n, ids := h.count("T01", "2026-11-02"); n != 1 || ids[0] == id {
			t.Errorf("on the day of the revocation: %v", ids)
		}
		// What was known before the revocation counts it still.
		c, err := h.desk.Count(h.ctx, "", "T01", app.RegisterFilter{On: date(t, "2026-11-02"), Known: moment(t, "2026-11-01T18:00")})
		if err != nil || *c.Value != 2 {
			t.Errorf("as known before: %+v %v", c, err)
		}
		// A revoked body, also under its old name, waits for a year.
		for _, name := range []string{"示例观察点", "示例观察总站"} {
			refusedWith(t, h.act("corp2", again, "ask", post(name)), zhuanhua.KindInvalid, "撤销")
		}
		h.at("2027-11-02T09:00")
		h.must("corp2", again, "ask", map[string]string{"name": "示例观察总站", "region": "990200", "observers": "3", "opened_on": "2027-11-02"})
		h.must("officer", again, "look", nil)
		h.must("approver", again, "enter", nil)
		if n, ids := h.count("T01", "2027-11-02"); n != 2 {
			t.Errorf("granted anew: %v", ids)
		}
		h.sound()
	})
}

// evaluate takes an entry through a round of evaluation.
func (h *hall) evaluate(entry, reports, days, end string) {
	h.t.Helper()
	id := h.begin("officer", flow.Beginning{Workflow: "example-evaluation", Entry: entry})
	h.must("reviewer", id, "score", map[string]string{"reports": reports, "days": days, "opinion": "示例意见"})
	h.must("approver", id, end, nil)
}

// TestEvaluationConsequences: a grade leads where it leads and nowhere else, and the sum is exact.
func TestEvaluationConsequences(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	for i, c := range []struct {
		reports, days, end, other string
		total                     int64
		grade                     string
	}{
		{"80", "80", "confirm", "remove", 80_00, "bright"},
		{"80", "79.99", "confirm", "remove", 80_00, "dim"}, // 79.997: shown as 80.00, and not bright
		{"", "100", "remove", "confirm", 30_00, "dark"},    // nothing reported counts as nothing
		{"50", "50", "confirm", "remove", 50_00, "dim"},
	} {
		entry := h.enter("corp2", "observation-post", post("示例观察点"+string(rune('A'+i))))
		id := h.begin("officer", flow.Beginning{Workflow: "example-evaluation", Entry: entry})
		values := map[string]string{"reports": c.reports, "days": c.days, "opinion": "示例"}
		h.must("reviewer", id, "score", values)
		refusedWith(t, h.act("approver", id, c.other, nil), zhuanhua.KindInvalid, "评价")
		h.must("approver", id, c.end, nil)
		v, err := h.desk.Entry(h.ctx, "officer", entry, app.RegisterFilter{}, false)
		if err != nil || len(v.Evaluations) != 1 || v.Evaluations[0].Total != c.total || v.Evaluations[0].Grade != c.grade {
			t.Errorf("%+v: %+v %v", c, v.Evaluations, err)
		}
		if gone := v.State == "revoked"; gone != (c.end == "remove") {
			t.Errorf("%+v: the entry is %s", c, v.State)
		}
	}
}

// packFiles is a plan in memory, for changing.
func packFiles(t testing.TB, id string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	files := os.DirFS(filepath.Join("..", "plans", id))
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// beacon is a kind of body that the invented plan does not have.
const beacon = `register: beacon
title: {zh: 示例：灯塔, en: "Example: beacon"}
measure: M01.9
also: [M01.10]
source: {doc: example-plan, article: 甲(一)}
subject: organisation
begins: [organisation_admin]
enters: example-entry
changes: {evaluate: example-evaluation}
fields:
  - {id: name, type: text, title: {zh: 示例：名称, en: name}, required: true, max_length: 100}
  - {id: grade, type: enum, vocabulary: beacon_height, title: {zh: 示例：高度, en: height}, required: true}
  - {id: watches, type: register, of: observation-post, title: {zh: 示例：照看的观察点, en: post it watches}}
grades: beacon_height
validity: {none: {zh: 示例：没有期限。, en: "Example: no end."}}
relations:
  - {id: watches, field: watches, of: observation-post, title: {zh: 示例：照看, en: watches}, back: {zh: 示例：由灯塔照看, en: watched by}, while: active}
evaluation:
  every: {unit: years, length: {value: 1, source: {doc: example-plan, article: 甲(一)}}}
  source: {doc: example-plan, article: 甲(一)}
  criteria:
    - {id: light, title: {zh: 示例：亮度, en: light}, weight: "100 %", evidence: {zh: 示例：记录, en: records}, max: 10}
  missing: refuse
  ties: {zh: 示例：并列, en: "Example: equal totals rank equally"}
  grades:
    - {id: seen, title: {zh: 示例：可见, en: seen}, from: 60, then: none}
    - {id: unseen, title: {zh: 示例：不可见, en: unseen}, from: 0, then: revoke}
public: [watches]
counts:
  - {target: T99, states: [active], mode: stock, where: {field: grade, is: tall}, distinct_by: organisation, source: {doc: example-plan, article: 甲(一)}}
`

// TestNewKindByYAML: a new kind of body needs no Go. Its entries come in, are evaluated, lead to others and count,
// by the files of the plan alone.
func TestNewKindByYAML(t *testing.T) {
	files := packFiles(t, example)
	add := func(file, more string) {
		files[file] = &fstest.MapFile{Data: append(append([]byte{}, files[file].Data...), more...)}
	}
	files["registers/beacon.yaml"] = &fstest.MapFile{Data: []byte(beacon)}
	add("measures/M01.yaml", `  - id: M01.9
    kind: system
    text: {zh: 示例：设灯塔。, en: "Example: set up beacons."}
    carried_by: {kind: register, ref: beacon}
  - id: M01.10
    kind: target
    text: {zh: 示例：灯塔一座以上。, en: "Example: at least one beacon."}
    carried_by: {kind: target, ref: T99}
`)
	add("vocabularies.yaml", `
beacon_height:
  title: {zh: 示例：灯塔高度, en: "Example: height of beacons"}
  source: {doc: example-plan, article: 甲(一)}
  values:
    - {code: tall, name: {zh: 示例：高, en: tall}}
    - {code: low, name: {zh: 示例：低, en: low}}
`)
	add("targets.yaml", `
- id: T99
  measure: M01.10
  title: {zh: 示例：灯塔, en: "Example: beacons"}
  op: ">="
  value: 1
  unit: {zh: 座, en: beacons}
  by: 2026-12-31
  wording: plain
  counts:
    what: {zh: 示例：高灯塔, en: "Example: tall beacons"}
    from: {not_set: {note: {zh: 示例：未写。, en: "Example: not stated."}, set_by: [SKJ]}}
  source: {doc: example-plan, article: 甲(一)}
`)
	p, err := plan.Load(files, example, plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	h.desk = h.app.Desk(p)
	watched := h.enter("corp2", "observation-post", post("示例观察点"))
	tall := h.enter("corp2", "beacon", map[string]string{"name": "示例灯塔甲", "grade": "示例：高", "watches": watched})
	h.enter("corp2", "beacon", map[string]string{"name": "示例灯塔乙", "grade": "tall"})
	low := h.enter("uni", "beacon", map[string]string{"name": "示例灯塔丙", "grade": "low"})
	if n, ids := h.count("T99", "2026-09-01"); n != 1 || ids[0] != tall {
		t.Errorf("two tall beacons of one organisation count once: %v", ids)
	}
	v, err := h.desk.Entry(h.ctx, "", watched, app.RegisterFilter{}, false)
	if err != nil || len(v.Related) != 1 || v.Related[0].Entry != tall || v.Related[0].Title.EN != "watched by" {
		t.Errorf("%+v %v", v.Related, err)
	}
	id := h.begin("officer", flow.Beginning{Workflow: "example-evaluation", Entry: low})
	refusedWith(t, h.act("reviewer", id, "score", map[string]string{"opinion": "示例"}), zhuanhua.KindInvalid, "亮度")
	h.must("reviewer", id, "score", map[string]string{"light": "5.99", "opinion": "示例"})
	h.must("approver", id, "remove", nil)
	list, err := h.desk.Register(h.ctx, "", "beacon", app.RegisterFilter{State: "active"})
	if err != nil || len(list) != 2 {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := h.desk.NewCase(h.ctx, "corp", flow.Beginning{Workflow: "example-entry", Register: "beacon"}); err == nil || !strings.Contains(err.Error(), "角色") {
		t.Errorf("an enterprise applies for a beacon: %v", err)
	}
	h.sound()
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02T15:04", s, zhuanhua.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestRegisterRefusals: who may not, and what may not be, is refused with words on what to do, and nothing is lost.
func TestRegisterRefusals(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, guangxi)
	h.put(zhuanhua.Person{ID: "P-1", Name: "示例专员"}, zhuanhua.Person{ID: "P-2", Name: "示例专员二"})
	list := func(register string, values map[string]string) (string, error) {
		id := h.begin("officer", flow.Beginning{Workflow: "listing", Register: register})
		if err := h.act("officer", id, "prepare", values); err != nil {
			return "", err
		}
		if err := h.act("reviewer", id, "list", nil); err != nil {
			return "", err
		}
		v, err := h.desk.Case(h.ctx, "officer", id)
		return v.Accreditation, err
	}
	station := func(name string) string {
		id := h.begin("uni", flow.Beginning{Workflow: "filing", Register: "liaison-station"})
		h.must("uni", id, "submit", map[string]string{"name": name, "region": "110000", "partner": "示例高校"})
		h.must("officer", id, "accept", map[string]string{"result": "verified"})
		h.must("approver", id, "file", nil)
		v, err := h.desk.Case(h.ctx, "officer", id)
		if err != nil {
			t.Fatal(err)
		}
		return v.Accreditation
	}
	one, two := station("示例联络站一"), station("示例联络站二")
	posting := func(person, at, from, to string) (string, error) {
		return list("posted-officer", map[string]string{"person": person, "station": at, "from": from, "to": to})
	}
	if _, err := posting("P-1", one, "2026-09-01", "2026-12-31"); err != nil {
		t.Fatal(err)
	}
	before := h.entryCount("posted-officer")
	_, err := posting("P-1", two, "2026-12-31", "2027-06-30")
	refusedWith(t, err, zhuanhua.KindInvalid, one)
	_, err = posting("P-9", two, "2026-09-01", "")
	refusedWith(t, err, zhuanhua.KindInvalid, "没有人员记录")
	_, err = posting("P-2", "liaison-station-2026-9999", "2026-09-01", "")
	refusedWith(t, err, zhuanhua.KindInvalid, "没有条目")
	_, err = posting("P-2", two, "2026-09-01", "2026-08-01")
	refusedWith(t, err, zhuanhua.KindInvalid, "ends on 2026-08-01")
	if n := h.entryCount("posted-officer"); n != before {
		t.Errorf("%d entries, %d before what was refused", n, before)
	}
	if _, err := posting("P-1", two, "2027-01-01", "2027-06-30"); err != nil {
		t.Errorf("the day after the first posting: %v", err)
	}
	for name, b := range map[string]flow.Beginning{
		"no register":             {Workflow: "filing"},
		"another's workflow":      {Workflow: "listing", Register: "liaison-station"},
		"a register of no plan":   {Workflow: "filing", Register: "observatory"},
		"a change without entry":  {Workflow: "status-change"},
		"an entry of no register": {Workflow: "status-change", Entry: "liaison-station-2026-9999"},
		"a change it has not":     {Workflow: "evaluation-round", Entry: "posted-officer-2026-0001"},
	} {
		if _, err := h.desk.NewCase(h.ctx, "officer", b); zhuanhua.KindOf(err) != zhuanhua.KindInvalid && zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	// An entry that an officer files for a body names the body: else it would be nobody's, and there could be two of it.
	registry := h.begin("officer", flow.Beginning{Workflow: "filing", Register: "contract-registry"})
	values := map[string]string{"name": "示例登记处", "region": "450100", "code": "示例代码", "registrars": "2"}
	refusedWith(t, h.act("officer", registry, "submit", values), zhuanhua.KindInvalid, "“持有单位”没有填写", "代填的写明是谁的条目")
	values["organisation"] = "O-3"
	h.must("officer", registry, "submit", values)
	// Another's entry is not one's own to change.
	_, err = h.desk.NewCase(h.ctx, "corp2", flow.Beginning{Workflow: "status-change", Entry: one})
	refusedWith(t, err, zhuanhua.KindForbidden, "不是您单位的")
	h.sound()
}

// entryCount is how many entries a register holds, whatever their state.
func (h *hall) entryCount(register string) int {
	h.t.Helper()
	n := 0
	for _, err := range h.store.Rows(h.t.Context(), zhuanhua.NounAccreditation, store.Filter{Is: map[string]any{"register": register}}) {
		if err != nil {
			h.t.Fatal(err)
		}
		n++
	}
	return n
}

// TestVisits: a day's visits go out and come back; the same sheet twice changes nothing; what somebody else changed
// meanwhile is shown and stays.
func TestVisits(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, guangxi)
	h.put(zhuanhua.Person{ID: "P-1", Name: "示例专员"})
	id := h.begin("uni", flow.Beginning{Workflow: "filing", Register: "liaison-station"})
	h.must("uni", id, "submit", map[string]string{"name": "示例联络站", "region": "110000", "partner": "示例高校"})
	h.must("officer", id, "accept", map[string]string{"result": "verified"})
	h.must("approver", id, "file", nil)
	id = h.begin("officer", flow.Beginning{Workflow: "listing", Register: "posted-officer"})
	h.must("officer", id, "prepare", map[string]string{"person": "P-1", "station": "liaison-station-2026-0001", "from": "2026-09-01"})
	h.must("reviewer", id, "list", nil)

	day := date(t, "2026-09-01")
	sheet, err := h.desk.Visits(h.ctx, "officer", "P-1", day)
	if err != nil || sheet.Known != 0 || len(sheet.Rows) == 0 {
		t.Fatalf("%+v %v", sheet, err)
	}
	column := func(id string) int {
		for i, name := range sheet.Header {
			if strings.HasSuffix(name, "（"+id+"）") {
				return i
			}
		}
		t.Fatalf("the sheet has no column %s: %v", id, sheet.Header)
		return 0
	}
	fill := func(row []string, values map[string]string) {
		for id, v := range values {
			row[column(id)] = v
		}
	}
	for i, whom := range []string{"示例企业甲", "示例企业乙"} {
		fill(sheet.Rows[i], map[string]string{"visited": whom, "region": "110000", "purpose": "示例事由", "findings": "示例情况"})
	}
	fill(sheet.Rows[2], map[string]string{"visited": "示例企业丙"}) // half filled in
	back := func(s app.VisitSheet, as string, want ...string) []app.VisitResult {
		t.Helper()
		var lines []app.VisitLine
		for i, r := range s.Rows {
			cells := map[string]string{}
			for j, v := range r {
				if v != "" {
					cells[s.Header[j]] = v
				}
			}
			lines = append(lines, app.VisitLine{Row: i + 2, Cells: cells})
		}
		list, err := h.desk.ImportVisits(h.ctx, as, lines)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range list {
			got = append(got, r.Result)
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("%v, want %v: %+v", got, want, list)
		}
		return list
	}
	back(sheet, "officer", "recorded", "recorded", "refused")
	back(sheet, "officer", "unchanged", "unchanged", "refused")
	if n := h.entryCount("visit"); n != 2 {
		t.Errorf("%d visits are recorded, 2 were made", n)
	}
	// Out again; one is corrected in the field, the other by somebody at home.
	sheet, err = h.desk.Visits(h.ctx, "officer", "posted-officer-2026-0001", day)
	if err != nil || sheet.Known != 2 {
		t.Fatalf("%+v %v", sheet, err)
	}
	home := strings.TrimSpace(sheet.Rows[1][0])
	v, err := h.desk.Entry(h.ctx, "officer", home, app.RegisterFilter{}, false)
	if err != nil {
		t.Fatal(err)
	}
	h.must("officer", v.Cases[0], "correct", map[string]string{"findings": "示例：在家更正"})
	fill(sheet.Rows[0], map[string]string{"findings": "示例：外勤更正"})
	fill(sheet.Rows[1], map[string]string{"findings": "示例：外勤另说"})
	list := back(sheet, "officer", "corrected", "conflict")
	if d := list[1].Differs; len(d) != 1 || d[0].Field != "findings" || d[0].File != "示例：外勤另说" || d[0].Now != "示例：在家更正" {
		t.Errorf("%+v", d)
	}
	back(sheet, "officer", "unchanged", "conflict")
	if v, _ := h.desk.Entry(h.ctx, "officer", home, app.RegisterFilter{}, false); v.Values["findings"] != "示例：在家更正" {
		t.Errorf("the record was overwritten: %q", v.Values["findings"])
	}
	h.sound()
}

// TestOneOfTwo: two applications of one body are decided at the same moment; one comes in, the other is told why
// not. Whoever reads the entries just before the other's comes in must not be let through, hence the many rounds.
func TestOneOfTwo(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		for round := range 12 {
			var ids []string
			for range 2 {
				id := h.begin("corp2", flow.Beginning{Workflow: "example-entry", Register: "observation-post"})
				h.must("corp2", id, "ask", post(fmt.Sprintf("示例观察点%d", round+1)))
				h.must("officer", id, "look", nil)
				ids = append(ids, id)
			}
			errs := together(2, func(i int) error { return h.act([]string{"approver", "approver2"}[i], ids[i], "enter", nil) })
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
					continue
				}
				refusedWith(t, err, zhuanhua.KindInvalid, "重叠")
			}
			if n, _ := h.count("T01", "2026-09-01"); won != 1 || n != round+1 {
				t.Fatalf("round %d: %d came in, %d are counted", round+1, won, n)
			}
		}
		h.sound()
	})
}
