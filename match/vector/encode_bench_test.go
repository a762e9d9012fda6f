package vector

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"zhuanhua/match/vector/parts"
)

// BenchmarkEncode measures the encoder from text to vector beside ONNX Runtime alone, on the same
// 2,000 texts with the same session and as many threads: once with each text by itself as the
// encoder does it, once in padded batches of 16. ONNX Runtime alone is given its inputs ready made
// and nothing is done with its outputs. The three take turns, so that a busy machine slows all.
func BenchmarkEncode(b *testing.B) {
	for _, m := range []struct {
		name  string
		model func() ([]byte, error)
	}{{"int8", parts.Model}, {"full", fullModel}} {
		b.Run(m.name, func(b *testing.B) { benchmarkEncode(b, testLocal(b, m.model)) })
	}
}

const benchSlice = 200 // texts between two turns

func benchmarkEncode(b *testing.B, l *Local) {
	texts := abstracts(2000, 21)
	var ours, single, batched time.Duration
	for b.Loop() {
		for slice := range slices.Chunk(texts, benchSlice) {
			start := time.Now()
			encode(b, l, slice...)
			ours += time.Since(start)
			single += l.runAlone(b, slice, 1)
			batched += l.runAlone(b, slice, 16)
		}
	}
	n := float64(len(texts) * b.N)
	b.ReportMetric(n/ours.Seconds(), "ours-texts/s")
	b.ReportMetric(n/single.Seconds(), "ort-texts/s")
	b.ReportMetric(n/batched.Seconds(), "ort-batch16-texts/s")
	b.ReportMetric(single.Seconds()/ours.Seconds(), "ours/ort")
}

// runAlone puts texts through the model in batches and returns the time of that without the making
// of the inputs.
func (l *Local) runAlone(b *testing.B, texts []string, size int) time.Duration {
	b.Helper()
	_, ids := l.tokenize(KindPassage, texts)
	slices.SortFunc(ids, func(x, y []int32) int { return cmp.Compare(len(y), len(x)) })
	batches := slices.Collect(slices.Chunk(ids, size))
	inputs := make([][][]int64, len(batches))
	for i, batch := range batches {
		inputs[i] = l.padded(batch)
	}
	start := time.Now()
	err := parallel(context.Background(), runtime.GOMAXPROCS(0), len(batches), func(i int) error {
		return l.ort.run(inputs[i], len(batches[i]), len(batches[i][0]), func([]float32, []int64) error { return nil })
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// padded lays a batch, the longest text first, out as the model's inputs.
func (l *Local) padded(batch [][]int32) [][]int64 {
	width := len(batch[0])
	all := make([][]int64, len(l.ort.inputs))
	for _, ids := range batch {
		for i, in := range l.inputs(ids) {
			all[i] = append(append(all[i], in...), make([]int64, width-len(ids))...)
		}
	}
	return all
}
