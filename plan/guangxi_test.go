package plan_test

import (
	"io/fs"
	"strings"
	"testing"

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
