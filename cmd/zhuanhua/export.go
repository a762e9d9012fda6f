package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake/write"
	"zhuanhua/match/family"
	"zhuanhua/store"
)

const exportExamples = `  zhuanhua export achievements.jsonl --data data
  zhuanhua export 成果.xlsx --data data
  zhuanhua export out.csv --kind contract --data data
`

func runExport(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "export", "export FILE --data DIR | --database URL [flags]\n\nThe name of the file says the format (csv, xlsx, jsonl) and, without --kind, the records.", exportExamples)
	r := addRecordFlags(f)
	kind := f.String("kind", "", "which records: `achievement|need|organisation|person|contract`")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	noun, format, err := target(rest, *kind)
	if err != nil {
		return err
	}
	return r.reading(ctx, io, func(s *store.Store) error {
		n := 0
		err := writeFile(io.path(rest[0]), true, func(w writer) (err error) {
			n, err = app.New(s).Export(ctx, w, format, noun)
			return err
		})
		if err != nil {
			return err
		}
		return r.print(io, map[string]any{"file": rest[0], "kind": noun, "records": n}, func() {
			fmt.Fprintf(io.out, "%s：%s %d 条\n", rest[0], noun, n)
		})
	})
}

// target tells from the arguments what is to be written.
func target(rest []string, kind string) (zhuanhua.Noun, write.Format, error) {
	if len(rest) != 1 {
		return "", "", errUsage{fmt.Errorf("name one file to write, such as achievements.xlsx")}
	}
	noun, err := nounFlag(kind)
	if err != nil {
		return "", "", err
	}
	if noun == "" {
		noun = write.NounOf(rest[0])
	}
	format, ok := write.FormatOf(rest[0])
	switch {
	case !ok:
		return "", "", errUsage{fmt.Errorf("%s: the name ends in none of .csv, .xlsx, .jsonl", rest[0])}
	case noun == "":
		return "", "", errUsage{fmt.Errorf("%s: the name does not say which records; add --kind achievement|need|organisation|person|contract", rest[0])}
	}
	return noun, format, nil
}

// writer is io.Writer under a name that the parameter io does not hide.
type writer = io.Writer

// writeFile lets fill write a file that appears whole or not at all.
func writeFile(path string, replace bool, fill func(writer) error) error {
	if _, err := os.Lstat(path); err == nil && !replace {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: path, What: "the file is there already", Do: "name another, or remove it first"}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".zhuanhua-*")
	if err != nil {
		return cannotWrite(path, err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	err = fill(f)
	var known *zhuanhua.Error
	if errors.As(err, &known) || errors.Is(err, context.Canceled) {
		_ = f.Close() // it is removed
		return err
	}
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

const templateExamples = `  zhuanhua template achievements.xlsx
  zhuanhua template 填报.xlsx --kind contract
`

func runTemplate(_ context.Context, io stdio, args []string) error {
	f := newFlags(io, "template", "template FILE.xlsx [flags]\n\nAn empty table with drop-downs, remarks and a sample row that import passes over.", templateExamples)
	kind := f.String("kind", "", "for which records: `achievement|need|organisation|person|contract` (default: told from the file's name)")
	asJSON := f.Bool("json", false, "print JSON")
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	noun, format, err := target(rest, *kind)
	if err != nil {
		return err
	}
	if format != write.XLSX {
		return errUsage{fmt.Errorf("%s: a template is a workbook; name it .xlsx", rest[0])}
	}
	if err := writeFile(io.path(rest[0]), false, func(w writer) error { return write.Template(w, noun) }); err != nil {
		return err
	}
	r := recordFlags{json: *asJSON}
	return r.print(io, map[string]any{"file": rest[0], "kind": noun}, func() { fmt.Fprintf(io.out, "%s：%s\n", rest[0], noun) })
}

const familiesExamples = `  zhuanhua families --data data
  zhuanhua families --data data --json > families.jsonl
`

func runFamilies(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "families", "families --data DIR | --database URL [flags]\n\nReports achievements that may be one in other words or of another year. Nothing is merged.", familiesExamples)
	r := addRecordFlags(f)
	engine := addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errUsage{fmt.Errorf("families takes no arguments besides flags")}
	}
	enc, err := engine.optional(ctx, io)
	if err != nil {
		return err
	}
	defer closeEncoder(enc)
	return r.reading(ctx, io, func(s *store.Store) error {
		fams, err := app.New(s).Families(ctx, app.FamilyOptions{Encoder: enc, Progress: progress(io, "语义编码")})
		if err != nil {
			return err
		}
		if r.json {
			return printLines(io, fams)
		}
		for i, fam := range fams {
			fmt.Fprintf(io.out, "%d.\n", i+1)
			for _, l := range fam.Links {
				fmt.Fprintf(io.out, "   %s ↔ %s  %s（题名 %.2f，语义 %.2f）\n", l.A, l.B, linkWords[l.Why], l.Title, l.Meaning)
			}
		}
		fmt.Fprintf(io.out, "%d 组可能重复 families，供人工判断\n", len(fams))
		return nil
	})
}

var linkWords = map[family.Why]string{
	family.SameTitle: "题名相同", family.LikeTitle: "题名相近", family.SameOwner: "同一单位且内容相近", family.LikeText: "内容相近",
}
