package vector

// Scores returns the score of every document number; those of deleted documents and of documents
// without passages are −1, the least that a cosine can be.
func (x *Index) Scores(q []float32) ([]float32, error) {
	query, err := x.Prepare(q)
	if err != nil {
		return nil, err
	}
	return x.View().Scores(query), nil
}

// Score returns the score of one document and which of its passages it comes from; −1 and −1 where
// there is none.
func (x *Index) Score(q []float32, doc int) (float32, int, error) {
	query, err := x.Prepare(q)
	if err != nil {
		return 0, 0, err
	}
	score, passage := [1]float32{}, [1]int32{}
	x.View().scoreDocs(query, []int{doc}, score[:], passage[:])
	return score[0], int(passage[0]), nil
}

// Vectors returns the vectors of a document, nil if it has none. They are not to be changed.
func (x *Index) Vectors(doc int) []Vec { return x.View().Vectors(doc) }

// Scores returns the score of every document number; those of deleted documents and of documents
// without passages are −1.
func (v *View) Scores(q Query) []float32 {
	out := make([]float32, v.docs)
	docs := make([]int, v.docs)
	for i := range docs {
		docs[i] = i
	}
	parts := v.parts(0, parallelRows)
	together(parts, func(p int) {
		from, until := p*v.docs/parts, (p+1)*v.docs/parts
		v.scoreDocs(q, docs[from:until], out[from:until], nil)
	})
	return out
}

// ScoreDocs sets out[i] to the score of docs[i], −1 where there is no such document or it has no
// passages. Documents may stand in any order.
func (v *View) ScoreDocs(out []float32, q Query, docs []int) { v.scoreDocs(q, docs, out, nil) }

// scoreDocs is ScoreDocs that also tells the passages, unless there is no room for them.
func (v *View) scoreDocs(q Query, docs []int, scores []float32, passages []int32) {
	g := gather{v: v, q: q, scores: scores[:len(docs)], passages: passages}
	for i, doc := range docs {
		scores[i] = -1
		if passages != nil {
			passages[i] = -1
		}
		first, count := v.rowsOf(doc)
		for p := range max(0, count) {
			g.add(first+p, i, p)
		}
	}
	g.flush()
}

// gather collects rows that lie apart, so that the processor can fetch some while it multiplies
// others.
type gather struct {
	v        *View
	q        Query
	scores   []float32
	passages []int32
	n        int
	rows     [gatherRows][]int8
	scale    [gatherRows]float32
	owner    [gatherRows]int32 // whose row it is, a place in scores
	passage  [gatherRows]int32
	dots     [gatherRows]int32
}

const gatherRows = 256

func (g *gather) add(row, owner, passage int) {
	if g.n == gatherRows {
		g.flush()
	}
	c, at := g.v.chunks[row/chunkRows], row%chunkRows
	g.rows[g.n], g.scale[g.n] = c.values(at, len(g.q.vec.Q)), c.scale[at]
	g.owner[g.n], g.passage[g.n] = int32(owner), int32(passage)
	g.n++
}

func (g *gather) flush() {
	g.v.kernel.DotsAt(g.dots[:g.n], g.q.vec.Q, g.rows[:g.n])
	for i, dot := range g.dots[:g.n] {
		score, owner := float32(dot)*g.scale[i]*g.q.vec.Scale, g.owner[i]
		if g.passage[i] == 0 || score > g.scores[owner] {
			g.scores[owner] = score
			if g.passages != nil {
				g.passages[owner] = g.passage[i]
			}
		}
	}
	g.n = 0
}
