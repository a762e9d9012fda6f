package plan_test

import (
	"io/fs"
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

// guangxi loads the embedded pack.
func guangxi(t testing.TB) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, guangxiDir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Load(files, guangxiDir, plan.Options{Regions: regions{}})
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

func TestGuangxiTrials(t *testing.T) {
	p := guangxi(t)
	for _, r := range p.RunTrials() {
		for _, d := range r.Differences {
			t.Errorf("%s:%d %s: %s", r.Trial.At.File, r.Trial.At.Line, r.Trial.Name.ZH, d.Both())
		}
	}
	if n := len(p.Trials); n < 150 {
		t.Errorf("%d trials, fewer than the 150 asked for", n)
	}
}
