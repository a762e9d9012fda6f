package plan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua"
	"zhuanhua/plan"
)

// version makes another version of the Guangxi pack: its validity, and changes of files.
func version(t *testing.T, name, from, to string, changes ...[3]string) *plan.Pack {
	t.Helper()
	files := copyOf(t)
	change(t, files, "plan.yaml", `version: "2025.1"`, `version: "`+name+`"`)
	change(t, files, "plan.yaml", "from: 2025-09-24, to: 2027-12-31", "from: "+from+", to: "+to)
	for _, c := range changes {
		change(t, files, c[0], c[1], c[2])
	}
	p, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func date(t *testing.T, s string) zhuanhua.Date {
	t.Helper()
	d, ok := plan.ParseDay(s)
	if !ok {
		t.Fatalf("%q is no date", s)
	}
	return d
}

func TestVersionsSideBySide(t *testing.T) {
	// In the second version the broker's rate is 2 % and the day on which it changes hands is 2026-07-01.
	old := version(t, "2025.1", "2025-09-24", "2027-12-31")
	revised := version(t, "2026.1", "2026-07-01", "2027-12-31",
		[3]string{"incentives/R07.yaml", "value: 1 %", "value: 2 %"},
		[3]string{"plan.yaml", `version: "2026.1"`, "version: \"2026.1\"\nreplaces: \"2025.1\""})
	library, err := plan.NewLibrary(revised, old)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := old.ReadFacts([]byte(`{"tech_amount_actual_fen":1000000,"contract_registered":true,"broker_kind":"ip_platform","broker_agreement_on":"2026-01-01","contract_on":"2026-02-01","related_party":false}`), "facts")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on, version string
		fen         plan.Fen
	}{{"2025-09-24", "2025.1", 10000}, {"2026-06-30", "2025.1", 10000}, {"2026-07-01", "2026.1", 20000}, {"2027-12-31", "2026.1", 20000}} {
		p := library.At(guangxiDir, date(t, c.on))
		if p == nil || p.Version != c.version {
			t.Errorf("on %s: %v", c.on, p)
			continue
		}
		q, err := p.Quote("R07", facts, date(t, c.on), nil)
		if err != nil || q.AmountFen == nil || *q.AmountFen != c.fen || q.Version != c.version {
			t.Errorf("on %s: %+v, %v", c.on, q, err)
		}
	}
	for _, on := range []string{"2025-09-23", "2028-01-01"} {
		if p := library.At(guangxiDir, date(t, on)); p != nil {
			t.Errorf("on %s the version %s holds", on, p.Version)
		}
	}
	replayed(t, library, old, facts)
}

// replayed makes a decision of the old version again, after the new one has come.
func replayed(t *testing.T, library *plan.Library, old *plan.Pack, facts plan.Facts) {
	t.Helper()
	d := plan.Decision{Plan: guangxiDir, Version: "2025.1", Sum: old.Sum, Rule: "R07", On: date(t, "2026-08-01"), Facts: facts}
	q, err := library.Replay(d)
	if err != nil || *q.AmountFen != 10000 || q.Version != "2025.1" {
		t.Errorf("replayed: %+v, %v", q, err)
	}
	d.Sum = strings.Repeat("0", 64)
	if _, err := library.Replay(d); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Errorf("a pack whose files have changed: %v", err)
	}
	d.Version = "2024.1"
	if _, err := library.Replay(d); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Errorf("a version that is not there: %v", err)
	}
}

// TestVersionsThatOverlap: which of two versions holds must never be left to chance.
func TestVersionsThatOverlap(t *testing.T) {
	a := version(t, "2025.1", "2025-09-24", "2027-12-31")
	b := version(t, "2025.2", "2025-09-24", "2027-12-31", [3]string{"incentives/R07.yaml", "value: 1 %", "value: 2 %"})
	if _, err := plan.NewLibrary(a, b); err == nil || !strings.Contains(err.Error(), "replaces") {
		t.Errorf("overlapping versions: %v", err)
	}
	if _, err := plan.NewLibrary(a, a); err == nil {
		t.Error("one version twice is accepted")
	}
}

// TestParameterPeriods: a rate that changes within a version changes on its day.
func TestParameterPeriods(t *testing.T) {
	files := copyOf(t)
	change(t, files, "incentives/R07.yaml", "- {value: 1 %, source:", "- {value: 3 %, to: 2026-03-31, source: {doc: action-plan}}\n      - {value: 1 %, from: 2026-04-01, source:")
	p, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Rule("R07").Parameter("rate")
	for on, want := range map[string]string{"2025-09-24": "0.03", "2026-03-31": "0.03", "2026-04-01": "0.01", "2027-12-31": "0.01"} {
		if s := r.On(date(t, on)); s == nil || s.Value.String() != want {
			t.Errorf("on %s: %v, should be %s", on, s, want)
		}
	}
}

