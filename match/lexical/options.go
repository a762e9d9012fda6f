package lexical

import (
	"fmt"
	"math"
	"slices"

	"zhuanhua"
	"zhuanhua/match/text"
)

// Options are fixed for the life of an index; a snapshot opens only with those it was made with.
type Options struct {
	Weights []int   // how often a term of field i is counted, 0 to 1,000; 0 leaves the field out
	K1      float64 // how slowly repetition stops paying, ≥ 0
	B       float64 // how much a long document is held back, 0 to 1

	// Tag is any further condition under which a snapshot is of use, such as the version of the
	// segmentation. A snapshot with another tag is refused. At most 4,096 bytes.
	Tag string
}

// The usual values of BM25 (Robertson and Zaragoza 2009, §3.5); they stand in when both K1 and B
// are zero.
const (
	defaultK1 = 1.2
	defaultB  = 0.75

	maxWeight = 1000
	maxFields = 64
	maxName   = 4096 // bytes of an id or tag: keeps all ids of a segment under 4 GiB
)

// Doc is one document to index.
type Doc struct {
	ID     string        // 1 to 4,096 bytes; the same id again replaces the document
	Fields [][]text.Term // terms by field number, at most as many fields as there are weights
}

// checked returns o with the usual values filled in and a copy of the weights, or what is wrong.
func (o Options) checked() (Options, error) {
	if o.K1 == 0 && o.B == 0 {
		o.K1, o.B = defaultK1, defaultB
	}
	const where, do = "lexical options", "mend the settings of the index"
	if !(o.K1 >= 0) || math.IsInf(o.K1, 0) || !(o.B >= 0 && o.B <= 1) {
		return o, zhuanhua.Invalid(where, fmt.Sprintf("K1 %v or B %v is out of range", o.K1, o.B), do)
	}
	if n := len(o.Weights); n == 0 || n > maxFields {
		return o, zhuanhua.Invalid(where, fmt.Sprintf("%d field weights are given, 1 to %d are wanted", n, maxFields), do)
	}
	for f, w := range o.Weights {
		if w < 0 || w > maxWeight {
			return o, zhuanhua.Invalid(where, fmt.Sprintf("the weight of field %d is %d, not 0 to %d", f, w, maxWeight), do)
		}
	}
	if len(o.Tag) > maxName {
		return o, zhuanhua.Invalid(where, fmt.Sprintf("the tag has more than %d bytes", maxName), do)
	}
	o.Weights = slices.Clone(o.Weights)
	return o, nil
}

// check says whether the index can take d.
func (o Options) check(d Doc) error {
	switch {
	case d.ID == "":
		return zhuanhua.Invalid("lexical index", "a document has no id", "give every document an id")
	case len(d.ID) > maxName:
		return zhuanhua.Invalid("document "+d.ID[:32]+"…",
			fmt.Sprintf("the id has %d bytes, more than %d", len(d.ID), maxName), "give it a shorter id")
	case len(d.Fields) > len(o.Weights):
		return zhuanhua.Invalid("document "+d.ID,
			fmt.Sprintf("it has %d fields, the index has weights for %d", len(d.Fields), len(o.Weights)),
			"leave out the further fields or weigh them")
	}
	return nil
}

// norm holds the part of the score that depends on a document's length: k1·(1 − b + b·dl/avgdl)
// is base + slope·dl.
type norm struct{ base, slope float32 }

// leastNorm keeps norms above 0, so that a frequency of 0 gives 0 and not 0/0.
const leastNorm = 1e-30

func (o Options) norm(avgLen float64) norm {
	n := norm{base: float32(max(o.K1*(1-o.B), leastNorm))}
	if avgLen > 0 {
		n.slope = float32(o.K1 * o.B / avgLen)
	}
	return n
}

// share is tf/(tf + norm) of a posting in a document of length dl: how much of its term's weight it
// earns, above 0 and below 1. The conversions forbid fused multiply-add, so that every path to a
// score gives the same bits on every processor.
func (n norm) share(tf, dl uint32) float32 {
	t := float32(tf)
	return t / (t + n.of(dl))
}

// of is the norm of a document of length dl.
func (n norm) of(dl uint32) float32 { return n.base + float32(n.slope*float32(dl)) }

// points is what a posting adds to the score of a document with this norm, for a term that can give
// at most weight points: at least one, so that whoever has a term of the query has a score.
func points(weight float32, tf uint32, norm float32) uint32 {
	t := float32(int32(tf))
	return uint32(int32(float32(weight*t)/(t+norm))) + 1
}
