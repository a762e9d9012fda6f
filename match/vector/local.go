package vector

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"

	"zhuanhua"
)

// maxTokens is how many tokens of a text the model reads, its two marks included.
const maxTokens = 512

// Local is the encoder that runs a BERT model in this process through ONNX Runtime. The vector of a
// text is the model's output at its first token, [CLS], as bge models are trained to be used.
type Local struct {
	model  Model
	prefix string
	tokens *WordPiece
	ort    *ort
	jobs   chan struct{} // one place a run that may be under way
	mu     sync.RWMutex  // held for reading while encoding, for writing by Close
	closed bool
}

// LocalOptions says how a Local encoder is opened.
type LocalOptions struct {
	Name        string // what the model is called
	Model       []byte // the model in ONNX form; not needed after OpenLocal
	Tokenizer   []byte // the model's tokenizer.json
	LibraryPath string // the ONNX Runtime library, see Unpack
	Threads     int    // cores used at once; 0 means all
	QueryPrefix string // put before every query, as some models want it
	Lowercase   bool   // fold capitals and accents, whatever the tokenizer's file says
}

// libraryError says that the library cannot be used, whatever the model.
type libraryError struct{ err error }

func (e *libraryError) Error() string { return e.err.Error() }
func (e *libraryError) Unwrap() error { return e.err }

// OpenLocal opens the encoder. It fails with an error of kind unavailable, in one sentence for
// people, when the library cannot be loaded here or the model is damaged.
func OpenLocal(opt LocalOptions) (*Local, error) {
	tokens, err := NewWordPiece(opt.Tokenizer)
	if err != nil {
		return nil, err
	}
	if opt.Lowercase {
		tokens = tokens.Lower()
	}
	o, err := openORT(opt.LibraryPath, opt.Model)
	if err != nil {
		return nil, openError(opt, err)
	}
	if opt.Threads <= 0 {
		opt.Threads = runtime.GOMAXPROCS(0)
	}
	l := &Local{prefix: opt.QueryPrefix, tokens: tokens, ort: o, jobs: make(chan struct{}, opt.Threads)}
	l.model = Model{Name: opt.Name, Revision: revision(opt)}
	if err := l.probe(); err != nil {
		o.close()
		return nil, openError(opt, err)
	}
	return l, nil
}

func openError(opt LocalOptions, err error) error {
	if le := (*libraryError)(nil); errors.As(err, &le) {
		return zhuanhua.Unavailable("", "the runtime library of the embedding model cannot be loaded here",
			"put it on a disk that allows programs to run, or use a remote encoder", le.err)
	}
	return zhuanhua.Unavailable(opt.Name, "the embedding model is damaged or of another kind",
		"fetch the parts again with tools/fetch-parts", err)
}

// revision is a fingerprint of everything that the vectors depend on.
func revision(opt LocalOptions) string {
	h := sha256.New()
	for _, b := range [][]byte{opt.Model, opt.Tokenizer, []byte(opt.QueryPrefix)} {
		sum := sha256.Sum256(b)
		h.Write(sum[:])
	}
	fmt.Fprintf(h, "%v %d cls", opt.Lowercase, maxTokens)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// probe encodes one word, to learn the dimension and to find a wrong model now rather than later.
func (l *Local) probe() error {
	for _, name := range l.ort.inputs {
		if name != "input_ids" && name != "attention_mask" && name != "token_type_ids" {
			return fmt.Errorf("it has an input %q, which BERT models do not", name)
		}
	}
	vec, err := l.run(l.tokens.Encode(nil, "试", maxTokens))
	if err != nil {
		return err
	}
	l.model.Dim = len(vec)
	return nil
}

// Model returns the name, revision and dimension.
func (l *Local) Model() Model { return l.model }

// Close frees the model after the calls of Encode that are under way.
func (l *Local) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		l.ort.close()
	}
	return nil
}

// Encode implements Encoder. It uses as many cores as the options allow, over all its callers.
//
// Each text goes through the model by itself: nothing is padded, which is the fastest way measured
// for texts of the length of an abstract, and the int8 model, which scales its activations to what
// it is given at once, cannot let one text change the vector of another.
func (l *Local) Encode(ctx context.Context, kind Kind, texts []string) ([][]float32, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, fmt.Errorf("vector: the encoder is closed: %w", io.ErrClosedPipe)
	}
	order, ids := l.tokenize(kind, texts)
	vecs := make([][]float32, len(texts))
	err := parallel(ctx, cap(l.jobs), len(texts), func(n int) (err error) {
		select {
		case l.jobs <- struct{}{}:
			defer func() { <-l.jobs }()
		case <-ctx.Done():
			return ctx.Err()
		}
		i := order[n]
		if len(ids[i]) == 2 {
			vecs[i] = make([]float32, l.model.Dim)
			return nil
		}
		vecs[i], err = l.run(ids[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	return vecs, nil
}

// tokenize gives the tokens of every text and the order to encode them in: the longest first, so
// that the cores finish together.
func (l *Local) tokenize(kind Kind, texts []string) (order []int, ids [][]int32) {
	order, ids = make([]int, len(texts)), make([][]int32, len(texts))
	for i, text := range texts {
		order[i] = i
		ids[i] = l.tokens.Encode(nil, text, maxTokens)
		if kind == KindQuery && l.prefix != "" && len(ids[i]) > 2 {
			ids[i] = l.tokens.Encode(ids[i][:0], l.prefix+text, maxTokens)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(ids[b]), len(ids[a])) })
	return order, ids
}

// run puts one text through the model.
func (l *Local) run(ids []int32) ([]float32, error) {
	var vec []float32
	err := l.ort.run(l.inputs(ids), 1, len(ids), func(data []float32, shape []int64) error {
		if len(shape) != 3 || shape[0] != 1 || shape[1] != int64(len(ids)) || shape[2] < 1 {
			return fmt.Errorf("the model's output has the shape %v", shape)
		}
		vec = slices.Clone(data[:shape[2]])
		normalize(vec)
		return nil
	})
	return vec, err
}

// inputs lays the tokens out as the model's inputs, in the model's order.
func (l *Local) inputs(ids []int32) [][]int64 {
	all := make([]int64, len(ids)*len(l.ort.inputs))
	inputs := make([][]int64, len(l.ort.inputs))
	for i, name := range l.ort.inputs {
		in := all[i*len(ids) : (i+1)*len(ids)]
		for c, id := range ids {
			switch name {
			case "input_ids":
				in[c] = int64(id)
			case "attention_mask":
				in[c] = 1
			}
		}
		inputs[i] = in
	}
	return inputs
}

// normalize scales a vector to unit length. One without a direction becomes zeros.
func normalize(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 || math.IsNaN(sum) || math.IsInf(sum, 0) {
		clear(v)
		return
	}
	f := 1 / math.Sqrt(sum)
	for i, x := range v {
		v[i] = float32(float64(x) * f)
	}
}

// parallel calls do for 0 to n−1 on up to width goroutines until one fails or ctx ends, and returns
// the first error. A panic in do becomes an error.
func parallel(ctx context.Context, width, n int, do func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(width, n) {
		wg.Go(func() {
			for i := range next {
				if err := guarded(i, do); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

func guarded(i int, do func(i int) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("vector: %v", r)
		}
	}()
	return do(i)
}
