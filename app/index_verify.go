package app

import (
	"context"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/match"
	"zhuanhua/match/vector"
	"zhuanhua/store"
)

// IndexChecked is what a look at the index found.
type IndexChecked struct {
	Model    string          `json:"model"`
	Records  int             `json:"records"`
	Vectors  int             `json:"vectors"`
	Findings []store.Finding `json:"findings"` // empty: nothing is missing and nothing stale
}

// VerifyIndex looks at the index as it lies in the data directory, without mending anything: each record
// must be noted as indexed, as it is now, and be in the snapshot with the vectors of its texts.
func VerifyIndex(ctx context.Context, s *store.Store, o IndexOptions) (IndexChecked, error) {
	o.Write = false
	x := newIndex(s, o)
	if err := x.load(); err != nil {
		if err := x.clear(); err != nil {
			return IndexChecked{}, err
		}
		c, err2 := x.Verify(ctx)
		if c.Records > 0 || zhuanhua.KindOf(err) != zhuanhua.KindInternal {
			c.Findings = append([]store.Finding{{Kind: "snapshot", Where: o.Dir, What: err.Error()}}, c.Findings...)
		}
		return c, err2
	}
	return x.Verify(ctx)
}

// Verify compares every record with what the index holds in memory, what the store notes about it, and
// the vectors that are kept.
func (x *Index) Verify(ctx context.Context) (IndexChecked, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	c := &checker{x: x, noted: map[string]store.Indexed{}, done: IndexChecked{Model: x.model}}
	for i, err := range x.store.IndexedRows(ctx, x.model) {
		if err != nil {
			return c.done, err
		}
		c.noted[string(i.Noun)+"/"+i.ID] = i
	}
	for _, n := range indexed() {
		if err := c.noun(ctx, n); err != nil {
			return c.done, err
		}
	}
	for subject := range c.noted {
		c.find("extra", subject, "it is noted as indexed, and there is no such record")
	}
	slices.SortFunc(c.done.Findings, func(a, b store.Finding) int { return compare(a.Where, b.Where) })
	return c.done, nil
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

type checker struct {
	x     *Index
	noted map[string]store.Indexed // by subject, those not met yet
	done  IndexChecked
}

func (c *checker) find(kind, where, what string) {
	c.done.Findings = append(c.done.Findings, store.Finding{Kind: kind, Where: where, What: what})
}

func (c *checker) noun(ctx context.Context, n zhuanhua.Noun) error {
	seen := map[string]bool{}
	for row, err := range c.x.store.Rows(ctx, n, store.Filter{}) {
		if err != nil {
			return err
		}
		seen[row.ID] = true
		if err := c.row(ctx, row); err != nil {
			return err
		}
	}
	for _, id := range c.x.engines[n].IDs() {
		if !seen[id] {
			c.find("extra", string(n)+"/"+id, "the index holds it, and there is no such record")
		}
	}
	return nil
}

func (c *checker) row(ctx context.Context, row store.Row) error {
	c.done.Records++
	subject := string(row.Noun) + "/" + row.ID
	note, noted := c.noted[subject]
	delete(c.noted, subject)
	held := c.x.holds(row.Noun, row.ID)
	d, err := documentOf(row)
	if err != nil {
		return err
	}
	switch {
	case !noted:
		c.find("missing", subject, "it is not noted as indexed")
	case note.RowHash != row.Hash:
		c.find("stale", subject, "an earlier state of it is noted as indexed")
	case note.TextHash != hashOf(&d):
		c.find("stale", subject, "it is noted as indexed with other texts than it has")
	}
	switch {
	case held.Row == "" || !c.x.engines[row.Noun].Holds(row.ID):
		c.find("missing", subject, "the index does not hold it")
		return nil
	case held.Row != row.Hash:
		c.find("stale", subject, "the index holds an earlier state of it")
		return nil
	}
	if c.x.encoder == nil {
		return nil
	}
	return c.vectors(ctx, subject, &d, c.x.engines[row.Noun].Vectors(row.ID))
}

// vectors compares the vectors that are kept with those in the index.
func (c *checker) vectors(ctx context.Context, subject string, d *match.Document, have []vector.Vec) error {
	texts := d.Texts()
	hashes := make([]string, len(texts))
	for i, t := range texts {
		hashes[i] = textHash(t)
	}
	kept, err := c.x.store.Vectors(ctx, c.x.model, hashes)
	if err != nil {
		return err
	}
	c.done.Vectors += len(have)
	if len(have) != len(texts) {
		c.find("stale", subject, fmt.Sprintf("the index has %d vectors for its %d passages", len(have), len(texts)))
		return nil
	}
	for i, h := range hashes {
		v, ok := unpackVec(kept[h], c.x.encoder.Model().Dim)
		switch {
		case !ok:
			c.find("vector", subject, fmt.Sprintf("the vector of its passage %d is not kept", i+1))
		case v.Dot(have[i])-v.Dot(v) > 1e-3 || v.Dot(v)-v.Dot(have[i]) > 1e-3:
			c.find("vector", subject, fmt.Sprintf("the index has another vector for its passage %d than the one kept", i+1))
		}
	}
	return nil
}
