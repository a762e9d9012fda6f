package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"runtime"
	"strings"
	"sync"

	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/lexical"
	"zhuanhua/match/measure"
	"zhuanhua/match/rank"
	"zhuanhua/match/rank/learn"
	"zhuanhua/match/text"
)

// The ways of ranking that a learned ranker is set beside.
const (
	wayPlain = iota // BM25 over pairs of characters and Latin words, the title twice
	wayLexical
	wayDense
	wayFused
	ways
)

var wayNames = [ways]string{"bm25", "lexical", "dense", "hybrid"}

// gathered is a set with all that is learned from it and measured on it.
type gathered struct {
	evalSet
	hybrid, words learn.Set
	plainly       [ways][]measure.Figures // of each way without learning; nil for one that cannot be
}

// gatherer makes pairs of sets, with one engine for each corpus and mode.
type gatherer struct {
	io     stdio
	opt    match.Options
	centre []float32
	corpus string // that the engines hold
	part   bool
	hybrid *match.Engine // nil without the encoder
	dense  *match.Engine
	words  *match.Engine
	plain  *lexical.Index
	ids    []string // of the corpus, in its order
}

func (g *gatherer) gather(ctx context.Context, s evalSet, folds *folding) (gathered, error) {
	out := gathered{evalSet: s}
	if err := g.open(ctx, &s); err != nil {
		return out, err
	}
	for _, l := range []*learn.Set{&out.hybrid, &out.words} {
		*l = learn.Set{Name: s.name, Judged: s.judged(), Further: s.further, View: s.full != nil, Needs: make([]learn.Need, len(s.needs))}
	}
	for way, e := range g.byWay() {
		if (e != nil || way == wayPlain) && !s.further {
			out.plainly[way] = make([]measure.Figures, len(s.needs))
		}
	}
	if g.hybrid != nil {
		if err := g.hybrid.Prepare(ctx, s.needs); err != nil {
			return out, err
		}
	}
	errs := make([]error, len(s.needs))
	each(len(s.needs), func(i int) { errs[i] = g.need(ctx, &out, i, folds) })
	for _, err := range errs {
		if err != nil {
			return out, err
		}
	}
	fmt.Fprintf(g.io.err, "已读 gathered: %s, %d needs\n", s.name, len(s.needs))
	return out, nil
}

// open fills the engines with a set's corpus, unless they hold it.
func (g *gatherer) open(ctx context.Context, s *evalSet) error {
	if g.corpus == s.corpus && !g.part && s.part == nil {
		return nil
	}
	rows, err := readAchievements(g.io, s.corpus, intake.Options{})
	if err != nil {
		return err
	}
	docs := documents(rows, match.AchievementDocument)
	if s.part != nil {
		kept := docs[:0]
		for _, d := range docs {
			if s.part[d.ID] {
				kept = append(kept, d)
			}
		}
		docs = kept
	}
	g.corpus, g.part = s.corpus, s.part != nil
	if g.words, err = g.engine(ctx, docs, match.Lexical); err != nil {
		return err
	}
	g.hybrid, g.dense = nil, nil
	if g.opt.Encoder != nil {
		if g.hybrid, err = g.engine(ctx, docs, match.Hybrid); err != nil {
			return err
		}
		if g.dense, err = g.engine(ctx, docs, match.Dense); err != nil {
			return err
		}
	}
	return g.index(docs)
}

func (g *gatherer) engine(ctx context.Context, docs []match.Document, mode match.Mode) (*match.Engine, error) {
	opt := g.opt
	opt.Progress = nil // a line a set is enough
	opt.Mode, opt.Ranker, opt.Plain = mode, &rank.Ranker{Centre: g.centre}, false
	if mode == match.Lexical {
		opt.Encoder, opt.Cache = nil, nil
	}
	e, err := match.New(opt)
	if err != nil {
		return nil, err
	}
	return e, e.Add(ctx, docs)
}

// index makes the plain index, for comparison alone.
func (g *gatherer) index(docs []match.Document) error {
	var err error
	if g.plain, err = lexical.New(match.LexicalOptions()); err != nil {
		return err
	}
	g.ids = g.ids[:0]
	list := make([]lexical.Doc, len(docs))
	for i, d := range docs {
		g.ids = append(g.ids, d.ID)
		list[i] = lexical.Doc{ID: d.ID, Fields: make([][]text.Term, 2)}
		for _, p := range d.Parts {
			at := 1
			if p.Role == match.RoleTitle {
				at = 0
			}
			list[i].Fields[at] = append(list[i].Fields[at], text.Terms(p.Raw)...)
		}
	}
	return g.plain.Add(list...)
}