// TestTrialsCanFail: a trial whose expectation is changed fails and says why.
func TestTrialsCanFail(t *testing.T) {
	for _, c := range []struct{ file, old, new, says string }{
		{"trials/R07.yaml", `amount: "5 万元"`, `amount: "6 万元"`, "amount: should be 6000000 fen and is 5000000 fen"},
		{"trials/R07.yaml", "eligible: true", "eligible: false", "eligible: should be false and is true"},
		{"trials/R07.yaml", "unmet: [broker_kind]", "unmet: [registered]", "unmet: should be registered and is broker_kind"},
		{"trials/R05.yaml", `short_by: {received: "1"}`, `short_by: {received: "3"}`, "received short by: should be 3 and is 1"},
		{"trials/R01.yaml", "unset: [R01.rate]", "unset: []", "unset: should be  and is R01.rate"},
		{"trials/R02.yaml", "years: 5", "years: 4", "years: should be 4 and is 5"},
		{"trials/R02.yaml", `min: "200 万元"`, "min: none", "min: should be none and is 200000000 fen"},
		{"trials/R06.yaml", "have: {acceptance: 未说明}", "have: {acceptance: 否}", "acceptance has"},
		{"trials/stacking.yaml", "answer: flag", "answer: allow", "stacking: should be allow and is flag"},
		{"incentives/R05.yaml", "received_fen > threshold", "received_fen >= threshold", "unmet"},
	} {
		files := copyOf(t)
		change(t, files, c.file, c.old, c.new)
		p, err := load(files)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		var said []string
		for _, r := range p.RunTrials() {
			for _, d := range r.Differences {
				said = append(said, d.EN)
			}
		}
		if !strings.Contains(strings.Join(said, "\n"), c.says) {
			t.Errorf("%s with %s: the trials say %q", c.file, c.new, said)
		}
	}
}

// TestStates: an item works only while its proof holds.
func TestStates(t *testing.T) {
	p := guangxi(t)
	stories, err := plan.ReadStories(fstest.MapFS{
		"match.txtar": {Data: []byte("# proves: M01.5c, M01.4\nexec true\n-- file --\n# proves: M01.1\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	results := p.RunTrials()
	states := p.States(results, stories)
	for item, want := range map[string]string{"M07.3": plan.Works, "M15.4": plan.Works, "M01.5c": plan.Works, "M01.4": plan.Recorded, "M01.1": plan.Recorded, "S.1": plan.Recorded} {
		if got := states[item].State; got != want {
			t.Errorf("%s is %s and should be %s", item, got, want)
		}
	}
	for i := range results {
		if results[i].Trial.Rule.ID == "R05" {
			results[i].Differences = []plan.Text{{ZH: "不同", EN: "differs"}}
		}
	}
	if got := p.States(results, nil); got["M07.3"].State != plan.Recorded || got["M01.5c"].State != plan.Recorded || got["M15.4"].State != plan.Works {
		t.Errorf("without proof: %v %v %v", got["M07.3"], got["M01.5c"], got["M15.4"])
	}
}

// TestEveryItemOfThePlan reads the list of items of the plan, where it is there, and looks each one up.
func TestEveryItemOfThePlan(t *testing.T) {
	shared := os.Getenv("ZHUANHUA_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "shared")
	}
	data, err := os.ReadFile(filepath.Join(shared, "domain", "plan.md"))
	if err != nil {
		t.Skip("the list of the plan's items is not beside the repository; ZHUANHUA_SHARED names its folder")
	}
	p := guangxi(t)
	listed := regexp.MustCompile(`(?m)^\| ((?:M\d\d|S|P)\.\d+[a-z]?) \|`).FindAllStringSubmatch(string(data), -1)
	if len(listed) < 100 {
		t.Fatalf("only %d items in the list", len(listed))
	}
	for _, m := range listed {
		if p.Item(m[1]) == nil {
			t.Errorf("the pack has no item %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\| (T\d\d) \|`).FindAllStringSubmatch(string(data), -1) {
		if p.Target(m[1]) == nil {
			t.Errorf("the pack has no target %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\| (R\d\d) \|`).FindAllStringSubmatch(string(data), -1) {
		if p.Rule(m[1]) == nil {
			t.Errorf("the pack has no rule %s", m[1])
		}
	}
}
