package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/store"
)

const indexExamples = `  zhuanhua index --data data
  zhuanhua index verify --data data
`

func runIndex(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "index", "index [verify] --data DIR | --database URL [flags]\n\nMakes the search index again from the records; texts that were encoded are not encoded again.\nindex verify shows that nothing is missing and nothing stale.", indexExamples)
	r := addRecordFlags(f)
	engine := addEngineFlags(f)
	encode := f.Bool("encode-again", false, "encode every text again")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 1 || len(rest) == 1 && rest[0] != "verify" {
		return errUsage{fmt.Errorf("index takes no argument but verify")}
	}
	if io.server != nil {
		return r.indexServed(ctx, io, len(rest) == 1, *encode)
	}
	o, err := r.options(io)
	if err != nil {
		return err
	}
	if there, err := forward(ctx, io, o.Dir, "index", args); there {
		return err
	}
	enc, err := engine.optional(ctx, io)
	if err != nil {
		return err
	}
	defer closeEncoder(enc)
	x := app.IndexOptions{Dir: indexDir(o.Dir), Encoder: enc, Progress: progress(io, "语义编码"), Notice: notUsed(io)}
	if len(rest) == 1 {
		return r.reading(ctx, io, func(s *store.Store) error {
			c, err := app.VerifyIndex(ctx, s, x)
			if err != nil {
				return err
			}
			return r.indexFound(io, c)
		})
	}
	x.Write = true
	if r.database == "" { // a mistyped name must not make records
		if _, err := os.Stat(o.Dir); err != nil {
			return &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: o.Dir, What: "there are no records here", Do: "name the data directory with --data, or import a file first"}
		}
	}
	return r.writing(ctx, io, "index", args, func(ctx context.Context, s *store.Store) error {
		index, err := app.OpenIndex(ctx, s, x)
		if err != nil {
			return err
		}
		return r.rebuild(ctx, io, index, *encode)
	})
}

func (r *recordFlags) rebuild(ctx context.Context, io stdio, x *app.Index, encode bool) error {
	n, err := x.Rebuild(ctx, encode)
	if err != nil {
		return err
	}
	return r.print(io, map[string]int{"indexed": n}, func() { fmt.Fprintf(io.out, "已重建索引 index made again: %d 条\n", n) })
}

// indexServed is index for the server's own index.
func (r *recordFlags) indexServed(ctx context.Context, io stdio, verify, encode bool) error {
	x := io.server.indexNow()
	if x == nil {
		return zhuanhua.Unavailable("", "the server is still opening its index", "try again in a moment", nil)
	}
	if !verify {
		return r.rebuild(ctx, io, x, encode)
	}
	c, err := x.Verify(ctx)
	if err != nil {
		return err
	}
	return r.indexFound(io, c)
}

func (r *recordFlags) indexFound(io stdio, c app.IndexChecked) error {
	if c.Findings == nil {
		c.Findings = []store.Finding{}
	}
	err := r.print(io, c, func() {
		printFindings(io, c.Findings)
		fmt.Fprintf(io.out, "索引 index: %d 条记录，%d 个向量，%d 处问题\n", c.Records, c.Vectors, len(c.Findings))
	})
	if err == nil && len(c.Findings) > 0 {
		err = zhuanhua.Invalid("", fmt.Sprintf("the index has %d findings", len(c.Findings)), "make it again with zhuanhua index, or let zhuanhua serve catch up")
	}
	return err
}

// mostFindings is how many findings are printed without --json.
const mostFindings = 50

func printFindings(io stdio, list []store.Finding) {
	for i, f := range list {
		if i == mostFindings {
			fmt.Fprintf(io.out, "… and %d more; --json shows all\n", len(list)-i)
			return
		}
		fmt.Fprintf(io.out, "%s: %s: %s\n", f.Kind, f.Where, f.What)
	}
}

const verifyExamples = `  zhuanhua verify --data data
  zhuanhua verify --data data --json
`

