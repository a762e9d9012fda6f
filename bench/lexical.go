package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"zhuanhua/match/lexical"
	"zhuanhua/match/text"
)

// characterWeight is the weight of single characters in the product's queries (match/fuse.go).
const characterWeight = 0.2

// lexicalSearcher is the product's lexical index by itself.
type lexicalSearcher struct {
	index *lexical.Index
	work  string
}

// lexicalBatch is how many documents are analysed and handed to the index at once.
const lexicalBatch = 8192

func buildLexical(_ context.Context, o options) (searcher, error) {
	ix, err := lexical.New(lexical.Options{Weights: []int{2, 1}})
	if err != nil {
		return nil, err
	}
	var batch []document
	flush := func() error {
		analysed := make([]lexical.Doc, len(batch))
		parallel(len(batch), func(i int) {
			analysed[i] = lexical.Doc{ID: batch[i].ID, Fields: [][]text.Term{terms(batch[i].Title), terms(batch[i].Text)}}
		})
		batch = batch[:0]
		return ix.Add(analysed...)
	}
	err = eachDoc(o.work, func(_ int, d *document) error {
		if batch = append(batch, *d); len(batch) < lexicalBatch {
			return nil
		}
		return flush()
	})
	if err != nil {
		return nil, err
	}
	if err := flush(); err != nil {
		return nil, err
	}
	ix.Settle()
	return &lexicalSearcher{index: ix, work: o.work}, nil
}

// terms are pairs of characters and words, and characters one by one.
func terms(s string) []text.Term {
	f := text.Fold(s)
	tokens := text.Tokens(&f)
	out := make([]text.Term, 0, 2*len(tokens))
	for _, t := range tokens {
		out = append(out, t.Term)
	}
	return text.AppendCharacters(out, &f)
}

// search goes from the characters of the query to the numbers of the documents.
func (l *lexicalSearcher) search(_ int, q query) ([]int, error) {
	f := text.Fold(q.Text)
	tokens := text.Tokens(&f)
	ask := make(lexical.Query, 0, 2*len(tokens))
	for _, t := range tokens {
		ask = append(ask, lexical.QueryTerm{Term: t.Term, Weight: 1})
	}
	for _, t := range text.AppendCharacters(nil, &f) {
		ask = append(ask, lexical.QueryTerm{Term: t, Weight: characterWeight})
	}
	hits := l.index.View().Search(ask, top, nil)
	out := make([]int, len(hits))
	for i, h := range hits {
		n, err := number(h.ID)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func (l *lexicalSearcher) size() (int64, error) {
	path := filepath.Join(l.work, "lexical.index")
	if err := l.index.Save(path); err != nil {
		return 0, err
	}
	defer os.Remove(path)
	return fileSize(path)
}

func (l *lexicalSearcher) close() error { return nil }

func loadDocs(work string) ([]document, error) {
	var docs []document
	err := eachDoc(work, func(_ int, d *document) error {
		docs = append(docs, *d)
		return nil
	})
	return docs, err
}

// parallel does n things on all cores.
func parallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	width := runtime.GOMAXPROCS(0)
	for p := range width {
		wg.Go(func() {
			for i := p * n / width; i < (p+1)*n/width; i++ {
				do(i)
			}
		})
	}
	wg.Wait()
}
