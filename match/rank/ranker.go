package rank

// Ranker judges pairs: with the signals of vectors, or with words alone.
type Ranker struct {
	Hybrid, Lexical Model
	Centre          []float32 // the mean vector of needs, of unit length
	Encoder         Stamp     // of the encoder that made the vectors
	Training        Training
}

// Model is a network and what its values mean.
type Model struct {
	Net    *Net
	Levels [Forms]Levels // by the form of the need
}

// Training says what a ranker was learned from.
type Training struct {
	Seed    uint64
	Needs   uint32
	Pairs   uint32
	Sets    uint32
	Nets    uint32 // averaged
	Epochs  uint32
	Version uint32 // of the way of learning
}

// Judged is what a model says of a pair.
type Judged struct {
	Value float32 // orders documents for one need
	Place float64 // see Levels
}

// Judge judges a pair of a need of a form by its features; h is memory of Net.Hidden numbers.
func (m *Model) Judge(x *Row, f Form, h []float32) Judged {
	v := m.Net.Value(x, h)
	return Judged{v, m.Levels[f].Place(v, x)}
}
