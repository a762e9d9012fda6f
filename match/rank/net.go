package rank

// Net is a small network: features, one layer of hidden units, and the features once more as they are.
// Its value orders documents for one need; only differences mean something.
type Net struct {
	Mean, Inverse Row       // what a feature is measured from, and 1 over what it is measured in; 0 leaves it out
	Linear        Row       // weights of the features as they are
	Hidden        int       // units
	In            []float32 // by feature, by unit
	Bias, Out     []float32 // by unit
}

// farthest is how many spreads from its mean a feature counts at most.
const farthest = 4

// Normal is the features as the network sees them.
func (n *Net) Normal(x, z *Row) {
	for i := range x {
		z[i] = min(max(float32(x[i]-n.Mean[i])*n.Inverse[i], -farthest), farthest)
	}
}

// Value is what the network says of a pair. The conversions forbid fused multiply-add, so that every
// processor gives the same bits; h is memory for the hidden units.
func (n *Net) Value(x *Row, h []float32) float32 {
	var z Row
	n.Normal(x, &z)
	return n.Forward(&z, h)
}

// Forward is Value of features that are normal already; it leaves the hidden units in h.
func (n *Net) Forward(z *Row, h []float32) float32 {
	h = h[:n.Hidden]
	copy(h, n.Bias)
	sum := float32(0)
	for f, v := range z {
		if v == 0 {
			continue
		}
		sum += float32(v * n.Linear[f])
		in := n.In[f*n.Hidden:][:len(h)]
		for i, w := range in {
			h[i] += float32(v * w)
		}
	}
	for i, v := range h {
		h[i] = tanh(v)
		sum += float32(h[i] * n.Out[i])
	}
	return sum
}

// tanh is the hyperbolic tangent to four places: its continued fraction, cut.
func tanh(x float32) float32 {
	if x > 4.9 {
		return 1
	}
	if x < -4.9 {
		return -1
	}
	s := float32(x * x)
	above := x * (135135 + float32(s*(17325+float32(s*(378+s)))))
	return float32(above) / (135135 + float32(s*(62370+float32(s*(3150+float32(28*s))))))
}

// Merge makes one network of several of the same features: its value is the mean of theirs.
func Merge(nets []*Net) *Net {
	out := &Net{Mean: nets[0].Mean, Inverse: nets[0].Inverse}
	for _, n := range nets {
		out.Hidden += n.Hidden
	}
	share := 1 / float32(len(nets))
	out.In = make([]float32, Features*out.Hidden)
	at := 0
	for _, n := range nets {
		for f := range n.Linear {
			out.Linear[f] += float32(n.Linear[f] * share)
			copy(out.In[f*out.Hidden+at:], n.In[f*n.Hidden:(f+1)*n.Hidden])
		}
		out.Bias = append(out.Bias, n.Bias...)
		for _, w := range n.Out {
			out.Out = append(out.Out, w*share)
		}
		at += n.Hidden
	}
	return out
}
