package vector

import (
	"math"
	"slices"
)

// top keeps the k best documents of a scan in a heap, the worst of them at its head.
type top struct {
	k      int
	v      *View
	accept func(doc int) bool // nil: all
	floor  float32            // what scores less is not among the best
	hits   []Hit
	now    Hit // the document whose rows go by, not in the heap yet; none if k is 0
	any    bool
}

func newTop(v *View, k int, accept func(doc int) bool) *top {
	return &top{k: k, v: v, accept: accept, floor: float32(math.Inf(-1))}
}

// scan takes rows of a chunk from a place on, whose products with a query are given. The rows of a
// document follow each other.
func (t *top) scan(q Vec, chunk, from int, dots []int32) {
	c, dead := t.v.chunks[chunk], t.v.masks[chunk]
	scales := c.scale[from:][:len(dots)]
	for i, dot := range dots {
		score := float32(dot) * scales[i] * q.Scale
		if score < t.floor || dead.has(from+i) {
			continue
		}
		t.row(score, int(c.doc[from+i]), chunk*chunkRows+from+i)
	}
}

// row takes a row of a document.
func (t *top) row(score float32, doc, row int) {
	if t.any && doc == t.now.Doc {
		if score > t.now.Score {
			t.now.Score, t.now.Passage = score, row
		}
		return
	}
	t.settle()
	t.now, t.any = Hit{Doc: doc, Score: score, Passage: row}, true
}

// settle offers the document whose rows went by. Its passage was the row until then.
func (t *top) settle() {
	if t.any {
		first, _ := t.v.rowsOf(t.now.Doc)
		t.now.Passage -= first
		t.offer(t.now)
	}
	t.any = false
}

// offer takes a document if it is among the best so far.
func (t *top) offer(h Hit) {
	if h.Score < t.floor {
		return
	}
	h.ID = t.v.blocks[h.Doc/blockDocs].id[h.Doc%blockDocs]
	if len(t.hits) == t.k && better(h, t.hits[0]) >= 0 || t.accept != nil && !t.accept(h.Doc) {
		return
	}
	if len(t.hits) < t.k {
		t.hits = append(t.hits, h)
		t.up(len(t.hits) - 1)
	} else {
		t.hits[0] = h
		t.down()
	}
	if len(t.hits) == t.k {
		t.floor = t.hits[0].Score
	}
}

func (t *top) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if better(t.hits[parent], t.hits[i]) >= 0 {
			return
		}
		t.hits[parent], t.hits[i] = t.hits[i], t.hits[parent]
		i = parent
	}
}

func (t *top) down() {
	for i := 0; ; {
		worst := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(t.hits); c++ {
			if better(t.hits[c], t.hits[worst]) > 0 {
				worst = c
			}
		}
		if worst == i {
			return
		}
		t.hits[i], t.hits[worst] = t.hits[worst], t.hits[i]
		i = worst
	}
}

// merge joins what the parts of a scan found. A document whose rows lie in two parts may come from
// both.
func merge(tops []*top, k int) []Hit {
	var all []Hit
	for _, t := range tops {
		all = append(all, t.hits...)
	}
	slices.SortFunc(all, func(a, b Hit) int {
		if c := better(a, b); c != 0 {
			return c
		}
		return a.Passage - b.Passage
	})
	if len(tops) > 1 {
		seen := map[int]bool{}
		all = slices.DeleteFunc(all, func(h Hit) bool {
			again := seen[h.Doc]
			seen[h.Doc] = true
			return again
		})
	}
	return all[:min(k, len(all))]
}
