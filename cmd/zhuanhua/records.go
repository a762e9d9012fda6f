package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/match/vector"
	"zhuanhua/store"
)

// recordFlags say where the records are; every command on records takes them.
type recordFlags struct {
	data, database string
	at             string
	json           bool
}

func addRecordFlags(f *flag.FlagSet) *recordFlags {
	r := &recordFlags{}
	f.StringVar(&r.data, "data", os.Getenv("ZHUANHUA_DATA"), "data `DIR` with the records (env ZHUANHUA_DATA)")
	f.StringVar(&r.database, "database", os.Getenv("ZHUANHUA_DATABASE"), "PostgreSQL `URL` with the records; keys, seals and attachments stay in the data directory (env ZHUANHUA_DATABASE)")
	f.StringVar(&r.at, "at", "", "rehearse: the `time` at which this happens, 2026-03-02T09:00 in Beijing, in a data directory of its own (env ZHUANHUA_AT)")
	f.BoolVar(&r.json, "json", false, "print JSON")
	return r
}

// timed is a context with the time that was set, and that time; "" where the clock's holds. The
// environment of a server is not that of who sends it a command.
func (r *recordFlags) timed(ctx context.Context, io stdio) (context.Context, string, error) {
	set := r.at
	if set == "" && io.server == nil {
		set = os.Getenv("ZHUANHUA_AT")
	}
	if set == "" && io.server != nil {
		return io.server.portal.timed(ctx), "", nil
	}
	if set == "" {
		return ctx, "", nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, set, zhuanhua.Shanghai()); err == nil {
			return store.At(ctx, t), set, nil
		}
	}
	t, err := time.Parse(time.RFC3339, set)
	if err != nil {
		return ctx, "", errUsage{fmt.Errorf("--at %q is no time; write it as 2026-03-02T09:00", set)}
	}
	return store.At(ctx, t), set, nil
}

// dir is the data directory. Records on PostgreSQL have one in the user's home unless another is named.
func (r *recordFlags) dir(io stdio) (string, error) {
	if r.data != "" {
		return io.path(r.data), nil
	}
	if r.database == "" {
		return "", errUsage{fmt.Errorf("it is not said where the records are; name a directory with --data DIR, or a database with --database URL")}
	}
	u, err := url.Parse(r.database)
	home, homeErr := os.UserHomeDir()
	if err != nil || homeErr != nil {
		return "", errUsage{fmt.Errorf("--database needs --data DIR too, for keys, seals and attachments")}
	}
	sum := sha256.Sum256([]byte(u.Host + u.Path))
	return filepath.Join(home, ".local", "share", "zhuanhua", fmt.Sprintf("%x", sum[:6])), nil
}

func (r *recordFlags) options(io stdio) (store.Options, error) {
	dir, err := r.dir(io)
	return store.Options{Dir: dir, URL: r.database}, err
}

// reading opens the records beside whoever writes them.
func (r *recordFlags) reading(ctx context.Context, io stdio, do func(*store.Store) error) error {
	if io.server != nil {
		return do(io.server.store)
	}
	o, err := r.options(io)
	if err != nil {
		return err
	}
	o.ReadOnly = true
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	return do(s)
}

// writing does something to the records: through the server that has them open, else by itself.
func (r *recordFlags) writing(ctx context.Context, io stdio, command string, args []string, do func(context.Context, *store.Store) error) error {
	ctx, at, err := r.timed(ctx, io)
	if err != nil {
		return err
	}
	inTime := func(s *store.Store) error {
		if err := app.New(s).CheckClock(ctx); err != nil && command != "index" { // an index has no time
			return err
		}
		return do(ctx, s)
	}
	if io.server != nil {
		return inTime(io.server.store)
	}
	o, err := r.options(io)
	if err != nil {
		return err
	}
	if at != "" {
		args = append([]string{"--at", at}, args...)
	}
	if there, err := forward(ctx, io, o.Dir, command, args); there {
		return err
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	err = inTime(s)
	if closeErr := s.Close(); err == nil {
		err = closeErr
	}
	return err
}

// named reports whether records are named at all.
func (r *recordFlags) named() bool { return r.data != "" || r.database != "" }

// achievements reads a file, or without one the records.
func (r *recordFlags) achievements(ctx context.Context, io stdio, path string, opt intake.Options) (rows []intake.Achievement, err error) {
	if path != "" {
		return readAchievements(io, path, opt)
	}
	err = r.reading(ctx, io, func(s *store.Store) (err error) {
		rows, err = app.New(s).Achievements(ctx)
		return err
	})
	return rows, err
}

// needs reads a file, or without one the records.
func (r *recordFlags) needs(ctx context.Context, io stdio, path string, opt intake.Options) (rows []intake.Need, err error) {
	if path != "" {
		return readNeeds(io, path, opt)
	}
	err = r.reading(ctx, io, func(s *store.Store) (err error) {
		rows, err = app.New(s).Needs(ctx)
		return err
	})
	return rows, err
}

// actor is who does it, as the log names them.
func actor(name string) string {
	if name != "" {
		return name
	}
	if u, err := user.Current(); err == nil && zhuanhua.CheckID(u.Username) == "" {
		return "cli:" + u.Username
	}
	return "cli"
}

func addActor(f *flag.FlagSet) *string {
	return f.String("actor", "", "`name` under which the log keeps this (default: the user of this machine)")
}

// print writes v as JSON, or lets plain do it.
func (r *recordFlags) print(io stdio, v any, plain func()) error {
	if !r.json {
		plain()
		return nil
	}
	enc := json.NewEncoder(io.out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// nounFlag reads a kind of record, also in the plural.
func nounFlag(s string) (zhuanhua.Noun, error) {
	if s == "" {
		return "", nil
	}
	var names []string
	for _, n := range zhuanhua.Nouns() {
		if s == string(n) || s == string(n)+"s" {
			return n, nil
		}
		names = append(names, string(n))
	}
	return "", errUsage{fmt.Errorf("--kind %q is not one of %s", s, strings.Join(names, ", "))}
}

// optional is the encoder where it runs and is wanted; without it the index is of words alone.
func (s *engineFlags) optional(ctx context.Context, io stdio) (vector.Encoder, error) {
	switch s.mode {
	case "lexical":
		return nil, nil
	case "", "dense", "hybrid":
	default:
		return nil, errUsage{fmt.Errorf("--mode %q is not one of lexical, dense, hybrid", s.mode)}
	}
	enc, err := s.encoder(ctx)
	if err == nil {
		return enc, nil
	}
	if s.mode != "" || s.remoteURL != "" || s.model != "" {
		return nil, err
	}
	fmt.Fprintf(io.err, "只用词面匹配（语义模型不可用）: going on with lexical matching only: %v\n", err)
	return nil, nil
}

func closeEncoder(enc vector.Encoder) {
	if enc != nil {
		_ = enc.Close() // nothing of it is kept
	}
}
