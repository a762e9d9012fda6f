package vector

import (
	"fmt"
	"sync"

	"zhuanhua"
	"zhuanhua/match/vector/kernel"
)

// View is an index at one moment. Nothing that it refers to is ever changed within its bounds, so it
// may be kept and asked from many goroutines.
type View struct {
	model  Model
	kernel kernel.Set
	pool   *sync.Pool // of *scratch
	rows   int        // rows in use
	dead   int        // rows of those that belong to no document any more
	docs   int        // documents ever added
	live   int        // documents now
	chunks []*chunk
	blocks []*block
	masks  []*mask // of dead rows, by chunk; nil for none
}

// Len returns the number of documents.
func (v *View) Len() int { return v.live }

// Docs returns the number of document numbers given out; deleted documents keep theirs.
func (v *View) Docs() int { return v.docs }

// ID returns the id of a document number, "" for one never given out or deleted.
func (v *View) ID(doc int) string {
	if _, count := v.rowsOf(doc); count < 0 {
		return ""
	}
	return v.blocks[doc/blockDocs].id[doc%blockDocs]
}

// rowsOf returns the first row of a document and their number, which is −1 for one that is not there.
func (v *View) rowsOf(doc int) (first, count int) {
	if doc < 0 || doc >= v.docs {
		return 0, -1
	}
	b, at := v.blocks[doc/blockDocs], doc%blockDocs
	return int(b.first[at]), int(b.count[at])
}

// row returns a row's vector, which is not to be changed.
func (v *View) row(row int) Vec { return v.chunks[row/chunkRows].vec(row%chunkRows, v.model.Dim) }

// Vectors returns the vectors of a document, nil if it has none. They are not to be changed.
func (v *View) Vectors(doc int) []Vec {
	first, count := v.rowsOf(doc)
	var out []Vec
	for i := range max(0, count) {
		out = append(out, v.row(first+i))
	}
	return out
}

// First returns the vector of a document's first passage, ok is false if it has none. It is not to be
// changed.
func (v *View) First(doc int) (vec Vec, ok bool) {
	first, count := v.rowsOf(doc)
	if count <= 0 {
		return Vec{}, false
	}
	return v.row(first), true
}

// Query is a vector made ready for asking: rounded as those of the index are, with its binary code.
type Query struct {
	vec  Vec
	code []uint64
}

// Score is what a document with these passages scores: bit by bit what the index says of one it holds.
func (q Query) Score(passages []Vec) float32 {
	best := float32(-1)
	for i, p := range passages {
		if c := p.Dot(q.vec); i == 0 || c > best {
			best = c
		}
	}
	return best
}

// Prepare makes a vector ready. One of another dimension than the model's is refused.
func (x *Index) Prepare(q []float32) (Query, error) {
	if len(q) != x.model.Dim {
		return Query{}, dimError(len(q), x.model)
	}
	return x.PrepareVec(Quantize(q))
}

// PrepareVec is Prepare for a vector that is rounded already.
func (x *Index) PrepareVec(q Vec) (Query, error) {
	if len(q.Q) != x.model.Dim {
		return Query{}, dimError(len(q.Q), x.model)
	}
	return Query{vec: q, code: queryCode(q.Q)}, nil
}

func dimError(dim int, m Model) error {
	return zhuanhua.Invalid("", fmt.Sprintf("a vector has %d values where the model %s has %d", dim, m.Name, m.Dim),
		"build the index and ask it with the same model")
}
