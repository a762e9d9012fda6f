package lexical

// top keeps the k best documents of a search: a heap with the worst of them first.
type top struct {
	view  *View
	k     int
	heap  []ranked
	floor uint32 // a document with fewer points is not among the k best
}

type ranked struct {
	points uint32
	score  float32
	doc    int
}

// reset empties t for the k best of v.
func (t *top) reset(v *View, k int) { t.view, t.k, t.heap, t.floor = v, k, t.heap[:0], 0 }

// before reports whether a ranks above b.
func (t *top) before(a, b ranked) bool {
	return a.score > b.score || a.score == b.score && t.tied(a.doc, b.doc)
}

// tied reports whether a ranks above b where their scores are equal. It is apart so that the
// compiler inlines before.
func (t *top) tied(a, b int) bool { return t.view.ID(a) < t.view.ID(b) }

// offer puts a document in if it is among the k best so far.
func (t *top) offer(r ranked) {
	switch {
	case len(t.heap) < t.k:
		t.heap = append(t.heap, r)
		t.up(len(t.heap) - 1)
	case t.before(r, t.heap[0]):
		t.sink(r, len(t.heap))
	default:
		return
	}
	if len(t.heap) == t.k {
		// Scores have 24 bits, points 30: so many fewer may still be an equal score, and then
		// the id decides.
		points := t.heap[0].points
		t.floor = points - points>>22 - min(points, 1)
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
