// Package learn makes the weights of match/rank from graded pairs, and measures on needs that the
// weights have not seen what they are worth. The same input gives the same bytes.
package learn

import (
	"math/rand/v2"
	"runtime"
	"sync"

	"zhuanhua/match/rank"
)

// Folds is how many parts the needs are cut into: each is measured with weights learned from the others.
const Folds = 5

// Set is needs of one kind with their pairs.
type Set struct {
	Name  string
	Needs []Need
	// Judged says that pairs were judged one by one, zeros too: their order is learned, and what was not
	// judged is weak evidence. In other sets what is not named as relevant is not.
	Judged bool
	// Further needs are learned from and not measured.
	Further bool
	// View says that the needs are parts of those of another set, with its grades: the levels of such needs
	// are learned from them, their order a little.
	View bool
}

// Need is one need with the pairs that come first for it.
type Need struct {
	ID    string
	Fold  int         // that it is measured in
	Shun  [Folds]bool // folds whose learning it would give away
	Form  rank.Form
	Pairs []Pair
}

// Pair is a pair of a need and a document.
type Pair struct {
	ID    string
	Row   rank.Row
	Grade int // 0 where nobody judged it
	Known bool
	Find  int // its place before the ranker, from 0
}

// Options of learning.
type Options struct {
	Seed    uint64
	Nets    int     // that are averaged
	Hidden  int     // units of each
	Epochs  int     // times that all needs are gone through
	Rate    float64 // of learning at first; it falls to a tenth
	Decay   float64 // of weights
	Further float64 // what a set that is not measured weighs, in others
	View    float64 // what a set of parts of needs weighs, in others
	Without func(feature int) bool
}

// Usual are the options that the shipped weights were learned with.
func Usual() Options {
	return Options{Seed: 1, Nets: 3, Hidden: 20, Epochs: 18, Rate: 3e-3, Decay: 2e-3, Further: 4, View: 0.1}
}

// Depth is how many of the documents that come first are learned from: farther relevant ones would give
// away that they were named, since their place is among the features.
const Depth = 100

// judgedDepth is Depth in judged sets, where what was not judged is weak evidence alone.
const judgedDepth = 300

// Every set weighs as much as the others, a judged one two and a half times as much: its needs are those most like what users ask, and few.
const (
	judgedOrder = 2.0
	wholeOrder  = 3.0
)

// list is documents in whose order one need believes.
type list struct {
	rows   []*rank.Row
	share  []float32 // of the need's gain, by document
	weight float32
}

// lists makes what is learned from in a fold; fold −1 is all.
func lists(sets []Set, opt Options, fold int) []list {
	var out []list
	for _, s := range sets {
		from := len(out)
		for i := range s.Needs {
			n := &s.Needs[i]
			if fold >= 0 && (n.Fold == fold && !s.Further || n.Shun[fold]) {
				continue
			}
			if s.Judged {
				out = n.list(out, judgedOrder, func(p *Pair) bool { return p.Known })
				out = n.list(out, wholeOrder, func(p *Pair) bool { return p.Find < judgedDepth })
			} else {
				out = n.list(out, 1, func(p *Pair) bool { return p.Find < Depth })
			}
		}
		mass := float32(usualSet)
		if s.Further {
			mass *= float32(opt.Further)
		}
		if s.View {
			mass *= float32(opt.View)
		}
		for i := from; i < len(out); i++ {
			out[i].weight *= mass / float32(len(out)-from)
		}
	}
	return out
}

// usualSet is how many needs a set has whose needs weigh 1.
const usualSet = 500

// list adds those of a need's documents that are taken, unless none of them is of any use.
func (n *Need) list(out []list, weight float32, take func(*Pair) bool) []list {
	l := list{weight: weight}
	sum := float32(0)
	for i := range n.Pairs {
		if p := &n.Pairs[i]; take(p) {
			gain := float32(int(1)<<p.Grade - 1)
			sum += gain
			l.rows, l.share = append(l.rows, &p.Row), append(l.share, gain)
		}
	}
	if sum == 0 || len(l.rows) < 2 {
		return out
	}
	for i := range l.share {
		l.share[i] /= sum
	}
	return append(out, l)
}

// job is one network to learn.
type job struct {
	fold int
	net  int
}

// nets learns the networks of all folds, on all cores: which core learns which makes no difference.
func nets(sets []Set, opt Options, folds []int) map[int]*rank.Net {
	jobs := make([]job, 0, len(folds)*opt.Nets)
	all := make([]*rank.Net, cap(jobs))
	for _, fold := range folds {
		for net := range opt.Nets {
			jobs = append(jobs, job{fold, net})
		}
	}
	work := make(chan int)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		wait.Go(func() {
			for i := range work {
				random := rand.New(rand.NewPCG(opt.Seed, uint64(jobs[i].net)+1))
				all[i] = fit(lists(sets, opt, jobs[i].fold), opt, random)
			}
		})
	}
	for i := range jobs {
		work <- i
	}
	close(work)
	wait.Wait()
	out := map[int]*rank.Net{}
	for i, fold := range folds {
		out[fold] = rank.Merge(all[i*opt.Nets : (i+1)*opt.Nets])
	}
	return out
}

// Whole learns from all needs.
func Whole(sets []Set, opt Options) *rank.Net { return nets(sets, opt, []int{-1})[-1] }

// CrossValidated gives each pair of the measured needs the value of weights that have not seen the
// need: by set, need and pair.
func CrossValidated(sets []Set, opt Options) [][][]float32 {
	folds := make([]int, Folds)
	for i := range folds {
		folds[i] = i
	}
	of := nets(sets, opt, folds)
	out := make([][][]float32, len(sets))
	for i, s := range sets {
		out[i] = make([][]float32, len(s.Needs))
		if s.Further {
			continue
		}
		for j := range s.Needs {
			n := &s.Needs[j]
			h := make([]float32, of[n.Fold].Hidden)
			out[i][j] = make([]float32, len(n.Pairs))
			for k := range n.Pairs {
				out[i][j][k] = of[n.Fold].Value(&n.Pairs[k].Row, h)
			}
		}
	}
	return out
}
