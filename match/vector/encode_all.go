package vector

import (
	"context"
	"fmt"
	"slices"
)

// encodeBatch is how many texts are encoded between two writes to the cache: about a second's work.
const encodeBatch = 64

// EncodeAll encodes texts, each different one once and only those that the cache does not know, and
// returns their vectors in the order of texts. What is done goes to the cache batch by batch, so
// that a call that was interrupted goes on where it was. progress, if not nil, is told how many of
// the texts are done, first those that were known. A nil cache remembers nothing.
func EncodeAll(ctx context.Context, enc Encoder, cache *Cache, kind Kind, texts []string, progress func(done, total int)) ([]Vec, error) {
	if cache == nil {
		cache = OpenCache("", enc.Model())
	}
	if cache.Model() != enc.Model() {
		return nil, fmt.Errorf("vector: the cache is for %s, the encoder is %s", cache.Model().Name, enc.Model().Name)
	}
	t := &encodeTask{cache: cache, kind: kind, vecs: make([]Vec, len(texts)), places: map[cacheKey][]int{}, progress: progress}
	missing := t.lookUp(texts)
	t.report()
	// Texts of like length together, the longest first: the cores of a batch finish together, and
	// the time that is left is soon told too long rather than too short.
	slices.SortStableFunc(missing, func(a, b int) int { return len(texts[b]) - len(texts[a]) })
	for batch := range slices.Chunk(missing, encodeBatch) {
		if err := t.encode(ctx, enc, texts, batch); err != nil {
			return nil, err
		}
		t.report()
	}
	return t.vecs, nil
}

// encodeTask is one call of EncodeAll under way.
type encodeTask struct {
	cache    *Cache
	kind     Kind
	vecs     []Vec
	places   map[cacheKey][]int // where the vector of a missing text goes
	done     int
	progress func(done, total int)
}

// lookUp fills in what the cache knows and returns one place of each different text that it does not.
func (t *encodeTask) lookUp(texts []string) []int {
	var missing []int
	for i, text := range texts {
		key := t.cache.key(t.kind, text)
		if places := t.places[key]; places != nil {
			t.places[key] = append(places, i)
			continue
		}
		if v, ok := t.cache.get(key); ok {
			t.vecs[i] = v
			t.done++
			continue
		}
		t.places[key] = []int{i}
		missing = append(missing, i)
	}
	return missing
}

func (t *encodeTask) encode(ctx context.Context, enc Encoder, texts []string, batch []int) error {
	in := make([]string, len(batch))
	for i, at := range batch {
		in[i] = texts[at]
	}
	out, err := enc.Encode(ctx, t.kind, in)
	if err != nil {
		return err
	}
	if len(out) != len(in) {
		return fmt.Errorf("vector: %s gave %d vectors for %d texts", enc.Model().Name, len(out), len(in))
	}
	keys, vecs := make([]cacheKey, len(batch)), make([]Vec, len(batch))
	for i, v := range out {
		if len(v) != enc.Model().Dim {
			return dimError(len(v), enc.Model())
		}
		keys[i], vecs[i] = t.cache.key(t.kind, in[i]), Quantize(v)
		for _, at := range t.places[keys[i]] {
			t.vecs[at] = vecs[i]
			t.done++
		}
	}
	t.cache.put(keys, vecs)
	return nil
}

func (t *encodeTask) report() {
	if t.progress != nil {
		t.progress(t.done, len(t.vecs))
	}
}
