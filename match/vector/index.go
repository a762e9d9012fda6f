package vector

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"zhuanhua/match/vector/kernel"
)

// Index finds the documents nearest to a vector. A document has one vector for each of its passages
// and counts by its best. Searching never waits for a change that goes on meanwhile and sees the
// index as it was between two changes.
type Index struct {
	model  Model
	mu     sync.Mutex // held by the one that changes the index
	now    atomic.Pointer[View]
	names  sync.RWMutex // guards ids; held for moments only
	ids    map[string]int32
	mapped []byte // the file that rows lie in, if any
}

// compactRows is how many rows must be dead at least before the others are copied together.
const compactRows = 4096

// NewIndex makes an empty index for the vectors of one model.
func NewIndex(model Model) *Index { return NewIndexWith(model, kernel.Best()) }

// NewIndexWith is NewIndex with chosen kernels, for tests and measurements.
func NewIndexWith(model Model, k kernel.Set) *Index {
	x := &Index{model: model, ids: map[string]int32{}}
	x.now.Store(&View{model: model, kernel: k, pool: &sync.Pool{New: func() any { return new(scratch) }}})
	return x
}

// View returns the index as it is now, for several questions to the same state.
func (x *Index) View() *View { return x.now.Load() }

// Model returns the model whose vectors the index holds.
func (x *Index) Model() Model { return x.model }

// Len returns the number of documents.
func (x *Index) Len() int { return x.View().Len() }

// Docs returns the number of document numbers given out; deleted documents keep theirs.
func (x *Index) Docs() int { return x.View().Docs() }

// ID returns the id of a document number, "" for one never given out or deleted.
func (x *Index) ID(doc int) string { return x.View().ID(doc) }

// Doc returns the number of a document.
func (x *Index) Doc(id string) (int, bool) {
	x.names.RLock()
	defer x.names.RUnlock()
	doc, ok := x.ids[id]
	return int(doc), ok
}

// Numbers returns the numbers of many documents, −1 for those that are not there.
func (x *Index) Numbers(ids []string) []int {
	x.names.RLock()
	defer x.names.RUnlock()
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = -1
		if doc, ok := x.ids[id]; ok {
			out[i] = int(doc)
		}
	}
	return out
}

// Entry is a document to add: a vector for each of its passages.
type Entry struct {
	ID   string
	Vecs []Vec
}

// Add adds a document with a vector for each passage, or gives the document of that id new ones. It
// returns the document's number: numbers count up from 0 in the order of adding and stay until the
// document is deleted. Vectors of another dimension than the model's are refused.
func (x *Index) Add(id string, vecs ...Vec) (int, error) {
	docs, err := x.AddAll([]Entry{{id, vecs}})
	if err != nil {
		return 0, err
	}
	return docs[0], nil
}

