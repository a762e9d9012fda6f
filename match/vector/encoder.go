// Package vector turns texts into vectors and finds the nearest ones.
//
// It holds the encoders (a model in this process, a server elsewhere), the tokenizer, the splitting
// of long texts into passages, int8 quantisation, a cache of vectors on disk and the exact index.
// What a similarity means beside other signs, and how it is explained, is decided in match.
package vector

import "context"

// Kind says what part a text plays in a search. Some models encode the two differently.
type Kind int

// The kinds of text.
const (
	KindPassage Kind = iota // a text that is searched
	KindQuery               // a text that searches
)

// Model names what made a vector.
type Model struct {
	Name     string // for people, such as "bge-small-zh-v1.5-int8"
	Revision string // changes whenever the vectors of the same texts would
	Dim      int    // values a vector
}

// Encoder turns texts into vectors of unit length whose dot product says how near their meanings
// are (cosine, −1 to 1).
//
// Encode keeps the order of texts; a text without any content gives a vector of zeros. Any string is
// a text: bytes that are not UTF-8 and control characters are skipped over, and what is longer than
// the model can read is cut. It may be called from many goroutines and returns early with ctx's
// error when ctx ends. The shared test TestEncoders holds every implementation to this.
type Encoder interface {
	Model() Model
	Encode(ctx context.Context, kind Kind, texts []string) ([][]float32, error)
	Close() error
}
