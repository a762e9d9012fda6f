package vector

const (
	chunkRows = 1 << 16 // rows that are kept together
	leastRows = 64      // rows that the first chunk begins with
	blockDocs = 512     // documents that are kept together; few, since changing one copies its block
)

// chunk holds rows, a vector each, in parallel arrays: int8 values, binary code, scale, document. It
// has room for len(scale) rows. Arrays of a chunk that was read from a file lie in that file.
type chunk struct {
	q     []int8
	code  []uint64
	scale []float32
	doc   []int32
}

func newChunk(rows, dim int) *chunk {
	return &chunk{make([]int8, rows*dim), make([]uint64, rows*codeWords(dim)), make([]float32, rows), make([]int32, rows)}
}

// grown is a copy of a chunk with at least twice the room.
func (c *chunk) grown(rows, dim int) *chunk {
	g := newChunk(min(chunkRows, max(rows, 2*len(c.scale))), dim)
	copy(g.q, c.q)
	copy(g.code, c.code)
	copy(g.scale, c.scale)
	copy(g.doc, c.doc)
	return g
}

// vec is the vector at a place, which is not to be changed.
func (c *chunk) vec(at, dim int) Vec {
	return Vec{Scale: c.scale[at], Q: c.values(at, dim)}
}

func (c *chunk) values(at, dim int) []int8 { return c.q[at*dim : (at+1)*dim : (at+1)*dim] }

// block holds documents.
type block struct {
	id    [blockDocs]string
	first [blockDocs]int32 // the document's first row; the others follow
	count [blockDocs]int32 // its number of rows, −1 for a deleted document
}

// mask marks rows of a chunk.
type mask [chunkRows / 64]uint64

func (m *mask) has(at int) bool { return m != nil && m[at/64]>>(at%64)&1 != 0 }
