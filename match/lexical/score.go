package lexical

// Scores returns the score of every document by number, 0 for the dead and for those that share
// no term with the query. It walks all lists: for rankings of the whole corpus. The result lies
// in dst if that has room for Slots() numbers.
func (v *View) Scores(q Query, dst []float32) []float32 {
	if cap(dst) < v.slots {
		dst = make([]float32, v.slots)
	}
	dst = dst[:v.slots]
	clear(dst)
	sc := v.scratch()
	v.plan(q, sc)
	n := v.opt.norm(v.avgLen)
	for i := range v.parts {
		p := &v.parts[i]
		sums := dst[p.base : p.base+p.docs()]
		for _, w := range sc.wanted {
			if t := sc.terms[w.at+i]; t >= 0 {
				for _, x := range p.list(int(t)) {
					sums[x>>16] += n.score(w.weight, x&maxTF, p.lens[x>>16])
				}
			}
		}
		for d := 0; p.deadDocs > 0 && d < len(sums); d++ {
			if !p.isLive(d) {
				sums[d] = 0
			}
		}
	}
	v.release(sc)
	return dst
}

// ScoreDocs returns the scores of the documents with these numbers, in the order given, 0 for a
// number that is not a live document's. It looks each document up in each list, which is fastest
// when the numbers ascend. The result lies in dst if that has room for len(docs) numbers.
func (v *View) ScoreDocs(q Query, docs []int, dst []float32) []float32 {
	if cap(dst) < len(docs) {
		dst = make([]float32, len(docs))
	}
	dst = dst[:len(docs)]
	clear(dst)
	sc := v.scratch()
	v.plan(q, sc)
	n := v.opt.norm(v.avgLen)
	for _, w := range sc.wanted {
		var l list
		in, last := -1, -1 // the part that l is of, and the document it stands at
		for i, doc := range docs {
			p, d, ok := v.at(doc)
			if !ok {
				continue
			}
			if at := v.partOf(doc); at != in || doc < last {
				in, l = at, list{}
				if t := sc.terms[w.at+at]; t >= 0 {
					l.postings = p.list(int(t))
				}
			}
			last = doc
			if tf := l.seek(uint32(d)); tf > 0 {
				dst[i] += n.score(w.weight, tf, p.lens[d])
			}
		}
	}
	v.release(sc)
	return dst
}
