package intake

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"zhuanhua"
)

// File is one table to read: a file, or an entry of a zip archive.
type File struct {
	Name string // as messages and provenance name it, "收集.zip/成果.csv"
	in   *input
}

// Detect tells what the records of the file are, as the function of this name does.
func (f File) Detect(opt Options) (zhuanhua.Noun, error) { return f.in.detect(opt) }

// Records yields the records of the file, as the function of this name does.
func (f File) Records(noun zhuanhua.Noun, opt Options) iter.Seq2[Record, error] {
	return f.in.records(noun, opt)
}

// Limits of an archive of tables.
const (
	maxEntries = 1000     // tables in an archive
	maxRatio   = 200      // text packs to a twentieth, a bomb to a thousandth
	smallEntry = 16 << 20 // below this any ratio is harmless
)

// Files goes through the tables of a path: the file itself or, of a zip archive of csv, xlsx and jsonl
// files, each of these. Each is good until the next is asked for. Entries are unpacked one at a time to
// a temporary file, within the limits.
func Files(path string, opt Options) iter.Seq2[File, error] {
	return func(yield func(File, error) bool) {
		in, err := openInput(path, opt.Limits.withDefaults())
		if err != nil {
			yield(File{}, err)
			return
		}
		defer in.close()
		zr, err := in.archive(opt.Limits.withDefaults())
		switch {
		case err != nil:
			yield(File{}, err)
		case zr == nil:
			yield(File{in.name, in}, nil)
		default:
			in.entries(zr, opt.Limits.withDefaults(), yield)
		}
	}
}

// archive opens a zip that is no document of an office program; nil for every other file.
func (in *input) archive(lim Limits) (*zip.Reader, error) {
	head, err := in.head(4)
	if err != nil || !bytes.Equal(head, []byte("PK\x03\x04")) {
		return nil, err
	}
	budget := &budgetReader{r: in.r, left: directoryBytes}
	zr, err := zip.NewReader(budget, in.size)
	if errors.Is(err, errBudget) || err == nil && len(zr.File) > lim.ZipEntries {
		return nil, in.bad(fmt.Sprintf("the archive holds more than %d entries", lim.ZipEntries), "hand in fewer files at a time")
	}
	if err != nil {
		return nil, in.bad("the file is damaged or cut off: its zip directory cannot be read", "get a new copy of it")
	}
	budget.left = math.MaxInt64 // entries have limits of their own
	for _, f := range zr.File {
		switch partName(f.Name) {
		case "[content_types].xml", "mimetype", "xl/workbook.xml", "xl/workbook.bin", "word/document.xml", "content.xml":
			return nil, nil // told by openWorkbook
		}
	}
	return zr, nil
}

// entries yields the tables of an archive in the order of their names.
func (in *input) entries(zr *zip.Reader, lim Limits, yield func(File, error) bool) {
	var tables []*zip.File
	total := int64(0)
	for _, f := range zr.File {
		if !isTable(f) {
			continue
		}
		if err := in.checkEntry(f, lim); err != nil {
			yield(File{}, err)
			return
		}
		total += int64(f.UncompressedSize64)
		tables = append(tables, f)
	}
	switch {
	case len(tables) == 0:
		yield(File{}, in.bad("the zip archive holds no csv, xlsx or jsonl file", "put the tables themselves into it, or hand them in one by one"))
		return
	case len(tables) > maxEntries:
		yield(File{}, in.bad(fmt.Sprintf("the archive holds more than %d tables", maxEntries), "hand in fewer files at a time"))
		return
	case total > lim.FileBytes:
		yield(File{}, in.bad("the tables of the archive unpack to more than "+size(lim.FileBytes), "hand in fewer files at a time"))
		return
	}
	slices.SortFunc(tables, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	for _, f := range tables {
		if !in.entry(f, yield) {
			return
		}
	}
}

// isTable reports whether an entry is a table, and none of the files that systems put into archives.
func isTable(f *zip.File) bool {
	base := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	ext := strings.ToLower(path.Ext(base))
	return !f.FileInfo().IsDir() && f.Mode().IsRegular() && !strings.HasPrefix(base, ".") && !strings.HasPrefix(base, "~$") && !strings.HasPrefix(f.Name, "__MACOSX/") &&
		slices.Contains([]string{".csv", ".xlsx", ".xlsm", ".jsonl", ".ndjson", ".tsv"}, ext)
}

func (in *input) checkEntry(f *zip.File, lim Limits) error {
	declared, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case f.Flags&1 != 0:
		return in.bad("the archive is protected by a password", "make one without a password")
	case declared > uint64(lim.FileBytes), declared > smallEntry && declared/maxRatio > packed:
		return in.bad(fmt.Sprintf("the entry %s of the archive unpacks to an unreasonable size", shorten(entryName(f))), "hand in the table itself")
	}
	return nil
}

// entryName is the name of an entry; programs for Chinese Windows write it in GB 18030 without saying so.
func entryName(f *zip.File) string {
	if f.NonUTF8 {
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(f.Name); err == nil {
			return s
		}
	}
	return strings.ToValidUTF8(f.Name, "\ufffd")
}

// entry unpacks one table to a temporary file and yields it.
func (in *input) entry(f *zip.File, yield func(File, error) bool) bool {
	name := in.name + "/" + shorten(entryName(f))
	tmp, err := os.CreateTemp("", "zhuanhua-entry-")
	if err != nil {
		return yield(File{}, zhuanhua.Unavailable(name, "there is no place to unpack the archive to", "check the temporary directory (TMPDIR)", err))
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	n, err := unpackEntry(f, tmp)
	if err != nil {
		var disk *os.PathError
		if errors.As(err, &disk) {
			yield(File{}, zhuanhua.Unavailable(name, "the archive cannot be unpacked", "free some space on the disk of the temporary directory (TMPDIR)", err))
		} else {
			yield(File{}, zhuanhua.Invalid(name, "this entry of the archive is damaged ("+shorten(err.Error())+")", "get a new copy of the archive"))
		}
		return false
	}
	return yield(File{name, &input{name: name, r: tmp, size: n}}, nil)
}

// unpackEntry copies no more than the entry declares: a longer one is a lie.
func unpackEntry(f *zip.File, to io.Writer) (int64, error) {
	rc, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer rc.Close()
	n, err := io.Copy(to, io.LimitReader(rc, int64(f.UncompressedSize64)+1))
	if err == nil && n > int64(f.UncompressedSize64) {
		err = errors.New("it is longer than it declares")
	}
	return n, err
}
