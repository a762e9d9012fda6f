package classify

import (
	"context"
	"math"
	"testing"
)

// spaceOf puts invented records into a space.
func spaceOf(t *testing.T, records []Record) *space {
	t.Helper()
	counts := countAll(texts(records), 2)
	v := learnVocabulary(counts)
	vecs, err := meanings(context.Background(), texts(records))
	if err != nil {
		t.Fatal(err)
	}
	return &space{terms: len(v.idf), rows: v.rows(counts), dense: centred(vecs, meanOf(vecs))}
}

// TestKernel holds the likeness of texts to its definition.
func TestKernel(t *testing.T) {
	s := spaceOf(t, corpus(70, 1))
	sh := shape{Dense: 2, Sharp: 3}
	like := compare(s, s)
	kernel := like.mix(sh, false)
	for i := range s.len() {
		for j := range s.len() {
			weights := make([]float32, s.terms)
			for k, id := range s.rows[i].id {
				weights[id] = s.rows[i].w[k]
			}
			cosine := float64(dot(s.dense.row(i), s.dense.row(j)))
			want := float64(s.rows[j].dot(weights)) + 2*math.Exp(3*(cosine-1))
			if math.Abs(float64(kernel.row(i)[j])-want) > 1e-4 {
				t.Fatalf("texts %d and %d: %v, want %v", i, j, kernel.row(i)[j], want)
			}
		}
		if d := float64(kernel.row(i)[i]); math.Abs(d-3) > 1e-4 {
			t.Errorf("a text is like itself by %v", d)
		}
	}
	if plain := like.mix(shape{}, false); plain.row(0)[0] > 1.0001 {
		t.Errorf("words alone: %v", plain.row(0)[0])
	}
}

// TestSampledRidge: where the sample is all texts, it gives what the comparison of all gives; and
// parts of a space give what the whole gives.
func TestSampledRidge(t *testing.T) {
	records := corpus(150, 2)
	s, l := spaceOf(t, records), newLesson(records)
	sh := shape{Dense: 1, Sharp: 2, Ridge: 0.3}
	targets := l.targets(numbers(s.len()))
	all := fitRidge(sh, s, targets, compare(s, s).mix(sh, true)).scores(s)
	sampled := fitSampled(sh, s, targets, s.len(), 1).scores(s)
	for i, x := range all.v {
		if math.Abs(float64(x-sampled.v[i])) > 0.01 {
			t.Fatalf("at %d %v, by the sample %v", i, x, sampled.v[i])
		}
	}
	fewer := fitSampled(sh, s, targets, 60, 1)
	part := fewer.scores(s.part(40, 50))
	whole := fewer.scores(s)
	for i := range part.n {
		for k, x := range part.row(i) {
			if math.Abs(float64(x-whole.row(40 + i)[k])) > 1e-5 {
				t.Fatalf("text %d: %v alone, %v among all", 40+i, x, whole.row(40 + i)[k])
			}
		}
	}
}

// TestMeaningGather: a label with more phrases is not nearer for that, the nearest phrase counts
// most, and a label without any stands last.
func TestMeaningGather(t *testing.T) {
	m := &meaningOpinion{owner: []int32{0, 0, 1, 3, 3}, labels: 4}
	out := make([]float32, 4)
	m.gather([]float32{0.5, 0.5, 0.5, 0.9, 0.1}, out)
	if math.Abs(float64(out[0]-0.5)) > 1e-6 || out[0] != out[1] || out[3] < 0.8 || out[2] != out[0] {
		t.Errorf("got %v", out)
	}
}