func runVerify(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "verify", "verify --data DIR | --database URL [flags]\n\nThe exit code is not 0 when anything is found.", verifyExamples)
	r := addRecordFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errUsage{fmt.Errorf("verify takes no arguments besides flags")}
	}
	return r.reading(ctx, io, func(s *store.Store) error {
		v, err := s.Verify(ctx)
		if err != nil {
			return err
		}
		if v.Findings == nil {
			v.Findings = []store.Finding{}
		}
		err = r.print(io, map[string]any{"events": v.Events, "rows": v.Rows, "seals": v.Seals, "attachments": v.Attachments, "findings": v.Findings}, func() {
			printFindings(io, v.Findings)
			fmt.Fprintf(io.out, "已核验 verified: 事件 %d，记录 %d，封存 %d，附件 %d，问题 %d\n", v.Events, v.Rows, v.Seals, v.Attachments, len(v.Findings))
		})
		if err == nil && len(v.Findings) > 0 {
			err = zhuanhua.Invalid("", fmt.Sprintf("the records have %d findings", len(v.Findings)), "stop writing to them, keep a copy, and restore a backup from before")
		}
		return err
	})
}

const backupExamples = `  zhuanhua backup 备份.age --data data        # to this user's own backup key
  ZHUANHUA_PASSPHRASE=… zhuanhua backup 备份.age --data data
  zhuanhua backup 备份.age --data data --recipient age1…
`

// several collects a flag that may come more than once.
type several []string

// String is for the flag package.
func (s *several) String() string { return strings.Join(*s, ",") }

// Set adds a value.
func (s *several) Set(v string) error { *s = append(*s, v); return nil }

func runBackup(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "backup", "backup FILE --data DIR | --database URL [flags]\n\nWrites records, log, seals, keys and attachments to one file encrypted with age, while others write.", backupExamples)
	r := addRecordFlags(f)
	pass := f.String("passphrase-file", "", "`FILE` with the passphrase (default: env ZHUANHUA_PASSPHRASE, else the user's own backup key; env ZHUANHUA_BACKUP_KEY names its file)")
	var to several
	f.Var(&to, "recipient", "age `recipient` who may open it, in place of a passphrase; may be repeated")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return errUsage{fmt.Errorf("backup needs one file to write")}
	}
	lock := store.Lock{Recipients: to}
	if len(to) == 0 {
		if lock.Passphrase, err = secret(io, *pass); err != nil {
			return err
		}
		if lock.Passphrase == "" {
			if lock.Recipients, err = ownLock(io); err != nil {
				return err
			}
		}
	}
	return r.reading(ctx, io, func(s *store.Store) error {
		if err := s.Backup(ctx, io.path(rest[0]), lock); err != nil {
			return err
		}
		info, err := os.Stat(io.path(rest[0]))
		if err != nil {
			return cannotWrite(rest[0], err)
		}
		return r.print(io, map[string]any{"file": rest[0], "bytes": info.Size()}, func() { fmt.Fprintf(io.out, "已备份 backed up: %s（%d 字节）\n", rest[0], info.Size()) })
	})
}

const restoreExamples = `  zhuanhua restore 备份.age --data data2      # with this user's own backup key
  ZHUANHUA_PASSPHRASE=… zhuanhua restore 备份.age --data data2
  zhuanhua restore 备份.age --identity key.txt --database postgres://… --data data2
`

