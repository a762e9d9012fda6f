package classify

import (
	"context"
	"math"
)

// training is one run of Train.
type training struct {
	model  *Model
	lesson *lesson
	space  *space
	seed   uint64
	limit  int       // up to how many texts all are compared with all
	known  *likeness // among all texts, where these are few
}

// fewTexts is below how many texts nothing is chosen: too few to look at some apart.
const fewTexts = 20

func (t *training) run(ctx context.Context) error {
	m, all := t.model, numbers(len(t.lesson.texts))
	sh := shape{Dense: 1, Sharp: 2, Ridge: 0.1}
	if len(all) >= fewTexts {
		var err error
		if sh, err = t.chooseShape(ctx); err != nil {
			return err
		}
	}
	if len(all) <= t.limit {
		known := compare(t.space, t.space)
		t.known = &known
	}
	ops, targets, err := t.unseen(ctx, sh)
	if err != nil {
		return err
	}
	m.stack, _ = fitStack(ops, targets)
	m.fitted = t.learn(sh, all)
	m.usual = t.usual()
	t.summarise(sh)
	return ctx.Err()
}

func (t *training) summarise(sh shape) {
	m := t.model
	m.summary.Dense, m.summary.Sharp, m.summary.Ridge = sh.Dense, sh.Sharp, sh.Ridge
	m.summary.Landmarks = m.ridge.marks.len()
	for i, name := range m.stack.names {
		m.summary.Weights[name] = math.Round(1000*m.stack.weight[i]) / 1000
	}
}

// shapes are what is tried.
func (t *training) shapes() []shape {
	ridges := []float32{0.03, 0.1, 0.3, 1}
	kinds := []shape{{}}
	if t.space.dense != nil {
		kinds = []shape{{Dense: 0.5, Sharp: 2}, {Dense: 1, Sharp: 1}, {Dense: 1, Sharp: 2}, {Dense: 2, Sharp: 2}, {Dense: 2, Sharp: 3}, {Dense: 4, Sharp: 2}, {Dense: 4, Sharp: 3}}
	}
	var out []shape
	for _, k := range kinds {
		for _, r := range ridges {
			out = append(out, shape{k.Dense, k.Sharp, r})
		}
	}
	return out
}

// chooseShape tries the shapes on a sample, by cross-validation: the one whose chances fit best.
func (t *training) chooseShape(ctx context.Context) (shape, error) {
	const most, folds = 2000, 3
	at := t.lesson.sample(most, t.seed)
	s := t.space.pick(at)
	like := compare(s, s)
	place := map[int]int{}
	for i, text := range at {
		place[text] = i
	}
	divided := t.lesson.divide(at, folds, t.seed+1)
	var best shape
	least := math.Inf(1)
	for _, sh := range t.shapes() {
		if err := ctx.Err(); err != nil {
			return sh, err
		}
		kernel := like.mix(sh, false)
		values := newMatrix(len(at), len(t.lesson.labels))
		for _, f := range divided {
			learn, look := placesOf(f.learn, place), placesOf(f.look, place)
			got := crossed(kernel, learn, look, t.lesson.targets(f.learn), sh.Ridge)
			for i, to := range look {
				copy(values.row(to), got.row(i))
			}
		}
		_, loss := fitStack([]opinion{{"texts", logs(values, chanceFloor)}}, transpose(t.lesson.targets(at)))
		if loss < least-1e-6 {
			least, best = loss, sh
		}
	}
	return best, nil
}

func placesOf(texts []int, place map[int]int) []int {
	out := make([]int, len(texts))
	for i, at := range texts {
		out[i] = place[at]
	}
	return out
}

// crossed learns from some texts and gives the values of others: a row a text, a column a label.
func crossed(kernel *matrix, learn, look []int, targets *matrix, ridge float32) *matrix {
	weight := solve(kernel.sub(learn, learn), targets, ridge)
	across := kernel.sub(look, learn)
	out := newMatrix(len(look), targets.n)
	product{a: across, b: weight, an: across.n, bn: weight.n, to: across.m, c: out, sign: 1}.run()
	return out
}

