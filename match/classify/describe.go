package classify

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"math"
	"regexp"
	"slices"
	"strings"

	"zhuanhua/match/text"
)

// disciplinesTable names, for each first-level discipline, its second-level disciplines and some of
// their subjects.
//
//go:embed disciplines.txt
var disciplinesTable string

// ipcTable is the International Patent Classification in Chinese: sections, classes and subclasses
// as "code TAB title", after each subclass its main groups ("TAB title") and their subgroups ("TAB
// TAB title").
//
//go:embed ipc.txt.gz
var ipcTable []byte

// description is what is known of a label beside its examples.
type description struct {
	names    []string  // short phrases whose meaning is compared
	subjects []subject // what the label takes in; their terms are compared
}

// subject is one of the fields that a label stands for, as G06 stands for G06F, G06Q and others.
type subject struct{ phrases []string }

// describe looks labels up in the tables; where they are in none, a label that is words describes
// itself. The result is nil where less than half of the labels are described.
func describe(labels []string) []description {
	for _, look := range []func([]string) []description{describeIPC, describeWords} {
		out := look(labels)
		known := 0
		for _, d := range out {
			if len(d.names) > 0 {
				known++
			}
		}
		if 2*known >= len(labels) {
			return out
		}
	}
	return nil
}

var ipcCode = regexp.MustCompile(`^[A-H]([0-9][0-9][A-Z]?)?$`)

// describeIPC gives each label that is a code of the IPC (G, G06 or G06F) the titles below it, a
// subclass a subject.
func describeIPC(labels []string) []description {
	out := make([]description, len(labels))
	at := map[string]int{}
	for i, l := range labels {
		if ipcCode.MatchString(l) {
			at[l] = i
		}
	}
	if 2*len(at) < len(labels) {
		return out
	}
	last := ""
	eachIPC(func(code, title string, short bool) {
		for _, n := range []int{1, 3, 4} {
			if i, ok := at[code[:min(n, len(code))]]; ok && n <= len(code) {
				out[i].add(title, short, code != last)
			}
		}
		last = code
	})
	return out
}

// add adds a phrase, to a new subject if so asked.
func (d *description) add(phrase string, short, begin bool) {
	if short {
		d.names = append(d.names, phrase)
	}
	if begin || len(d.subjects) == 0 {
		d.subjects = append(d.subjects, subject{})
	}
	s := &d.subjects[len(d.subjects)-1]
	s.phrases = append(s.phrases, phrase)
}

// eachIPC reads the table. code is that of the subclass or what stands above it; short is false for
// subgroups.
func eachIPC(do func(code, title string, short bool)) {
	unpacked, err := gzip.NewReader(bytes.NewReader(ipcTable))
	if err != nil {
		return // TestTables reads the whole table, so this cannot be
	}
	var code string
	for lines := bufio.NewScanner(unpacked); lines.Scan(); {
		line := lines.Text()
		title := strings.TrimLeft(line, "\t")
		level := len(line) - len(title)
		if level == 0 {
			code, title, _ = strings.Cut(line, "\t")
		}
		do(code, title, level < 2)
	}
}

// describeWords takes labels as words: A/B is A and B, and each may be a discipline.
func describeWords(labels []string) []description {
	known := map[string][]string{}
	for line := range strings.Lines(disciplinesTable) {
		name, subjects, _ := strings.Cut(strings.TrimSpace(line), "\t")
		known[name] = strings.Fields(subjects)
	}
	out := make([]description, len(labels))
	for i, l := range labels {
		if !isWords(l) {
			continue
		}
		parts := strings.FieldsFunc(l, func(r rune) bool { return strings.ContainsRune("/／、,，;；|", r) })
		for _, p := range parts {
			p = strings.TrimSpace(p)
			out[i].add(p, true, true)
			for _, subject := range known[p] {
				out[i].add(subject, true, false)
			}
		}
		if len(parts) > 1 {
			out[i].names = append(out[i].names, l)
		}
	}
	return out
}

// isWords reports whether a label says something to a reader: Han characters, or a word of letters.
func isWords(label string) bool {
	f := text.Fold(label)
	letters := 0
	for _, r := range f.Runes {
		switch {
		case text.IsHan(r):
			return true
		case text.IsWord(r) && (r < '0' || r > '9'):
			letters++
		}
	}
	return letters >= 4
}

// nameCount is how many phrases a label has compared by meaning: few where there are many labels.
func nameCount(labels int) int { return min(max(512/max(1, labels), 16), 64) }

