package book_test

import (
	"io/fs"
	"testing"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plan/book"
	"zhuanhua/plans"
)

// regions is the program's table of regions.
type regions struct{}

func (regions) RegionName(r zhuanhua.Region) string          { return intake.RegionName(r) }
func (regions) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

// embedded loads one of the packs that the program carries.
func embedded(t testing.TB, id string) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, id)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, files, id)
}

func load(t testing.TB, files fs.FS, name string) *plan.Pack {
	t.Helper()
	p, err := plan.Load(files, name, plan.Options{Regions: regions{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func input(p *plan.Pack) book.Input { return book.Input{Pack: p, Results: p.RunTrials()} }
