package main

import (
	"context"
	"io/fs"
	"path/filepath"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
)

// bleveBatch is how many documents bleve is given at once.
const bleveBatch = 1000

// bleveSearcher is a bleve index on disk: character bigrams (cjk), nothing stored, no term vectors.
type bleveSearcher struct {
	index bleve.Index
	path  string
}

// buildBleve indexes, closes, which writes everything, and opens again for searching.
func buildBleve(_ context.Context, o options) (searcher, error) {
	path := filepath.Join(o.work, "bleve")
	ix, err := bleve.NewUsing(path, bleveMapping(), scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, err
	}
	batch := ix.NewBatch()
	err = eachDoc(o.work, func(_ int, d *document) error {
		if err := batch.Index(d.ID, map[string]any{"title": d.Title, "text": d.Text}); err != nil {
			return err
		}
		if batch.Size() < bleveBatch {
			return nil
		}
		defer batch.Reset()
		return ix.Batch(batch)
	})
	if err != nil {
		return nil, err
	}
	if err := ix.Batch(batch); err != nil {
		return nil, err
	}
	if err := ix.Close(); err != nil {
		return nil, err
	}
	ix, err = bleve.Open(path)
	return &bleveSearcher{ix, path}, err
}

func bleveMapping() mapping.IndexMapping {
	field := bleve.NewTextFieldMapping()
	field.Analyzer = cjk.AnalyzerName
	field.Store, field.IncludeTermVectors, field.IncludeInAll, field.DocValues = false, false, false, false
	doc := bleve.NewDocumentStaticMapping()
	doc.AddFieldMappingsAt("title", field)
	doc.AddFieldMappingsAt("text", field)
	m := bleve.NewIndexMapping()
	m.DefaultMapping = doc
	m.DefaultAnalyzer = cjk.AnalyzerName
	return m
}

// search asks for any of the query's bigrams in either field, the title counting twice.
func (b *bleveSearcher) search(_ int, q query) ([]int, error) {
	title, text := bleve.NewMatchQuery(q.Text), bleve.NewMatchQuery(q.Text)
	title.SetField("title")
	title.SetBoost(2)
	text.SetField("text")
	found, err := b.index.Search(bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(title, text), top, 0, false))
	if err != nil {
		return nil, err
	}
	out := make([]int, len(found.Hits))
	for i, h := range found.Hits {
		if out[i], err = number(h.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *bleveSearcher) size() (int64, error) { return folderSize(b.path) }

func (b *bleveSearcher) close() error { return b.index.Close() }

func folderSize(dir string) (int64, error) {
	total := int64(0)
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
