package lexical

// top keeps the k best documents of a search: a heap with the worst of them first.
type top struct {
	view  *View
	k     int
	heap  []ranked
	floor float32 // a sum below this, by bound or in full, is not among the k best
	slack float32
}

type ranked struct {
	score float32
	doc   int
}

// reset empties t for the k best of v under a query of n terms.
//
// A bound and a score are sums of the same numbers rounded in different order; each is off by at
// most n units of 2^-24. The floor lies lower than the k-th score by more than both together, so
// that no document is lost to rounding.
func (t *top) reset(v *View, k, n int) {
	t.view, t.k, t.heap, t.floor = v, k, t.heap[:0], 0
	t.slack = max(0, 1-float32(n+16)/(1<<21))
}

// before reports whether a ranks above b.
func (t *top) before(a, b ranked) bool {
	return a.score > b.score || a.score == b.score && t.tied(a.doc, b.doc)
}

// tied reports whether a ranks above b where their scores are equal. It is apart so that the
// compiler inlines before.
func (t *top) tied(a, b int) bool { return t.view.ID(a) < t.view.ID(b) }

// offer puts a document in if it is among the k best so far.
func (t *top) offer(score float32, doc int) {
	r := ranked{score, doc}
	switch {
	case score <= 0:
		return
	case len(t.heap) < t.k:
		t.heap = append(t.heap, r)
		t.up(len(t.heap) - 1)
	case t.before(r, t.heap[0]):
		t.sink(r, len(t.heap))
	default:
		return
	}
	if len(t.heap) == t.k {
		t.floor = t.heap[0].score * t.slack
	}
}

// up moves the entry at i towards the front, where the worst lies.
func (t *top) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !t.before(t.heap[parent], t.heap[i]) {
			return
		}
		t.heap[parent], t.heap[i] = t.heap[i], t.heap[parent]
		i = parent
	}
}

// sink puts r into the place of the first of n entries and moves it away from the front.
func (t *top) sink(r ranked, n int) {
	i := 0
	for c := 1; c < n; c = 2*i + 1 {
		if c+1 < n && t.before(t.heap[c], t.heap[c+1]) {
			c++
		}
		if !t.before(r, t.heap[c]) {
			break
		}
		t.heap[i] = t.heap[c]
		i = c
	}
	t.heap[i] = r
}

// hits empties the heap into a list, best first.
func (t *top) hits() []Hit {
	hits := make([]Hit, len(t.heap))
	for n := len(t.heap) - 1; n >= 0; n-- {
		r := t.heap[0]
		hits[n] = Hit{Doc: r.doc, ID: t.view.ID(r.doc), Score: r.score}
		t.sink(t.heap[n], n)
	}
	return hits
}
