package vector

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	chunkRows = 4096 // rows of vectors that are kept together
	blockDocs = 512  // documents that are kept together; few, since changing one copies its block
)

// Index finds the documents nearest to a vector by looking at every one of them. A document has one
// vector for each of its passages and counts by its best. Searching never waits for a change that
// goes on meanwhile and sees the index as it was between two changes.
type Index struct {
	model Model
	mu    sync.Mutex // held by the one that changes the index
	ids   map[string]int
	dead  int // rows that belong to no document any more
	now   atomic.Pointer[snapshot]
}

// snapshot is the index between two changes. What it refers to is never changed within its bounds:
// changes write behind them, or into a copy.
type snapshot struct {
	rows   int // rows in use
	docs   int // documents ever added
	live   int // documents now
	chunks []*chunk
	blocks []*block
	masks  []*mask // of dead rows, by chunk; nil for none
}

// chunk holds rows: a vector each, one after the other.
type chunk struct {
	q       []int8 // chunkRows × dimension
	scale   [chunkRows]float32
	doc     [chunkRows]int32
	passage [chunkRows]int32
}

// block holds documents.
type block struct {
	id    [blockDocs]string
	first [blockDocs]int32 // the document's first row
	count [blockDocs]int32 // its number of rows, −1 for a deleted document
}

type mask [chunkRows / 64]uint64

func (m *mask) has(row int) bool { return m != nil && m[row/64]>>(row%64)&1 != 0 }

// NewIndex makes an empty index for the vectors of one model.
func NewIndex(model Model) *Index {
	x := &Index{model: model, ids: map[string]int{}}
	x.now.Store(&snapshot{})
	return x
}

// Model returns the model whose vectors the index holds.
func (x *Index) Model() Model { return x.model }

// Len returns the number of documents.
func (x *Index) Len() int { return x.now.Load().live }

// Docs returns the number of document numbers given out; deleted documents keep theirs.
func (x *Index) Docs() int { return x.now.Load().docs }

// ID returns the id of a document number, "" for one never given out or deleted.
func (x *Index) ID(doc int) string {
	s := x.now.Load()
	if doc < 0 || doc >= s.docs || s.blocks[doc/blockDocs].count[doc%blockDocs] < 0 {
		return ""
	}
	return s.blocks[doc/blockDocs].id[doc%blockDocs]
}

// Doc returns the number of a document.
func (x *Index) Doc(id string) (int, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	doc, ok := x.ids[id]
	return doc, ok
}

// Add adds a document with a vector for each passage, or gives the document of that id new ones. It
// returns the document's number: numbers count up from 0 in the order of adding and stay until the
// document is deleted. Vectors of another dimension than the model's are refused.
func (x *Index) Add(id string, vecs ...Vec) (int, error) {
	for _, v := range vecs {
		if len(v.Q) != x.model.Dim {
			return 0, dimError(len(v.Q), x.model)
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	s := *x.now.Load()
	doc, known := x.ids[id]
	if known {
		x.bury(&s, doc)
	} else {
		doc = s.docs
		s.docs++
		if doc%blockDocs == 0 {
			s.blocks = append(slices.Clip(s.blocks), new(block))
		}
		s.blocks[doc/blockDocs].id[doc%blockDocs] = id
		x.ids[id] = doc
	}
	s.live++
	b := s.blocks[doc/blockDocs]
	b.first[doc%blockDocs], b.count[doc%blockDocs] = int32(s.rows), int32(len(vecs))
	for i, v := range vecs {
		x.appendRow(&s, doc, i, v)
	}
	x.publish(&s)
	return doc, nil
}

// Delete removes a document and says whether it was there.
func (x *Index) Delete(id string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	doc, ok := x.ids[id]
	if !ok {
		return false
	}
	s := *x.now.Load()
	x.bury(&s, doc)
	delete(x.ids, id)
	x.publish(&s)
	return true
}

// bury takes a document's rows away: it marks them in copies of their masks and of the document's
// block, which the caller may then write to.
func (x *Index) bury(s *snapshot, doc int) {
	s.blocks, s.masks = slices.Clone(s.blocks), slices.Clone(s.masks)
	b := *s.blocks[doc/blockDocs]
	s.blocks[doc/blockDocs] = &b
	at := doc % blockDocs
	for row := int(b.first[at]); row < int(b.first[at]+b.count[at]); row++ {
		c := row / chunkRows
		if row == int(b.first[at]) || row%chunkRows == 0 {
			m := mask{}
			if s.masks[c] != nil {
				m = *s.masks[c]
			}
			s.masks[c] = &m
		}
		s.masks[c][row%chunkRows/64] |= 1 << (row % 64)
		x.dead++
	}
	b.count[at] = -1
	s.live--
}

// appendRow writes behind the rows that readers know of.
func (x *Index) appendRow(s *snapshot, doc, passage int, v Vec) {
	if s.rows%chunkRows == 0 {
		s.chunks = append(slices.Clip(s.chunks), &chunk{q: make([]int8, chunkRows*x.model.Dim)})
		s.masks = append(slices.Clip(s.masks), nil)
	}
	c, at := s.chunks[s.rows/chunkRows], s.rows%chunkRows
	copy(c.q[at*x.model.Dim:], v.Q)
	c.scale[at], c.doc[at], c.passage[at] = v.Scale, int32(doc), int32(passage)
	s.rows++
}

// publish shows a change to readers, first making the rows anew where most of them are dead.
func (x *Index) publish(s *snapshot) {
	if x.dead > chunkRows && x.dead > s.rows/2 {
		s = x.compact(s)
	}
	x.now.Store(s)
}

// compact copies the live rows into new chunks; document numbers stay.
func (x *Index) compact(old *snapshot) *snapshot {
	s := &snapshot{docs: old.docs, live: old.live}
	for doc := range old.docs {
		from, at := old.blocks[doc/blockDocs], doc%blockDocs
		if at == 0 {
			s.blocks = append(s.blocks, new(block))
		}
		to := s.blocks[doc/blockDocs]
		to.id[at], to.first[at], to.count[at] = from.id[at], int32(s.rows), from.count[at]
		for i := range max(0, int(from.count[at])) {
			x.appendRow(s, doc, i, old.row(x.model.Dim, int(from.first[at])+i))
		}
	}
	x.dead = 0
	return s
}

// row returns a row's vector, which is not to be changed.
func (s *snapshot) row(dim, row int) Vec {
	c, at := s.chunks[row/chunkRows], row%chunkRows
	return Vec{Scale: c.scale[at], Q: c.q[at*dim : (at+1)*dim : (at+1)*dim]}
}

// id returns the id of a live document.
func (s *snapshot) id(doc int32) string { return s.blocks[doc/blockDocs].id[doc%blockDocs] }

// Hit is a document that was found.
type Hit struct {
	Doc     int // its number in the index
	ID      string
	Score   float32 // cosine of its best passage
	Passage int     // which one that is; the first of equals
}

// better orders hits: by score, then by id.
func better(a, b Hit) int {
	switch {
	case a.Score > b.Score:
		return -1
	case a.Score < b.Score:
		return 1
	}
	return strings.Compare(a.ID, b.ID)
}
