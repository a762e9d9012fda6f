package main

import (
	"bufio"
	"encoding/gob"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"
)

const (
	shortest    = 14  // characters of a short query at least
	longest     = 28  // and at most
	longQuery   = 300 // characters of a long query
	longOwn     = 200 // of which so many come from the document sought
	corpusSeed  = 20261123
	docsFile    = "docs.gob"
	queriesFile = "queries.gob"
)

// document is one made document. Units are the numbers of its title and sentences in the stock,
// titles first.
type document struct {
	ID, Title, Text string
	Units           []int32
}

// query is one query and what it was made of.
type query struct {
	Text string
	Unit int32 // the title or sentence it was cut from; −1 for a long query
	Doc  int   // the document it was made for
}

// corpus is all that is searched and asked.
type corpus struct {
	units       []string // titles, then sentences
	titles      int
	docs        []document
	short, long []query
	source      string
}

// makeCorpus shuffles titles and sentences into documents as long as real abstracts, and cuts
// queries from them. Same source and scale, same corpus.
func makeCorpus(src *source, sc scale) *corpus {
	rng := rand.New(rand.NewPCG(corpusSeed, uint64(sc.docs)))
	c := &corpus{units: slices.Concat(src.titles, src.sentences), titles: len(src.titles), source: src.name}
	for i := range sc.docs {
		c.docs = append(c.docs, c.makeDoc(rng, i, src.lengths[rng.IntN(len(src.lengths))]))
	}
	for range sc.short {
		c.short = append(c.short, c.shortQuery(rng))
	}
	for range sc.long {
		c.long = append(c.long, c.longQuery(rng))
	}
	return c
}

// makeDoc draws a title, and sentences until the text is nearest to the wanted length.
func (c *corpus) makeDoc(rng *rand.Rand, i, length int) document {
	d := document{ID: fmt.Sprintf("d%06d", i), Units: []int32{int32(rng.IntN(c.titles))}}
	d.Title = c.units[d.Units[0]]
	for have := 0; ; {
		u := c.titles + rng.IntN(len(c.units)-c.titles)
		n := utf8.RuneCountInString(c.units[u])
		if have > 0 && (have+n/2 > length || have+n > longestText) {
			return d
		}
		d.Units = append(d.Units, int32(u))
		d.Text += c.units[u]
		have += n
	}
}

// shortQuery cuts 14 to 28 characters from the title or a sentence of a document.
func (c *corpus) shortQuery(rng *rand.Rand) query {
	doc := rng.IntN(len(c.docs))
	units := c.docs[doc].Units
	u := units[0]
	if rng.IntN(2) == 1 {
		u = units[1+rng.IntN(len(units)-1)]
	}
	runes := []rune(c.units[u])
	n := min(shortest+rng.IntN(longest-shortest+1), len(runes))
	at := rng.IntN(len(runes) - n + 1)
	return query{Text: string(runes[at : at+n]), Unit: u, Doc: doc}
}

// longQuery joins most of one document with the beginning of others.
func (c *corpus) longQuery(rng *rand.Rand) query {
	doc := rng.IntN(len(c.docs))
	runes := []rune(c.docs[doc].Title + "。" + c.docs[doc].Text)
	runes = runes[:min(longOwn, len(runes))]
	for len(runes) < longQuery {
		runes = append(runes, []rune(c.docs[rng.IntN(len(c.docs))].Text)...)
	}
	return query{Text: string(runes[:longQuery]), Unit: -1, Doc: doc}
}

// found tells whether a document answers a query: it holds the text that the query was cut from, or
// is the one that a long query was made for.
func (c *corpus) found(q query, doc int) bool {
	if q.Unit < 0 {
		return doc == q.Doc
	}
	return slices.Contains(c.docs[doc].Units, q.Unit)
}

func (c *corpus) describe() string {
	chars, units := 0, 0
	for _, d := range c.docs {
		chars += utf8.RuneCountInString(d.Title) + utf8.RuneCountInString(d.Text)
		units += len(d.Units)
	}
	return fmt.Sprintf("%d documents of %d characters on average (title and text), shuffled with a fixed seed from %d titles and %d sentences of %s; "+
		"%d short queries of %d–%d characters cut from titles and sentences, %d long ones of %d",
		len(c.docs), chars/len(c.docs), c.titles, len(c.units)-c.titles, c.source, len(c.short), shortest, longest, len(c.long), longQuery)
}

// save leaves documents and queries for the children.
func (c *corpus) save(work string) error {
	err := writeGob(filepath.Join(work, docsFile), func(e *gob.Encoder) error {
		for i := range c.docs {
			if err := e.Encode(&c.docs[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return writeGob(filepath.Join(work, queriesFile), func(e *gob.Encoder) error {
		return e.Encode([][]query{c.short, c.long})
	})
}

func writeGob(path string, write func(*gob.Encoder) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	b := bufio.NewWriterSize(f, 1<<20)
	if err := write(gob.NewEncoder(b)); err != nil {
		return err
	}
	return b.Flush()
}

// eachDoc reads the documents one by one, so that a child holds no more of them than it wants to.
func eachDoc(work string, do func(i int, d *document) error) error {
	f, err := os.Open(filepath.Join(work, docsFile))
	if err != nil {
		return err
	}
	defer f.Close()
	dec := gob.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	for i := 0; ; i++ {
		var d document
		if err := dec.Decode(&d); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := do(i, &d); err != nil {
			return err
		}
	}
}

func loadQueries(work string) (short, long []query, err error) {
	f, err := os.Open(filepath.Join(work, queriesFile))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var both [][]query
	if err := gob.NewDecoder(f).Decode(&both); err != nil {
		return nil, nil, err
	}
	return both[0], both[1], nil
}