// need gathers the pairs of one need and the orders of the other ways.
func (g *gatherer) need(ctx context.Context, out *gathered, i int, folds *folding) error {
	n := &out.needs[i]
	grades := out.grades[n.ID]
	for k, e := range []*match.Engine{g.hybrid, g.words} {
		if e == nil {
			continue
		}
		l := []*learn.Set{&out.hybrid, &out.words}[k]
		depth := learn.Depth
		if l.Judged {
			depth = e.Len()
		}
		pairs, err := e.Rows(ctx, n, depth)
		if err != nil {
			return err
		}
		l.Needs[i] = folds.need(&out.evalSet, n)
		l.Needs[i].Pairs = graded(pairs, grades)
	}
	if out.further {
		return nil
	}
	for way, e := range g.byWay() {
		if e == nil {
			continue
		}
		list, err := e.Rank(ctx, n, e.Len(), nil)
		if err != nil {
			return err
		}
		ids := make([]string, len(list))
		for k, r := range list {
			ids[k] = r.ID
		}
		out.plainly[way][i] = measure.Query(ids, grades)
	}
	out.plainly[wayPlain][i] = measure.Query(g.plainly(n), grades)
	return nil
}

// byWay are the engines of the ways that have one.
func (g *gatherer) byWay() [ways]*match.Engine {
	return [ways]*match.Engine{wayLexical: g.words, wayDense: g.dense, wayFused: g.hybrid}
}

// plainly is the order of the plain index: what has no term of the need comes last, in the order of the corpus.
func (g *gatherer) plainly(n *match.Document) []string {
	var q lexical.Query
	for _, p := range n.Parts {
		for _, t := range text.Terms(p.Raw) {
			q = append(q, lexical.QueryTerm{Term: t, Weight: 1})
		}
	}
	var ids []string
	for _, h := range g.plain.View().Search(q, g.words.Len(), nil) {
		ids = append(ids, h.ID)
	}
	return append(ids, g.ids...) // each counts where it stands first
}

func graded(pairs []match.Pair, grades measure.Grades) []learn.Pair {
	out := make([]learn.Pair, len(pairs))
	for i, p := range pairs {
		grade, known := grades[p.ID]
		out[i] = learn.Pair{ID: p.ID, Row: p.Row, Grade: grade, Known: known, Find: p.Find}
	}
	return out
}

// folding says in which fold a need is measured, and in which folds' learning it would give that away.
type folding struct {
	asked [learn.Folds]map[string]bool // texts of the needs measured in the fold
	found [learn.Folds]map[string]bool // documents relevant to them, by corpus
}

func newFolding(sets []evalSet) *folding {
	f := &folding{}
	for k := range learn.Folds {
		f.asked[k], f.found[k] = map[string]bool{}, map[string]bool{}
	}
	for i := range sets {
		s := &sets[i]
		if s.further {
			continue
		}
		for j := range s.needs {
			k := f.fold(s, &s.needs[j])
			f.asked[k][sameText(&s.needs[j])] = true
			for id, grade := range s.grades[s.needs[j].ID] {
				if grade > 0 && !s.judged() {
					f.found[k][s.corpus+"\x00"+id] = true
				}
			}
		}
	}
	return f
}

// fold is that of the one document asked for, so that all views of a paper stand in one; else that of
// the text, of the whole need where this is a part of one.
func (f *folding) fold(s *evalSet, n *match.Document) int {
	if whole := s.full[n.ID]; whole != nil {
		n = whole
	}
	key := sameText(n)
	if g := s.grades[n.ID]; len(g) == 1 && !s.judged() {
		for id := range g {
			key = s.corpus[strings.LastIndexByte(s.corpus, '/')+1:] + id
		}
	}
	h := fnv.New32a()
	h.Write([]byte(key))
	return int(h.Sum32()>>8) % learn.Folds
}

func sameText(n *match.Document) string {
	var b strings.Builder
	for _, p := range n.Parts {
		f := text.Fold(p.Raw)
		b.WriteString(string(f.Runes))
	}
	return b.String()
}

func (f *folding) need(s *evalSet, n *match.Document) learn.Need {
	out := learn.Need{ID: n.ID, Fold: f.fold(s, n), Form: match.FormOf(n)}
	for k := range learn.Folds {
		if k == out.Fold && !s.further {
			continue
		}
		out.Shun[k] = f.asked[k][sameText(n)]
		for id, grade := range s.grades[n.ID] {
			out.Shun[k] = out.Shun[k] || grade > 0 && !s.judged() && f.found[k][s.corpus+"\x00"+id]
		}
	}
	return out
}

// centreOf is the mean vector of needs, every set weighing the same, of unit length; nil without an encoder.
func centreOf(ctx context.Context, opt match.Options, sets []evalSet) ([]float32, error) {
	if opt.Encoder == nil {
		return nil, nil
	}
	opt.Plain = true
	e, err := match.New(opt)
	if err != nil {
		return nil, err
	}
	sum := make([]float64, opt.Encoder.Model().Dim)
	for _, s := range sets {
		if s.further {
			continue
		}
		if err := e.Prepare(ctx, s.needs); err != nil {
			return nil, err
		}
		for i := range s.needs {
			v, err := e.NeedVector(ctx, &s.needs[i])
			if err != nil {
				return nil, err
			}
			for k, x := range v {
				sum[k] += float64(x) / float64(len(s.needs))
			}
		}
	}
	length := 0.0
	for _, x := range sum {
		length += x * x
	}
	out := make([]float32, len(sum))
	for k, x := range sum {
		out[k] = float32(x / math.Sqrt(max(length, 1e-12)))
	}
	return out, nil
}

// each does n things on all cores.
func each(n int, do func(i int)) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}
