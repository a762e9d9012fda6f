package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhuanhua/match/vector"
)

// realTexts are texts as people wrote them: what is searched, and what searches.
type realTexts struct{ docs, queries []string }

// realDocs and realQueries name the sets below data/, with the fields that make a text. Whole
// documents come first, then their titles and sentences by themselves, so that a run that wants
// fewer texts takes the better ones.
var (
	realDocs = [][]string{
		{"bdci2019/corpus.jsonl", "title", "text"}, {"csl/corpus.jsonl", "title", "text"}, {"csl/discipline.jsonl", "text"},
		{"dureader_demo/corpus.jsonl", "title", "text"}, {"patents_bdci2022/corpus.jsonl", "title", "text"},
		{"patents_bdci2022/labels.jsonl", "text"}, {"patents_bdci2022/records.jsonl", "title", "abstract"},
		{"csl/records.jsonl", "title", "abstract"}, {"csl/train_title_category.jsonl", "text"},
		{"patents_ipc/titles_ipc.jsonl", "title"}, {"patents_ipc/ipc_subclass_corpus.jsonl", "title", "text"},
		{"reference/gb4754_2017_industry.csv", "name", "description"}, {"reference/nsfc_disciplines.csv", "name"},
		{"reference/ipc_2026_zh.csv", "name", "full_title"}, {"reference/ipc_2026_zh_subgroups.csv", "title"},
		{"csl/records.jsonl", "title"}, {"patents_bdci2022/records.jsonl", "title"},
	}
	realQueries = [][]string{
		{"bdci2019/queries.jsonl", "title", "text"}, {"bdci2019/demands_unjudged.jsonl", "title", "text"},
		{"csl/queries_kwgap.jsonl", "title"}, {"csl/queries_keywords.jsonl", "title"}, {"csl/queries_title.jsonl", "title"},
		{"csl/queries_topic.jsonl", "title"}, {"patents_bdci2022/queries_title.jsonl", "title"},
		{"patents_ipc/queries.jsonl", "title"}, {"dureader_demo/queries.jsonl", "title"},
	}
	// realSentences are the sets whose documents are also cut into sentences.
	realSentences = [][]string{{"csl/corpus.jsonl", "text"}, {"patents_bdci2022/corpus.jsonl", "text"}, {"dureader_demo/corpus.jsonl", "text"}}
)

// readReal reads all different texts of the evaluation and reference data below shared.
func readReal(shared string) (*realTexts, error) {
	r := &realTexts{}
	data := filepath.Join(shared, "data")
	for _, set := range realDocs {
		err := eachText(data, set, func(t string) {
			for _, s := range vector.Passages(t, 0) {
				r.docs = append(r.docs, s.Of(t))
			}
		})
		if err != nil {
			return nil, err
		}
	}
	for _, set := range realSentences {
		if err := eachText(data, set, func(t string) { r.docs = append(r.docs, split(t)...) }); err != nil {
			return nil, err
		}
	}
	for _, set := range realQueries {
		if err := eachText(data, set, func(t string) { r.queries = append(r.queries, t) }); err != nil {
			return nil, err
		}
	}
	r.docs = slices.DeleteFunc(distinct(r.docs), func(t string) bool { return t == "" })
	r.queries = distinct(r.queries)
	return r, nil
}

// eachText calls do with the text of each record of a set: its fields, joined as the engine does.
func eachText(data string, set []string, do func(string)) error {
	path := filepath.Join(data, set[0])
	each := eachRecord
	if filepath.Ext(path) == ".csv" {
		each = eachRow
	}
	return each(path, func(r map[string]any) {
		var parts []string
		for _, field := range set[1:] {
			if t := str(r, field); t != "" && !slices.Contains(parts, t) {
				parts = append(parts, t)
			}
		}
		if len(parts) > 0 {
			do(strings.Join(parts, "\n"))
		}
	})
}

// eachRow is eachRecord for a table with a header.
func eachRow(path string, do func(map[string]any)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	table := csv.NewReader(f)
	header, err := table.Read()
	for err == nil {
		var row []string
		if row, err = table.Read(); err == nil {
			r := map[string]any{}
			for i, name := range header {
				r[name] = row[i]
			}
			do(r)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("%s: %w", filepath.Base(path), err)
}

// realVectors are encodings of real texts.
type realVectors struct {
	docs, queries []vector.Vec
	encoded       int // in this run; the others were in the cache
}

// encodeReal encodes at most limit real documents and all queries, those that the cache lacks; it
// may take half an hour the first time.
func encodeReal(ctx context.Context, o options, limit int) (*realVectors, error) {
	texts, err := readReal(o.shared)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the real texts are not here; ZHUANHUA_SHARED names the folder that has data/: %w", err)
	}
	if err != nil {
		return nil, err
	}
	enc, cache, err := openEncoder(o.cache)
	if err != nil {
		return nil, err
	}
	defer enc.Close()
	defer cache.Close()
	if err := cache.Trouble(); err != nil {
		return nil, err
	}
	docs := texts.docs[:min(limit, len(texts.docs))]
	r := &realVectors{encoded: -cache.Len()}
	step("encoding %d real texts and %d queries (the cache knows %d texts)", len(docs), len(texts.queries), cache.Len())
	if r.docs, err = vector.EncodeAll(ctx, enc, cache, vector.KindPassage, docs, sometimes()); err != nil {
		return nil, err
	}
	r.queries, err = vector.EncodeAll(ctx, enc, cache, vector.KindQuery, texts.queries, sometimes())
	r.encoded += cache.Len()
	return r, err
}

// sometimes tells now and then how far encoding has come.
func sometimes() func(done, total int) {
	next := 0
	return func(done, total int) {
		if done >= next {
			step("%d of %d", done, total)
			next = done + 5000
		}
	}
}
