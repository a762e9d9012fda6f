package app

import (
	"hash/fnv"

	"zhuanhua"
	"zhuanhua/match"
	"zhuanhua/match/family"
)

// The same achievement is registered several times, in other words or of another year. In lists one
// record stands for all of them. Only what is plain counts here: the record says so, a patent is the
// same, or title and holder are. Likeness of meaning is told where records are ranked, by the engine.

// kinOf are marks of an achievement; records with a mark in common are one achievement.
func kinOf(a *zhuanhua.Achievement) []uint64 {
	var out []uint64
	mark := func(kind, value string) {
		h := fnv.New64a()
		h.Write([]byte(kind + "\n" + value))
		out = append(out, h.Sum64())
	}
	if a.DuplicateOf != "" {
		mark("record", a.DuplicateOf)
	}
	for _, r := range match.AchievementDocument(a, &zhuanhua.Source{}).Facts.Rights {
		if r.Number != "" {
			mark("right", r.Number)
		}
	}
	if key := family.Key(a.Title); key != "" {
		for _, u := range a.Units {
			mark("title", key+"\n"+foldTitle(u))
		}
	}
	return out
}

// recordMark is the mark that others bear which name a record as theirs.
func recordMark(id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte("record\n" + id))
	return h.Sum64()
}

// join numbers the families of a shelf: records that marks connect, straight or through others. 0 is
// none. The number of a family is that of its first record, counted from 1.
func join(all []*Entry) []int32 {
	parent := make([]int32, len(all))
	root := func(i int32) int32 {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := map[uint64]int32{}
	for i, e := range all {
		parent[i] = int32(i)
		for _, m := range e.kin {
			if at, ok := first[m]; ok {
				a, b := root(at), root(int32(i))
				parent[max(a, b)] = min(a, b)
				continue
			}
			first[m] = int32(i)
		}
	}
	for i, e := range all { // the record itself that others name
		if at, ok := first[recordMark(e.ID)]; ok {
			a, b := root(at), root(int32(i))
			parent[max(a, b)] = min(a, b)
		}
	}
	size := make([]int32, len(all))
	for i := range all {
		size[root(int32(i))]++
	}
	out := make([]int32, len(all))
	for i := range all {
		if r := root(int32(i)); size[r] > 1 {
			out[i] = r + 1
		}
	}
	return out
}

// fold makes lines of a list: the first of a family stands for those that follow. joined tells of more
// records that are one, by id: it names the record that stands for each.
func (s *shelves) fold(n zhuanhua.Noun, list []*Entry, joined map[string]string) (lines []*Entry, others map[string][]*Entry) {
	if len(s.families[n]) == 0 && len(joined) == 0 {
		return list, nil
	}
	head := map[int32]*Entry{}
	lines, others = make([]*Entry, 0, len(list)), map[string][]*Entry{}
	for _, e := range list {
		family := e.family
		if of := s.byID[n][joined[e.ID]]; of != nil && head[of.key()] != nil {
			family = of.key()
		}
		if family == 0 {
			if len(joined) > 0 {
				head[e.key()] = e
			}
			lines = append(lines, e)
			continue
		}
		if h := head[family]; h != nil {
			others[h.ID] = append(others[h.ID], e)
			continue
		}
		head[family] = e
		lines = append(lines, e)
	}
	return lines, others
}

// key is the number of an entry's family; one without a family has a number of its own.
func (e *Entry) key() int32 {
	if e.family != 0 {
		return e.family
	}
	return -e.number - 1
}

// Wordings are the other records of the same achievement, newest first.
func (c *Catalogue) Wordings(n zhuanhua.Noun, id string) []*Entry {
	s := c.now.Load()
	e := s.byID[n][id]
	if e == nil || e.family == 0 {
		return nil
	}
	var out []*Entry
	for _, x := range s.families[n][e.family] {
		if x != e {
			out = append(out, x)
		}
	}
	return out
}
