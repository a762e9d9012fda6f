package plan_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plans"
)

// regions is the program's table of regions.
type regions struct{}

func (regions) RegionName(r zhuanhua.Region) string          { return intake.RegionName(r) }
func (regions) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

const guangxiDir = "guangxi-2025-2027"

// guangxi loads the embedded pack of Guangxi.
func guangxi(t testing.TB) *plan.Pack {
	t.Helper()
	return embedded(t, guangxiDir)
}

// embedded loads a pack that the program carries.
func embedded(t testing.TB, dir string) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Load(files, dir, plan.Options{Regions: regions{}})
	if faults, ok := err.(plan.Faults); ok {
		for _, f := range faults {
			t.Error(f)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEmbeddedPacks: every plan that the program carries loads, and its trials pass. A folder that is
// added below plans/ is under this test at once, without a line of Go.
func TestEmbeddedPacks(t *testing.T) {
	folders, err := fs.ReadDir(plans.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		p := embedded(t, folder.Name())
		for _, r := range p.RunTrials() {
			for _, d := range r.Differences {
				t.Errorf("%s:%d %s: %s", r.Trial.At.File, r.Trial.At.Line, r.Trial.Name.ZH, d.Both())
			}
		}
		found[p.ID] = len(p.Trials)
	}
	if found[guangxiDir] < 150 || found["example-region"] < 80 {
		t.Errorf("trials by plan: %v", found)
	}
}

// TestInventedRegionHasItsName: a region of an invented plan stands in no table but its own list of
// words; answers name it all the same.
func TestInventedRegionHasItsName(t *testing.T) {
	p := embedded(t, "example-region")
	q := ask(t, p, "R01", `{"landed_region": "990200"}`, nil)
	for _, a := range q.Conditions {
		if strings.Contains(a.Have.ZH, "990200") {
			if name := p.Vocabulary("region").Find("990200").Name; a.Have.ZH != name.ZH+" 990200" || a.Have.EN != name.EN+" 990200" {
				t.Errorf("the region is called %v", a.Have)
			}
			return
		}
	}
	t.Errorf("no condition of %+v shows the region", q.Conditions)
}

// TestRuleIsFilesAlone: the invented plan gets a rule more by two files; the program answers it.
func TestRuleIsFilesAlone(t *testing.T) {
	files := fstest.MapFS{}
	sub, err := fs.Sub(plans.Files, "example-region")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(sub, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(sub, p)
		files[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	files["incentives/R09.yaml"] = &fstest.MapFile{Data: []byte(`rule: R09
title: {zh: 示例新规则, en: Example of a new rule}
measure: M05.1
beneficiary: {zh: 示例企业, en: an example firm}
source: {doc: example-plan}
facts: [requested_fen]
parameters:
  part: {kind: rate, title: {zh: 比例, en: part}, values: [{value: 12.5 %, source: {doc: example-plan}}]}
conditions:
  - id: stated
    text: {zh: 已申请, en: Requested}
    when: stated(requested_fen)
    need: {zh: 申请金额, en: the amount}
    next: {zh: 写明, en: state it}
    source: {doc: example-plan}
amount:
  steps: [{id: support, text: {zh: 支持, en: support}, value: part * requested_fen}]
`)}
	files["trials/R09.yaml"] = &fstest.MapFile{Data: []byte(`rule: R09
on: 2026-06-30
base: {requested_fen: 1 元}
trials:
  - trial: {zh: 一元的八分之一舍到分, en: an eighth of a yuan is cut to the fen}
    expect: {eligible: true, amount: 12 分}
`)}
	p, err := plan.Load(files, "example-region", plan.Options{Regions: regions{}})
	if err != nil {
		t.Fatal(faultText(err.(plan.Faults)))
	}
	for _, r := range p.RunTrials() {
		if !r.Passed() {
			t.Errorf("%s: %v", r.Trial.Name.ZH, r.Differences)
		}
	}
	if q := ask(t, p, "R09", `{"requested_fen": 800}`, nil); q.AmountFen == nil || *q.AmountFen != 100 {
		t.Errorf("%+v", q)
	}
}