// pickEvenly picks n of the phrases, evenly.
func pickEvenly(list []string, n int) []string {
	if len(list) <= n {
		return list
	}
	out := make([]string, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}

// termOpinion says how well the terms of a text fit those of each label's subjects: by naive Bayes
// with the descriptions as its examples, and by the cosine of their terms.
type termOpinion struct {
	vocab  *vocabulary // of training texts and descriptions
	owner  []int32     // a subject: its label
	labels int
	bayes  map[int32][]lift // a term: the subjects whose phrases hold it
	base   []float32        // a subject: what a term says that its phrases lack
	cosine map[int32][]lift
}

// lift is what a term adds to a subject.
type lift struct {
	subject int32
	by      float32
}

// smoothing is the share of an occurrence that every term has in every subject.
const smoothing = 0.02

// newTermOpinion takes the descriptions of labels and the terms of the training texts.
func newTermOpinion(d []description, texts []count) *termOpinion {
	t := &termOpinion{labels: len(d), bayes: map[int32][]lift{}, cosine: map[int32][]lift{}}
	var counts [][]count
	t.vocab = learnVocabulary(texts)
	for l := range d {
		for _, s := range d[l].subjects {
			t.owner = append(t.owner, int32(l))
			counts = append(counts, countAll(s.phrases, 2))
			t.vocab.extend(counts[len(counts)-1], len(texts))
		}
	}
	sums := make([]map[int32]float64, len(counts))
	parallel(len(counts), func(s int) {
		sums[s] = map[int32]float64{}
		for _, c := range counts[s] {
			r := t.vocab.row(c)
			for i, id := range r.id {
				sums[s][id] += float64(r.w[i])
			}
		}
	})
	for s, sum := range sums {
		t.add(int32(s), sum)
	}
	return t
}

// add puts the weights of a subject's terms in place.
func (t *termOpinion) add(s int32, sum map[int32]float64) {
	ids := sortedKeys(sum)
	all, squares := smoothing*float64(len(t.vocab.idf)), 0.0
	for _, id := range ids {
		all += sum[id]
		squares += math.Log1p(sum[id]) * math.Log1p(sum[id])
	}
	t.base = append(t.base, float32(math.Log(smoothing/all)))
	for _, id := range ids {
		t.bayes[id] = append(t.bayes[id], lift{s, float32(math.Log((sum[id] + smoothing) / smoothing))})
		t.cosine[id] = append(t.cosine[id], lift{s, float32(math.Log1p(sum[id]) / math.Sqrt(squares))})
	}
}

// values gives both opinions of each label: the log of its subjects' joint likelihood, and the
// cosine of its nearest subject.
func (t *termOpinion) values(s *space) (bayes, cosine *matrix) {
	bayes, cosine = newMatrix(s.len(), t.labels), newMatrix(s.len(), t.labels)
	parallel(s.len(), func(i int) {
		r := s.told[i]
		b, c := make([]float32, len(t.base)), make([]float32, len(t.base))
		var all float32
		for k, id := range r.id {
			all += r.w[k]
			for _, f := range t.bayes[id] {
				b[f.subject] += r.w[k] * f.by
			}
			for _, f := range t.cosine[id] {
				c[f.subject] += r.w[k] * f.by
			}
		}
		for k, base := range t.base {
			b[k] += all * base
		}
		t.gather(b, c, bayes.row(i), cosine.row(i))
	})
	return bayes, cosine
}

// gather joins the subjects of each label; a label without any stands with the least fitting.
func (t *termOpinion) gather(b, c, bayes, cosine []float32) {
	low := slices.Min(b)
	sums := make([]float64, t.labels)
	for s, l := range t.owner {
		sums[l] += math.Exp(float64(b[s] - low))
		cosine[l] = max(cosine[l], c[s])
	}
	for l, sum := range sums {
		bayes[l] = low + float32(math.Log(max(sum, 1)))
	}
}

// meaningOpinion says how near the meaning of a text is to the phrases that describe each label.
type meaningOpinion struct {
	phrases *matrix // unit vectors, their mean taken off
	owner   []int32 // ascending
	labels  int
}

// nearness is how much the nearest phrases of a label count for more than the rest.
const nearness = 10

func (m *meaningOpinion) values(s *space) *matrix {
	out := newMatrix(s.len(), m.labels)
	const strip = 1024
	for from := 0; from < s.len(); from += strip {
		part := s.part(from, min(from+strip, s.len()))
		near := newMatrix(part.len(), m.phrases.n)
		product{a: part.dense, b: m.phrases, an: part.len(), bn: m.phrases.n, to: m.phrases.m, c: near, sign: 1}.run()
		parallel(part.len(), func(i int) { m.gather(near.row(i), out.row(from+i)) })
	}
	return out
}

// gather joins the nearness of phrases to that of labels; one without phrases stands with the
// farthest.
func (m *meaningOpinion) gather(near, out []float32) {
	low := float32(math.Inf(1))
	described := make([]bool, len(out))
	for at := 0; at < len(near); {
		end, sum := at, 0.0
		for end < len(near) && m.owner[end] == m.owner[at] {
			sum += math.Exp(nearness * float64(near[end]))
			end++
		}
		l := m.owner[at]
		out[l] = float32(math.Log(sum/float64(end-at)) / nearness)
		described[l] = true
		low = min(low, out[l])
		at = end
	}
	for l := range out {
		if !described[l] {
			out[l] = low
		}
	}
}

// families groups labels that are codes by what they begin with (G06F, G06Q: G06, G), coarse first:
// a number a label, for up to two lengths of beginning. Labels of other kinds have none.
func families(labels []string) [][]int32 {
	longest := 0
	for _, l := range labels {
		if !classCode.MatchString(l) {
			return nil
		}
		longest = max(longest, len(l))
	}
	var fit [][]int32
	for n := 1; n < longest; n++ {
		groups, seen := make([]int32, len(labels)), map[string]int32{}
		for i, l := range labels {
			p := l[:min(n, len(l))]
			if _, ok := seen[p]; !ok {
				seen[p] = int32(len(seen))
			}
			groups[i] = seen[p]
		}
		if len(seen) >= 2 && 10*len(seen) <= 7*len(labels) {
			fit = append(fit, groups)
		}
	}
	if len(fit) > 2 {
		fit = [][]int32{fit[0], fit[len(fit)-1]}
	}
	return fit
}

// classCode is a letter and digits, as in the IPC, the industries and the research funds.
var classCode = regexp.MustCompile(`^[A-Z][0-9][0-9A-Z./]{0,10}$`)
