package match

import (
	"slices"
	"strings"

	"zhuanhua"
)

// Filter narrows a library. Conditions of one kind are alternatives, kinds add up. A document that
// does not state what a condition asks for is left out: a filter shows what surely fits.
type Filter struct {
	Regions     []zhuanhua.Region // any region of the record lies in one of these
	TechFields  []string          // the technology field contains one of these words
	MinMaturity zhuanhua.TRL
	Modes       []zhuanhua.Mode
	MaxPrice    *zhuanhua.Money
}

// Empty reports whether the filter keeps everything.
func (f *Filter) Empty() bool {
	return len(f.Regions) == 0 && len(f.TechFields) == 0 && f.MinMaturity == 0 && len(f.Modes) == 0 && f.MaxPrice == nil
}

// Keep reports whether a document passes.
func (f *Filter) Keep(d *Document) bool {
	x := &d.Facts
	return (len(f.Regions) == 0 || slices.ContainsFunc(f.Regions, func(outer zhuanhua.Region) bool {
		return slices.ContainsFunc(x.Regions, func(r zhuanhua.Region) bool { return r.Within(outer) })
	})) &&
		(len(f.TechFields) == 0 || slices.ContainsFunc(f.TechFields, func(w string) bool { return strings.Contains(x.TechField.Value, w) })) &&
		(f.MinMaturity == 0 || x.Maturity >= f.MinMaturity) &&
		(len(f.Modes) == 0 || slices.ContainsFunc(f.Modes, func(m zhuanhua.Mode) bool { return slices.Contains(x.Modes, m) })) &&
		(f.MaxPrice == nil || x.Price != nil && *x.Price <= *f.MaxPrice)
}

// keep turns a filter into the function that ranking asks; nil when everything passes.
func (e *Engine) keep(f *Filter) func(id string) bool {
	if f == nil || f.Empty() {
		return nil
	}
	return func(id string) bool {
		d := e.Document(id)
		return d != nil && f.Keep(d)
	}
}