func runRestore(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "restore", "restore FILE --data DIR | --database URL [flags]\n\nRefuses where records are already, and verifies before the records can be opened.", restoreExamples)
	r := addRecordFlags(f)
	pass := f.String("passphrase-file", "", "`FILE` with the passphrase (default: env ZHUANHUA_PASSPHRASE, else the user's own backup key; env ZHUANHUA_BACKUP_KEY names its file)")
	identity := f.String("identity", "", "`FILE` with age identities, in place of a passphrase")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return errUsage{fmt.Errorf("restore needs one backup to read")}
	}
	o, err := r.options(io)
	if err != nil {
		return err
	}
	var key store.Key
	if *identity != "" {
		b, err := os.ReadFile(io.path(*identity))
		if err != nil {
			return zhuanhua.Unavailable(*identity, "the file of identities cannot be read", "check the path and its permissions", err)
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				key.Identities = append(key.Identities, line)
			}
		}
	} else if key.Passphrase, err = secret(io, *pass); err != nil {
		return err
	}
	if key.Passphrase == "" && len(key.Identities) == 0 {
		own, _, _, err := backupKey(false)
		if err != nil {
			return err
		}
		key.Identities = []string{own.String()}
	}
	if err := store.Restore(ctx, io.path(rest[0]), key, o); err != nil {
		return err
	}
	return r.print(io, map[string]string{"restored": o.Dir}, func() { fmt.Fprintln(io.out, "已恢复 restored:", o.Dir) })
}

const doctorExamples = `  zhuanhua doctor --data data
`

// health is what doctor shows.
type health struct {
	Version  string                  `json:"version"`
	Data     string                  `json:"data"`
	Database string                  `json:"database"`
	Schema   int64                   `json:"schema"`
	Server   bool                    `json:"server"`
	Records  map[zhuanhua.Noun]int64 `json:"records"`
	Events   int64                   `json:"events"`
	Seals    int                     `json:"seals"`
	SealKey  string                  `json:"seal_key"`
	Model    string                  `json:"model"` // "" when the encoder is not there
	Advice   []string                `json:"advice"`
}

func runDoctor(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "doctor", "doctor --data DIR | --database URL [flags]", doctorExamples)
	r := addRecordFlags(f)
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errUsage{fmt.Errorf("doctor takes no arguments besides flags")}
	}
	dir, err := r.dir(io)
	if err != nil {
		return err
	}
	return r.reading(ctx, io, func(s *store.Store) error {
		info, err := s.Info(ctx)
		if err != nil {
			return err
		}
		h := health{Version: version, Data: dir, Database: info.Database, Schema: info.Schema, Records: info.Records, Events: info.Events,
			Seals: info.Seals, SealKey: info.SealKey, Server: answers(dir), Advice: []string{}}
		enc, err := engine.optional(ctx, io)
		if err != nil {
			return err
		}
		defer closeEncoder(enc)
		if enc != nil {
			h.Model = enc.Model().Name
		} else {
			h.Advice = append(h.Advice, "the encoder does not run here: matching is by words alone")
		}
		waiting, err := app.Waiting(ctx, s, enc)
		if err != nil {
			return err
		}
		if waiting > 0 {
			h.Advice = append(h.Advice, fmt.Sprintf("%d records are not in the index yet: run zhuanhua index, or zhuanhua serve", waiting))
		}
		if mode, err := os.Stat(dir); err == nil && mode.Mode().Perm()&0o077 != 0 {
			h.Advice = append(h.Advice, "others on this machine may read the data directory: chmod 700 it")
		}
		return r.print(io, h, func() { h.print(io) })
	})
}

func (h *health) print(io stdio) {
	fmt.Fprintf(io.out, "版本 version    %s\n目录 data       %s\n数据库 database %s，结构 schema %d\n服务 server     %v\n事件 events     %d，封存 seals %d\n", h.Version, h.Data, h.Database, h.Schema, h.Server, h.Events, h.Seals)
	var nouns []string
	for n, c := range h.Records {
		nouns = append(nouns, fmt.Sprintf("%s %d", n, c))
	}
	slices.Sort(nouns)
	fmt.Fprintf(io.out, "记录 records    %s\n模型 model      %s\n", strings.Join(nouns, "，"), h.Model)
	for _, a := range h.Advice {
		fmt.Fprintln(io.out, "注意 advice:", a)
	}
}

// answers reports whether a server listens in a data directory.
func answers(dir string) bool {
	path := filepath.Join(dir, socketFile)
	if at, err := os.Readlink(path); err == nil {
		path = at
	}
	conn, err := net.Dial("unix", path)
	if err != nil {
		return false
	}
	return errors.Join(conn.Close()) == nil
}
