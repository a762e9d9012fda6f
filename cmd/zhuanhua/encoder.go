package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"zhuanhua"
	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/rank"
	"zhuanhua/match/vector"
	"zhuanhua/match/vector/parts"
)

// engineFlags are the settings of the engine that every command takes: defaults, then the
// environment, then flags.
type engineFlags struct {
	mode      string
	model     string
	cache     string
	remoteURL string
	remote    string
	key       string
	ranker    string
}

func addEngineFlags(f *flag.FlagSet) *engineFlags {
	s := &engineFlags{key: os.Getenv("ZHUANHUA_EMBEDDINGS_KEY")}
	f.StringVar(&s.mode, "mode", "", "ranking by lexical, dense or hybrid signals (default hybrid where the encoder runs, else lexical)")
	f.StringVar(&s.model, "model", "", "ONNX `FILE` of a BERT model to use instead of the embedded one; it must have the embedded model's tokenizer")
	f.StringVar(&s.ranker, "ranker", "", "`FILE` of ranking weights made by learn ranker instead of the program's own, or none: the fused value of both signals decides")
	f.StringVar(&s.cache, "cache", os.Getenv("ZHUANHUA_CACHE"), "`DIR` for the unpacked runtime library and cached vectors (default: the user's cache; env ZHUANHUA_CACHE)")
	f.StringVar(&s.remoteURL, "embeddings", os.Getenv("ZHUANHUA_EMBEDDINGS"), "base `URL` of an OpenAI-compatible embeddings service to use instead of the embedded model (env ZHUANHUA_EMBEDDINGS; key in ZHUANHUA_EMBEDDINGS_KEY)")
	f.StringVar(&s.remote, "embeddings-model", os.Getenv("ZHUANHUA_EMBEDDINGS_MODEL"), "`name` of the model at that service")
	return s
}

// cacheDir is the directory for what can be made again, "" where there is none.
func (s *engineFlags) cacheDir() string {
	if s.cache != "" {
		return s.cache
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "zhuanhua")
}

// open makes an engine with the encoder that the settings ask for. Without a usable encoder it says
// so in one sentence and goes on lexically, unless the mode was asked for by name.
func (s *engineFlags) open(ctx context.Context, io stdio) (*match.Engine, func(), error) {
	opt, closeAll, err := s.options(ctx, io)
	if err != nil {
		return nil, nil, err
	}
	e, err := match.New(opt)
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return e, closeAll, nil
}

// options are those of an engine as open makes it.
func (s *engineFlags) options(ctx context.Context, io stdio) (match.Options, func(), error) {
	switch match.Mode(s.mode) {
	case "", match.Lexical, match.Dense, match.Hybrid:
	default:
		return match.Options{}, nil, errUsage{fmt.Errorf("--mode %q is not one of lexical, dense, hybrid", s.mode)}
	}
	opt := match.Options{Mode: match.Mode(s.mode), RegionName: intake.RegionName}
	closeAll := func() {}
	if err := s.readRanker(io, &opt); err != nil {
		return opt, nil, err
	}
	if opt.Mode != match.Lexical {
		enc, err := s.encoder(ctx)
		if err != nil {
			if s.mode != "" || s.remoteURL != "" || s.model != "" {
				return opt, nil, err
			}
			fmt.Fprintf(io.err, "只用词面匹配（语义模型不可用）: going on with lexical matching only: %v\n", err)
			opt.Mode = match.Lexical
		} else {
			cache := s.openCache(io, enc)
			opt.Encoder, opt.Cache, opt.Progress = enc, cache, progress(io, "语义编码")
			closeAll = func() { cache.Close(); enc.Close() }
		}
	}
	return opt, closeAll, nil
}

// readRanker reads the weights that were asked for.
func (s *engineFlags) readRanker(io stdio, opt *match.Options) error {
	switch s.ranker {
	case "":
		return nil
	case "none":
		opt.Plain = true
		return nil
	}
	data, err := os.ReadFile(io.path(s.ranker))
	if err != nil {
		return zhuanhua.Unavailable(s.ranker, "the ranking weights cannot be read", "check the path and its permissions", err)
	}
	opt.Ranker, err = rank.Read(s.ranker, data)
	return err
}

func (s *engineFlags) encoder(ctx context.Context) (vector.Encoder, error) {
	if s.remoteURL != "" {
		return vector.OpenRemote(ctx, vector.RemoteOptions{BaseURL: s.remoteURL, Model: s.remote, Key: s.key})
	}
	lib, err := parts.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		return nil, err
	}
	name, model, err := s.onnx()
	if err != nil {
		return nil, err
	}
	tokenizer, err := parts.Tokenizer()
	if err != nil {
		return nil, err
	}
	dir := s.cacheDir()
	if dir == "" {
		return nil, zhuanhua.Unavailable("runtime library", "no directory to unpack it to: neither a home nor a cache directory is set", "name one with --cache DIR", nil)
	}
	// A folder of its own inside, which only its owner can write to: the cache directory may be shared.
	path, err := vector.Unpack([]string{filepath.Join(dir, "runtime")}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		return nil, err
	}
	// Capitals are folded although the tokenizer's file does not: LED, MPa and H2O are then known words
	// instead of [UNK], and every evaluation set ranks the same or better (docs/quality.md).
	return vector.OpenLocal(vector.LocalOptions{Name: name, Model: model, Tokenizer: tokenizer, LibraryPath: path, Lowercase: true})
}

// onnx is the model that runs in this process.
func (s *engineFlags) onnx() (name string, model []byte, err error) {
	if s.model == "" {
		model, err = parts.Model()
		return parts.ModelName, model, err
	}
	model, err = os.ReadFile(s.model)
	if err != nil {
		return "", nil, zhuanhua.Unavailable(s.model, "the model cannot be read", "check the path and its permissions", err)
	}
	return filepath.Base(s.model), model, nil
}

// openCache opens the vector cache of an encoder; where that fails, vectors live in memory alone.
func (s *engineFlags) openCache(io stdio, enc vector.Encoder) *vector.Cache {
	c := vector.OpenCache(s.cacheDir(), enc.Model())
	if err := c.Trouble(); err != nil {
		fmt.Fprintf(io.err, "向量不缓存 vectors are not kept for the next run: %v\n", err)
	}
	return c
}
