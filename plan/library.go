package plan

import (
	"cmp"
	"fmt"
	"slices"

	"zhuanhua"
)

// Library holds versions of plans side by side. A day chooses the version; a decision names the
// version it was made under and can be made again with it, whatever came later.
type Library struct {
	packs map[string][]*Pack // by plan id, by first day
}

// NewLibrary makes a library of packs.
func NewLibrary(packs ...*Pack) (*Library, error) {
	l := &Library{packs: map[string][]*Pack{}}
	for _, p := range packs {
		if err := l.Add(p); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Add takes a version in. Two versions may hold on the same day only where one says that it replaces
// the other; else it would be left to chance which one answers.
func (l *Library) Add(p *Pack) error {
	for _, other := range l.packs[p.ID] {
		switch {
		case other.Version == p.Version:
			return invalid(p.ID, say("版本 "+p.Version+" 已有", "version "+p.Version+" is there already"), say("换一个版本号", "give it another version"))
		case overlap(other.Valid, p.Valid) && p.Replaces != other.Version && other.Replaces != p.Version:
			return invalid(p.ID, say(fmt.Sprintf("版本 %s 与 %s 的有效期重叠", p.Version, other.Version), fmt.Sprintf("versions %s and %s hold on the same days", p.Version, other.Version)),
				say("改有效期，或在 plan.yaml 用 replaces 写明取代关系", "change the validity, or say with replaces in plan.yaml which takes the place of which"))
		}
	}
	l.packs[p.ID] = append(l.packs[p.ID], p)
	slices.SortStableFunc(l.packs[p.ID], func(a, b *Pack) int {
		return cmp.Or(compareDates(a.Valid.From, b.Valid.From), cmp.Compare(a.Version, b.Version))
	})
	return nil
}

// Version is one version of a plan, nil when it is not there.
func (l *Library) Version(id, version string) *Pack {
	return find(l.packs[id], func(p *Pack) bool { return p.Version == version })
}

// At is the version that holds on a day. Where one replaces another it is the one that is not
// replaced. It returns nil when none holds.
func (l *Library) At(id string, on zhuanhua.Date) *Pack {
	var held []*Pack
	for _, p := range l.packs[id] {
		if p.Valid.Holds(on) {
			held = append(held, p)
		}
	}
	// Replacing is said by the newer version, so the one that nobody names as replaced is the one that holds.
	for _, p := range held {
		if !slices.ContainsFunc(held, func(o *Pack) bool { return o.Replaces == p.Version }) {
			return p
		}
	}
	return nil
}

// Decision is what has to be kept of an answer to make it again.
type Decision struct {
	Plan     string
	Version  string
	Sum      string // of the pack's files
	Rule     string
	On       zhuanhua.Date
	Facts    Facts
	Settings Settings
}

// Replay makes an old decision again with the version that it was made under. A version whose files
// have changed since is refused.
func (l *Library) Replay(d Decision) (*Quote, error) {
	p := l.Version(d.Plan, d.Version)
	if p == nil {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: d.Plan, What: say("没有版本 "+d.Version, "there is no version "+d.Version).Both(), Do: say("载入当时的方案包", "load the pack of that time").Both()}
	}
	// The same number on changed files is no version: the answer could differ from the one that was given.
	if d.Sum != "" && d.Sum != p.Sum {
		return nil, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: d.Plan + " " + d.Version, What: say("方案包的内容与决定当时不同", "the pack's files are not those of the decision").Both(), Do: say("载入当时的文件；改动应另立版本", "load the files of that time; a change needs a version of its own").Both()}
	}
	return p.Quote(d.Rule, d.Facts, d.On, d.Settings)
}
