package main

import (
	"context"
	"os"
	"path/filepath"

	"zhuanhua/match/vector"
)

// denseSearcher is the product's vector index by itself, with the queries' vectors given.
type denseSearcher struct {
	index   *vector.Index
	queries *vectorFile
	work    string
	ask     vector.Ask
}

// buildDense looks at every vector, on all cores.
func buildDense(_ context.Context, o options) (searcher, error) {
	return buildVectors(o, vector.Ask{K: top, Exact: true})
}

// buildCodes scans binary codes first and looks at the vectors of the nearest, on one core.
func buildCodes(_ context.Context, o options) (searcher, error) {
	return buildVectors(o, vector.Ask{K: top, Threads: 1})
}

func buildVectors(o options, ask vector.Ask) (searcher, error) {
	vecs, err := openVectors(o.work, docVectors)
	if err != nil {
		return nil, err
	}
	queries, err := openVectors(o.work, queryVectors)
	if err != nil {
		return nil, err
	}
	d := &denseSearcher{index: vector.NewIndex(vector.Model{Name: "bench", Revision: "bench", Dim: dim}), queries: queries, work: o.work, ask: ask}
	return d, eachDoc(o.work, func(i int, doc *document) error {
		v, err := vecs.at(i)
		if err != nil {
			return err
		}
		_, err = d.index.Add(doc.ID, v)
		return err
	})
}

func (d *denseSearcher) search(i int, _ query) ([]int, error) {
	v, err := d.queries.at(i)
	if err != nil {
		return nil, err
	}
	q, err := d.index.PrepareVec(v)
	if err != nil {
		return nil, err
	}
	hits := d.index.View().Find(q, d.ask)
	out := make([]int, len(hits))
	for i, h := range hits {
		out[i] = h.Doc // numbers count up in the order of adding
	}
	return out, nil
}

func (d *denseSearcher) size() (int64, error) {
	path := filepath.Join(d.work, "dense.index")
	if err := d.index.Save(path); err != nil {
		return 0, err
	}
	defer os.Remove(path)
	return fileSize(path)
}

func (d *denseSearcher) close() error { return d.queries.f.Close() }