// AddAll adds many documents in one change, which is quicker than one by one: searches see all of them
// or none.
func (x *Index) AddAll(entries []Entry) ([]int, error) {
	rows := 0
	for _, e := range entries {
		for _, v := range e.Vecs {
			if len(v.Q) != x.model.Dim {
				return nil, dimError(len(v.Q), x.model)
			}
		}
		rows += len(e.Vecs)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.change()
	c.room = c.rows + rows
	docs := make([]int, len(entries))
	for i, e := range entries {
		docs[i] = c.add(x, e)
	}
	x.publish(c)
	return docs, nil
}

// Delete removes a document and says whether it was there.
func (x *Index) Delete(id string) bool { return x.DeleteAll(id) == 1 }

// DeleteAll removes documents in one change and returns how many were there.
func (x *Index) DeleteAll(ids ...string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := x.change()
	n := 0
	for _, id := range ids {
		doc, ok := x.Doc(id)
		if !ok {
			continue
		}
		n++
		c.bury(doc)
		x.names.Lock()
		delete(x.ids, id)
		x.names.Unlock()
	}
	x.publish(c)
	return n
}

// change is a view in the making. It writes behind the rows and documents that other views know of,
// or into copies.
type change struct {
	View
	room                int // rows that there will be, as far as is known
	newBlocks, newMasks map[int]bool
}

func (x *Index) change() *change {
	return &change{View: *x.View(), newBlocks: map[int]bool{}, newMasks: map[int]bool{}}
}

// add gives a document its rows, and a number if it is new.
func (c *change) add(x *Index, e Entry) int {
	doc, known := x.Doc(e.ID)
	if known {
		c.bury(doc)
	} else {
		doc = c.newDoc(e.ID)
		x.names.Lock()
		x.ids[e.ID] = int32(doc)
		x.names.Unlock()
	}
	c.live++
	b := c.blocks[doc/blockDocs]
	b.first[doc%blockDocs], b.count[doc%blockDocs] = int32(c.rows), int32(len(e.Vecs))
	for _, v := range e.Vecs {
		c.appendRow(doc, v)
	}
	return doc
}

func (c *change) newDoc(id string) int {
	doc := c.docs
	c.docs++
	if doc%blockDocs == 0 {
		c.blocks = append(slices.Clip(c.blocks), new(block))
	}
	c.blocks[doc/blockDocs].id[doc%blockDocs] = id
	return doc
}

// bury takes a document's rows away: it marks them in copies of their masks and of the document's
// block.
func (c *change) bury(doc int) {
	b, at := c.ownBlock(doc/blockDocs), doc%blockDocs
	for row := int(b.first[at]); row < int(b.first[at]+b.count[at]); row++ {
		c.ownMask(row / chunkRows)[row%chunkRows/64] |= 1 << (row % 64)
		c.dead++
	}
	b.count[at] = -1
	c.live--
}

// ownBlock returns a block that no other view has.
func (c *change) ownBlock(i int) *block {
	if !c.newBlocks[i] {
		if len(c.newBlocks) == 0 {
			c.blocks = slices.Clone(c.blocks)
		}
		b := *c.blocks[i]
		c.blocks[i], c.newBlocks[i] = &b, true
	}
	return c.blocks[i]
}

func (c *change) ownMask(i int) *mask {
	if !c.newMasks[i] {
		if len(c.newMasks) == 0 {
			c.masks = slices.Clone(c.masks)
		}
		m := mask{}
		if c.masks[i] != nil {
			m = *c.masks[i]
		}
		c.masks[i], c.newMasks[i] = &m, true
	}
	return c.masks[i]
}

// appendRow writes behind the rows that other views know of.
func (c *change) appendRow(doc int, v Vec) {
	i, at := c.rows/chunkRows, c.rows%chunkRows
	room := max(leastRows, c.room-i*chunkRows)
	switch {
	case at == 0:
		if i > 0 {
			room = chunkRows // an index that large will fill it
		}
		c.chunks = append(slices.Clip(c.chunks), newChunk(min(room, chunkRows), c.model.Dim))
		c.masks = append(slices.Clip(c.masks), nil)
	case at == len(c.chunks[i].scale):
		c.chunks = slices.Clone(c.chunks)
		c.chunks[i] = c.chunks[i].grown(room, c.model.Dim)
	}
	to, words := c.chunks[i], codeWords(c.model.Dim)
	copy(to.values(at, c.model.Dim), v.Q)
	signs(to.code[at*words:(at+1)*words], v.Q)
	to.scale[at], to.doc[at] = v.Scale, int32(doc)
	c.rows++
}

// publish shows a change to readers, first making the rows anew where most of them are dead.
func (x *Index) publish(c *change) {
	if c.dead > compactRows && c.dead > c.rows/2 {
		c = c.compact()
	}
	v := c.View
	x.now.Store(&v)
}

// compact copies the live rows into new chunks; document numbers stay.
func (c *change) compact() *change {
	n := &change{View: c.View, room: c.rows - c.dead}
	n.rows, n.dead, n.chunks, n.masks, n.blocks = 0, 0, nil, nil, nil
	for doc := range c.docs {
		from, at := c.blocks[doc/blockDocs], doc%blockDocs
		if at == 0 {
			n.blocks = append(n.blocks, new(block))
		}
		to := n.blocks[doc/blockDocs]
		to.id[at], to.first[at], to.count[at] = from.id[at], int32(n.rows), from.count[at]
		for i := range max(0, int(from.count[at])) {
			n.appendRow(doc, c.row(int(from.first[at])+i))
		}
	}
	return n
}

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
