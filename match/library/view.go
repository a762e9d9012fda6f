package library

import (
	"encoding/binary"
	"runtime"
	"slices"
)

// View is a library at one moment. It may be used from many goroutines.
type View struct {
	numbers int // given out
	live    int
	chunks  []*chunk
	blocks  []*block
}

// blockDocs is how many documents' places and cards are copied when one of them changes.
const blockDocs = 256

type block struct {
	at    [blockDocs]place
	cards [blockDocs]Card
}

// place says where a document's bytes begin.
type place struct{ chunk, from, hash uint32 }

// nowhere is the chunk of a document that is not there.
const nowhere = ^uint32(0)

// chunk holds the records of documents one after the other: the length of the id, the id, the
// length of the body, the body. What has been written is never changed.
type chunk struct {
	bytes []byte
	used  int // written by the one that changes the library, and known to it alone
	dead  int // bytes of records that no document has any more
	hold  any // what the bytes lie in
}

// Len returns the number of documents.
func (v *View) Len() int { return v.live }

// Numbers returns how many numbers were given out.
func (v *View) Numbers() int { return v.numbers }

func (v *View) placeOf(n int) *place { return &v.blocks[n/blockDocs].at[n%blockDocs] }

// Has reports whether a number is that of a document.
func (v *View) Has(n int) bool {
	return n >= 0 && n < v.numbers && v.placeOf(n).chunk != nowhere
}

// Card returns the card of a document, which is not to be changed.
func (v *View) Card(n int) *Card { return &v.blocks[n/blockDocs].cards[n%blockDocs] }

// Hash returns a number that depends on the id of a document alone, spread evenly over 32 bits.
func (v *View) Hash(n int) uint32 { return v.placeOf(n).hash }

// record returns the bytes of a document's id and body.
func (v *View) record(n int) (id, body []byte) {
	p := v.placeOf(n)
	return parse(v.chunks[p.chunk].bytes[p.from:])
}

// parse takes a record apart. Both lengths fit: files are checked when they are opened.
func parse(b []byte) (id, body []byte) {
	n, k := binary.Uvarint(b)
	id, b = b[k:k+int(n)], b[k+int(n):]
	n, k = binary.Uvarint(b)
	return id, b[k : k+int(n)]
}

// ID returns the id of a document, "" if it is not there.
func (v *View) ID(n int) string {
	if !v.Has(n) {
		return ""
	}
	id, _ := v.record(n)
	s := string(id)
	runtime.KeepAlive(v)
	return s
}

// Body appends the bytes of a document to b; ok is false if it is not there.
func (v *View) Body(n int, b []byte) (_ []byte, ok bool) {
	if !v.Has(n) {
		return b, false
	}
	_, body := v.record(n)
	b = append(b, body...)
	runtime.KeepAlive(v)
	return b, true
}

func (v *View) is(n int, id string) bool {
	if v.placeOf(n).chunk == nowhere {
		return false
	}
	have, _ := v.record(n)
	return string(have) == id
}

// change is a view in the making. It writes behind the bytes that other views know of, or into copies.
type change struct {
	View
	own map[int]bool // blocks that no other view has
}

func (l *Library) change() *change {
	c := &change{View: *l.View(), own: map[int]bool{}}
	c.blocks = slices.Clone(c.blocks)
	return c
}

// publish shows a change to readers, first moving what lies among too much that is dead.
func (l *Library) publish(c *change) {
	c.tidy()
	v := c.View
	l.now.Store(&v)
}

// put writes a document and returns its number.
func (c *change) put(l *Library, d *Doc) int {
	hash := hashOf(d.ID)
	n := l.table.find(&c.View, d.ID, hash)
	if n >= 0 {
		c.bury(n)
	} else {
		n = c.numbers
		if n%blockDocs == 0 {
			c.blocks = append(c.blocks, new(block))
			c.own[n/blockDocs] = true
		}
		c.numbers++
		c.live++
		b := c.block(n)
		b.at[n%blockDocs] = place{chunk: nowhere, hash: hash}
		l.table.add(&c.View, n, hash)
	}
	b := c.block(n)
	b.at[n%blockDocs] = c.write(d, hash)
	b.cards[n%blockDocs] = d.Card
	return n
}

// block returns the block of a number, for writing.
func (c *change) block(n int) *block {
	i := n / blockDocs
	if !c.own[i] {
		b := *c.blocks[i]
		c.blocks[i], c.own[i] = &b, true
	}
	return c.blocks[i]
}

// bury takes a document's record away.
func (c *change) bury(n int) {
	at := &c.block(n).at[n%blockDocs]
	id, body := c.record(n)
	c.chunks[at.chunk].dead += recordSize(len(id), len(body))
	at.chunk = nowhere
}

func recordSize(id, body int) int {
	var b [2 * binary.MaxVarintLen64]byte
	return binary.PutUvarint(b[:], uint64(id)) + id + binary.PutUvarint(b[:], uint64(body)) + body
}

// chunkBytes is how large a chunk is, but for one of a larger document.
const chunkBytes = 1 << 20

// write writes a record into the last chunk.
func (c *change) write(d *Doc, hash uint32) place {
	size := recordSize(len(d.ID), len(d.Body))
	last := len(c.chunks) - 1
	if last < 0 || c.chunks[last] == nil || len(c.chunks[last].bytes)-c.chunks[last].used < size {
		c.chunks = append(slices.Clip(c.chunks), newChunk(max(size, chunkBytes)))
		last++
	}
	to := c.chunks[last]
	p := place{chunk: uint32(last), from: uint32(to.used), hash: hash}
	b := binary.AppendUvarint(to.bytes[:to.used], uint64(len(d.ID)))
	b = append(b, d.ID...)
	b = binary.AppendUvarint(b, uint64(len(d.Body)))
	b = append(b, d.Body...)
	to.used = len(b)
	return p
}

// newChunk takes memory from the system where that can be, else from the heap.
func newChunk(size int) *chunk {
	c := &chunk{bytes: memory(size)}
	if c.bytes == nil {
		c.bytes = make([]byte, size)
		return c
	}
	runtime.AddCleanup(c, release, c.bytes)
	return c
}

// tidy moves the documents out of chunks that are mostly dead, and lets these go.
func (c *change) tidy() {
	rotten := map[uint32]bool{}
	for i, k := range c.chunks[:max(0, len(c.chunks)-1)] {
		if k != nil && 2*k.dead > k.used {
			rotten[uint32(i)] = true
		}
	}
	if len(rotten) == 0 {
		return
	}
	for n := range c.numbers {
		p := *c.placeOf(n)
		if !rotten[p.chunk] {
			continue
		}
		id, body := c.record(n)
		c.block(n).at[n%blockDocs] = c.write(&Doc{ID: string(id), Body: body}, p.hash)
	}
	c.chunks = slices.Clone(c.chunks)
	for i := range rotten {
		c.chunks[i] = nil
	}
}
