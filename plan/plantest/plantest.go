// Package plantest gives tests the plans that the program carries, whole or with a few words changed.
package plantest

import (
	"bytes"
	"io/fs"
	"testing"
	"testing/fstest"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/plan"
	"zhuanhua/plans"
)

// Guangxi is the id of the real plan.
const Guangxi = "guangxi-2025-2027"

// regions is the program's table of regions.
type regions struct{}

// RegionName is the name of a region.
func (regions) RegionName(r zhuanhua.Region) string { return intake.RegionName(r) }

// RegionOf finds a region by its name.
func (regions) RegionOf(text string) (zhuanhua.Region, bool) { return intake.RegionOf(text) }

// Options are what the program hands to a plan.
func Options() plan.Options { return plan.Options{Regions: regions{}} }

// Files is a plan in memory, for changing.
func Files(t testing.TB, id string) fstest.MapFS {
	t.Helper()
	sub, err := fs.Sub(plans.Files, id)
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{}
	err = fs.WalkDir(sub, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(sub, p)
		out[p] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Edit replaces the first occurrence of Old in a file, or all of them.
type Edit struct {
	File, Old, New string
	All            bool
}

// Load loads a plan with a few words changed. It fails when an edit finds nothing: a test that changes
// nothing shows nothing.
func Load(t testing.TB, id string, edits ...Edit) *plan.Pack {
	t.Helper()
	files := Files(t, id)
	for _, e := range edits {
		f := files[e.File]
		if f == nil || !bytes.Contains(f.Data, []byte(e.Old)) {
			t.Fatalf("%s has no %q", e.File, e.Old)
		}
		n := 1
		if e.All {
			n = -1
		}
		f.Data = bytes.Replace(f.Data, []byte(e.Old), []byte(e.New), n)
	}
	p, err := plan.Load(files, id, Options())
	if err != nil {
		t.Fatal(err)
	}
	return p
}
