package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"zhuanhua/match/vector"
	"zhuanhua/match/vector/parts"
)

// encoding tells how the vectors of the corpus came about, and what encoding a query costs.
type encoding struct {
	texts, fresh int // different texts, and those of them that the cache did not know
	took         time.Duration
	short, long  quantiles // of one query by itself
}

// encodeCorpus leaves a vector for each document and query in the work folder. That of a document
// is the mean of the vectors of its title and sentences.
func encodeCorpus(ctx context.Context, o options, c *corpus) (encoding, error) {
	enc, cache, err := openEncoder(o.cache)
	if err != nil {
		return encoding{}, err
	}
	defer enc.Close()
	defer cache.Close()
	e := encoding{texts: len(c.units), fresh: -cache.Len()}
	step("encoding %d titles and sentences (the cache knows %d texts)", len(c.units), cache.Len())
	begun := time.Now()
	units, err := vector.EncodeAll(ctx, enc, cache, vector.KindPassage, c.units, nil)
	if err != nil {
		return e, err
	}
	e.took, e.fresh = time.Since(begun), e.fresh+cache.Len()
	if err := writeVectors(o.work, docVectors, len(c.docs), func(i int) vector.Vec { return mean(units, c.docs[i].Units) }); err != nil {
		return e, err
	}
	step("encoding queries one by one")
	short, err := encodeQueries(ctx, enc, c.short)
	if err != nil {
		return e, err
	}
	long, err := encodeQueries(ctx, enc, c.long)
	if err != nil {
		return e, err
	}
	e.short, e.long = quantilesOf(short.times), quantilesOf(long.times)
	all := append(short.vecs, long.vecs...)
	return e, writeVectors(o.work, queryVectors, len(all), func(i int) vector.Vec { return all[i] })
}

// openEncoder opens the product's own encoder as the product does.
func openEncoder(dir string) (*vector.Local, *vector.Cache, error) {
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, nil, err
		}
		dir = filepath.Join(user, "zhuanhua", "bench")
	}
	model, err := parts.Model()
	if err != nil {
		return nil, nil, err
	}
	tokenizer, err := parts.Tokenizer()
	if err != nil {
		return nil, nil, err
	}
	lib, err := parts.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return nil, nil, err
	}
	path, err := vector.Unpack([]string{dir}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		return nil, nil, err
	}
	enc, err := vector.OpenLocal(vector.LocalOptions{Name: parts.ModelName, Model: model, Tokenizer: tokenizer, LibraryPath: path})
	if err != nil {
		return nil, nil, err
	}
	return enc, vector.OpenCache(dir, enc.Model()), nil
}

// mean is the mean of the unit vectors of some texts, made a unit vector again.
func mean(units []vector.Vec, of []int32) vector.Vec {
	sum := make([]float32, len(units[of[0]].Q))
	for _, u := range of {
		for i, x := range units[u].Float() {
			sum[i] += x
		}
	}
	length := 0.0
	for _, x := range sum {
		length += float64(x) * float64(x)
	}
	for i := range sum {
		sum[i] /= float32(math.Sqrt(max(length, math.SmallestNonzeroFloat32)))
	}
	return vector.Quantize(sum)
}

type encodedQueries struct {
	vecs  []vector.Vec
	times []time.Duration
}

// encodeQueries encodes each query by itself, as a search does.
func encodeQueries(ctx context.Context, enc *vector.Local, queries []query) (encodedQueries, error) {
	var out encodedQueries
	for _, q := range queries {
		begun := time.Now()
		v, err := enc.Encode(ctx, vector.KindQuery, []string{q.Text})
		if err != nil {
			return out, err
		}
		out.times = append(out.times, time.Since(begun))
		out.vecs = append(out.vecs, vector.Quantize(v[0]))
	}
	return out, nil
}

const (
	docVectors   = "docs.vec"
	queryVectors = "queries.vec"
)

// writeVectors writes vectors one after the other, a scale and the values each.
func writeVectors(work, name string, n int, vec func(i int) vector.Vec) error {
	f, err := os.Create(filepath.Join(work, name))
	if err != nil {
		return err
	}
	defer f.Close()
	return writeRecords(f, n, vec)
}

func (e encoding) String() string {
	source := "all from the cache"
	if e.fresh > 0 {
		source = fmt.Sprintf("%d of them encoded in this run in %.0f s, the rest from the cache", e.fresh, e.took.Seconds())
	}
	return fmt.Sprintf("a document's vector is the mean of the vectors of its title and sentences (%d different texts, %s)", e.texts, source)
}
