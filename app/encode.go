package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"

	"zhuanhua/match/vector"
	"zhuanhua/store"
)

// storedEncoder is an encoder that keeps the vectors of passages in the store, so that a text is
// encoded once, whichever record or index asks for it.
type storedEncoder struct {
	vector.Encoder
	store *store.Store
	write bool
}

// modelKey is the name under which the vectors of a model are kept.
func modelKey(enc vector.Encoder) string {
	if enc == nil {
		return "lexical"
	}
	return enc.Model().Name + " " + enc.Model().Revision
}

// textHash is the key of a passage's vector.
func textHash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Encode answers from the store what it can.
func (s storedEncoder) Encode(ctx context.Context, kind vector.Kind, texts []string) ([][]float32, error) {
	if kind != vector.KindPassage {
		return s.Encoder.Encode(ctx, kind, texts)
	}
	hashes := make([]string, len(texts))
	for i, t := range texts {
		hashes[i] = textHash(t)
	}
	known, err := s.store.Vectors(ctx, modelKey(s.Encoder), hashes)
	if err != nil {
		return nil, err
	}
	out := make([][]float32, len(texts))
	var missing []int
	for i, h := range hashes {
		if v, ok := unpackVec(known[h], s.Model().Dim); ok {
			out[i] = v.Float()
			continue
		}
		missing = append(missing, i)
	}
	if len(missing) == 0 {
		return out, nil
	}
	return out, s.encode(ctx, texts, hashes, missing, out)
}

// encode encodes the texts that are missing and keeps their vectors.
func (s storedEncoder) encode(ctx context.Context, texts, hashes []string, missing []int, out [][]float32) error {
	asked := make([]string, len(missing))
	for i, at := range missing {
		asked[i] = texts[at]
	}
	vecs, err := s.Encoder.Encode(ctx, vector.KindPassage, asked)
	if err != nil {
		return err
	}
	fresh := make(map[string][]byte, len(vecs))
	for i, at := range missing {
		out[at] = vecs[i]
		fresh[hashes[at]] = packVec(vector.Quantize(vecs[i]))
	}
	if !s.write {
		return nil
	}
	return s.store.PutVectors(ctx, modelKey(s.Encoder), fresh)
}

// packVec is a vector as bytes: the scale, then the values.
func packVec(v vector.Vec) []byte {
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(v.Q)), math.Float32bits(v.Scale))
	for _, q := range v.Q {
		b = append(b, byte(q))
	}
	return b
}

func unpackVec(b []byte, dim int) (vector.Vec, bool) {
	if len(b) != 4+dim {
		return vector.Vec{}, false
	}
	v := vector.Vec{Scale: math.Float32frombits(binary.LittleEndian.Uint32(b)), Q: make([]int8, dim)}
	for i, q := range b[4:] {
		v.Q[i] = int8(q)
	}
	return v, true
}