// unseen gathers what the parts say of texts that they did not learn from.
func (t *training) unseen(ctx context.Context, sh shape) ([]opinion, *matrix, error) {
	n := len(t.lesson.texts)
	k := 5
	if n > t.limit {
		k = 1
	}
	if n < fewTexts {
		return t.opinionsOf(sh, fold{learn: numbers(n), look: numbers(n)}), transpose(t.lesson.targets(numbers(n))), nil
	}
	var ops []opinion
	var order []int
	for _, f := range t.lesson.divide(numbers(n), k, t.seed+2) {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		got := t.opinionsOf(sh, f)
		if ops == nil {
			ops = got
		} else {
			for i := range ops {
				ops[i].values = stacked(ops[i].values, got[i].values)
			}
		}
		order = append(order, f.look...)
	}
	return ops, transpose(t.lesson.targets(order)), nil
}

func (t *training) opinionsOf(sh shape, f fold) []opinion {
	return t.model.opinions(t.space.pick(f.look), t.learn(sh, f.learn))
}

// stacked is the rows of a, then those of b.
func stacked(a, b *matrix) *matrix {
	return &matrix{n: a.n + b.n, m: a.m, v: append(a.v, b.v...)}
}

// fitted is what is learned from some of the texts: the parts that opinions are asked of.
type fitted struct {
	ridge  *ridge
	linear *linear // nil where the kernel alone does as well
	under  []int32 // a label: the coarse label it falls under; nil without a model of these
}

// learn fits the parts to some of the texts.
func (t *training) learn(sh shape, at []int) fitted {
	s, targets := t.space.pick(at), t.lesson.targets(at)
	out := fitted{linear: t.learnLinear(s, at), under: t.lesson.learnUnder(s, at)}
	if t.known == nil {
		out.ridge = fitSampled(sh, s, targets, min(landmarkCount(len(at)), t.limit), t.seed+3)
		return out
	}
	part := likeness{terms: t.known.terms.sub(at, at)}
	if t.known.cosine != nil {
		part.cosine = t.known.cosine.sub(at, at)
	}
	out.ridge = fitRidge(sh, s, targets, part.mix(sh, true))
	return out
}

// learnLinear adds the linear part where the kernel does not compare all texts, or has no meanings
// to compare.
func (t *training) learnLinear(s *space, at []int) *linear {
	if t.known != nil && s.dense != nil {
		return nil
	}
	return fitLinear(s.rows, t.lesson.ownOf(at), len(t.lesson.labels), s.terms, 1, t.seed+4)
}

// usual is how many texts bear each label, shares counted. It decides only between labels that are
// equally likely, as all are for a text without a known word: as one more opinion it cost accuracy.
func (t *training) usual() []float64 {
	out := make([]float64, len(t.lesson.labels))
	for i, own := range t.lesson.own {
		for _, l := range own {
			out[l] += float64(t.lesson.share[i][l])
		}
	}
	return out
}

// Floors under the values of kernel ridge regression before their logarithm is taken: what is said
// of a label is then no worse than "hardly", whatever rounding and neighbours do below 0.
const (
	chanceFloor = 0.02
	familyFloor = 0.03
)

// opinions asks every part about texts.
func (m *Model) opinions(s *space, f fitted) []opinion {
	values := f.ridge.scores(s)
	var ops []opinion
	for i, groups := range m.families {
		ops = append(ops, opinion{[]string{"family", "near family"}[i], logs(pooled(values, groups), familyFloor)})
	}
	ops = append(ops, opinion{"texts", logs(values, chanceFloor)})
	if f.linear != nil {
		v := newMatrix(s.len(), len(m.labels))
		parallel(s.len(), func(i int) { f.linear.scores(s.rows[i], v.row(i)) })
		ops = append(ops, opinion{"linear", v})
	}
	if f.under != nil {
		ops = append(ops, opinion{"coarse", coarseOpinion(s, f.under)})
	}
	if m.terms != nil {
		bayes, cosine := m.terms.values(s)
		ops = append(ops, opinion{"described, likelihood", bayes}, opinion{"described, terms", cosine})
	}
	if m.meaning != nil {
		ops = append(ops, opinion{"described, meaning", m.meaning.values(s)})
	}
	return ops
}

func logs(v *matrix, floor float32) *matrix {
	out := newMatrix(v.n, v.m)
	for i, x := range v.v {
		out.v[i] = float32(math.Log(float64(max(x, 0) + floor)))
	}
	return out
}

// pooled gives each label the sum of its group's values.
func pooled(v *matrix, groups []int32) *matrix {
	out := newMatrix(v.n, v.m)
	parallel(v.n, func(i int) {
		sums := make([]float32, len(groups))
		for l, x := range v.row(i) {
			sums[groups[l]] += x
		}
		for l, g := range groups {
			out.row(i)[l] = sums[g]
		}
	})
	return out
}
