package vector

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"zhuanhua"
)

// parallelRows is from how many rows on a search uses all cores.
const parallelRows = 16 * chunkRows

func dimError(dim int, m Model) error {
	return zhuanhua.Invalid("", fmt.Sprintf("a vector has %d values where the model %s has %d", dim, m.Name, m.Dim),
		"build the index and ask it with the same model")
}

// Search returns the k documents nearest to q, the best first, equal scores by id. Where keep is not
// nil only documents that it accepts are found; it is asked about few, and from several goroutines.
func (x *Index) Search(q []float32, k int, keep func(doc int) bool) ([]Hit, error) {
	if len(q) != x.model.Dim {
		return nil, dimError(len(q), x.model)
	}
	s := x.now.Load()
	if k = min(k, s.live); k <= 0 {
		return nil, nil
	}
	v := Quantize(q)
	parts := min(runtime.GOMAXPROCS(0), len(s.chunks))
	if s.rows < parallelRows {
		parts = 1
	}
	tops := make([]top, parts)
	// Each part is a run of chunks; nothing here fails or takes long enough to be given up.
	_ = parallel(context.Background(), parts, parts, func(p int) error {
		tops[p] = top{k: k, s: s, keep: keep}
		tops[p].scan(v, p*len(s.chunks)/parts, (p+1)*len(s.chunks)/parts)
		return nil
	})
	return merge(tops, k), nil
}

// top keeps the k best documents of a scan in a heap, the worst of them at its head.
type top struct {
	k    int
	s    *snapshot
	keep func(int) bool
	hits []Hit
}

// scan goes through the chunks from to until. The rows of a document lie together.
func (t *top) scan(q Vec, from, until int) {
	best := Hit{Doc: -1}
	dim := len(q.Q)
	for ci := from; ci < until; ci++ {
		c, dead := t.s.chunks[ci], t.s.masks[ci]
		for at := range min(chunkRows, t.s.rows-ci*chunkRows) {
			if dead.has(at) {
				continue
			}
			score := float32(dot(q.Q, c.q[at*dim:(at+1)*dim])) * c.scale[at] * q.Scale
			doc := int(c.doc[at])
			switch {
			case doc != best.Doc:
				t.offer(best)
				best = Hit{Doc: doc, Score: score, Passage: int(c.passage[at])}
			case score > best.Score:
				best.Score, best.Passage = score, int(c.passage[at])
			}
		}
	}
	t.offer(best)
}

// offer takes a document if it is among the best so far.
func (t *top) offer(h Hit) {
	if h.Doc < 0 || len(t.hits) == t.k && h.Score < t.hits[0].Score {
		return
	}
	h.ID = t.s.id(int32(h.Doc))
	if len(t.hits) == t.k && better(h, t.hits[0]) >= 0 || t.keep != nil && !t.keep(h.Doc) {
		return
	}
	if len(t.hits) < t.k {
		t.hits = append(t.hits, h)
		t.up(len(t.hits) - 1)
		return
	}
	t.hits[0] = h
	t.down()
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

// merge joins what the parts found. A document whose rows lie in two parts may come from both.
func merge(tops []top, k int) []Hit {
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

// Scores returns the score of every document number; those of deleted documents and of documents
// without passages are −1, the least that a cosine can be.
func (x *Index) Scores(q []float32) ([]float32, error) {
	if len(q) != x.model.Dim {
		return nil, dimError(len(q), x.model)
	}
	s := x.now.Load()
	v := Quantize(q)
	out := make([]float32, s.docs)
	const step = 1024
	err := parallel(context.Background(), runtime.GOMAXPROCS(0), (s.docs+step-1)/step, func(p int) error {
		for doc := p * step; doc < min(s.docs, (p+1)*step); doc++ {
			out[doc], _ = s.score(v, doc)
		}
		return nil
	})
	return out, err
}

// Score returns the score of one document and which of its passages it comes from; −1 and −1 where
// there is none.
func (x *Index) Score(q []float32, doc int) (float32, int, error) {
	if len(q) != x.model.Dim {
		return 0, 0, dimError(len(q), x.model)
	}
	score, passage := x.now.Load().score(Quantize(q), doc)
	return score, passage, nil
}

func (s *snapshot) score(q Vec, doc int) (float32, int) {
	score, passage := float32(-1), -1
	if doc < 0 || doc >= s.docs {
		return score, passage
	}
	b, at := s.blocks[doc/blockDocs], doc%blockDocs
	for i := range max(0, int(b.count[at])) {
		if d := s.row(len(q.Q), int(b.first[at])+i).Dot(q); passage < 0 || d > score {
			score, passage = d, i
		}
	}
	return score, passage
}

// Vectors returns the vectors of a document, nil if it has none. They are not to be changed.
func (x *Index) Vectors(doc int) []Vec {
	s := x.now.Load()
	if doc < 0 || doc >= s.docs {
		return nil
	}
	b, at := s.blocks[doc/blockDocs], doc%blockDocs
	var out []Vec
	for i := range max(0, int(b.count[at])) {
		out = append(out, s.row(x.model.Dim, int(b.first[at])+i))
	}
	return out
}
