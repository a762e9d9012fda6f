package rank

import (
	"math/rand/v2"
	"testing"

	"zhuanhua/match/text"
)

// aboutText makes a text of about n characters out of common ones.
func aboutText(r *rand.Rand, n int) string {
	const chars = "的一种基于方法系统装置技术研究设计制备材料控制检测结构性能工艺应用模型数据水温度高低电机器生产处理分析提出结果表明具有以及通过采用进行实现提高降低过程条件影响"
	list := []rune(chars)
	out := make([]rune, n)
	for i := range out {
		out[i] = list[r.IntN(len(list))]
		if r.IntN(20) == 0 {
			out[i] = '，'
		}
	}
	return string(out)
}

// BenchmarkPair is what one pair costs: an achievement of 400 characters read, its features, its value.
func BenchmarkPair(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	idf := func(text.Term) float64 { return 3 }
	for _, kind := range []struct {
		name        string
		title, body int
	}{{"keywords", 12, 0}, {"need", 20, 500}} {
		b.Run(kind.name, func(b *testing.B) {
			need := []Text{{aboutText(r, kind.title), true}}
			if kind.body > 0 {
				need = append(need, Text{aboutText(r, kind.body), false})
			}
			q := NewQuery(need, idf)
			var docs [][]Text
			for range 100 {
				docs = append(docs, []Text{{aboutText(r, 20), true}, {aboutText(r, 380), false}})
			}
			net := anyNet(r, 72)
			h := make([]float32, net.Hidden)
			var d Doc
			var sc Scratch
			var row Row
			b.ReportAllocs()
			for i := range b.N {
				d.Read(docs[i%len(docs)])
				Of(q, &d, &Signals{Dense: true, Raw: 0.3, TopRaw: 0.5}, &sc, &row)
				net.Value(&row, h)
			}
		})
	}
}

// anyNet is a network that knows nothing.
func anyNet(r *rand.Rand, hidden int) *Net {
	n := &Net{Hidden: hidden, In: make([]float32, Features*hidden), Bias: make([]float32, hidden), Out: make([]float32, hidden)}
	for f := range n.Inverse {
		n.Inverse[f] = 1
		n.Linear[f] = float32(r.NormFloat64())
	}
	for i := range n.In {
		n.In[i] = float32(r.NormFloat64() / 7)
	}
	for i := range n.Out {
		n.Out[i] = float32(r.NormFloat64())
	}
	return n
}
