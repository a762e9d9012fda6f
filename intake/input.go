package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"zhuanhua"
)

// input is a file to read: its name for messages and its bytes. Tests and fuzzing give bytes in
// memory, everyone else a file.
type input struct {
	name string
	r    io.ReaderAt
	size int64
	file io.Closer
}

// format is how the content of a file is laid out.
type format string

const (
	formatCSV   format = "csv"
	formatJSONL format = "jsonl"
	formatXLSX  format = "xlsx"
)

// openInput opens a regular file whose size is within the limit.
func openInput(path string, lim Limits) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = checkFile(path, info, lim)
	}
	if err != nil {
		_ = f.Close() // nothing was written; the reason for refusing matters more
		return nil, err
	}
	return &input{name: path, r: f, size: info.Size(), file: f}, nil
}

// openError says in plain words why a file could not be opened.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return zhuanhua.Invalid(path, "there is no such file", "check the name and the folder")
	case errors.Is(err, fs.ErrPermission):
		return zhuanhua.Invalid(path, "the file may not be read", "ask its owner for permission to read it")
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindInvalid, Where: path, What: "the file cannot be opened", Err: err}
}

func checkFile(path string, info fs.FileInfo, lim Limits) error {
	switch {
	case info.IsDir():
		return zhuanhua.Invalid(path, "this is a folder", "name a csv, xlsx or jsonl file in it")
	case !info.Mode().IsRegular():
		return zhuanhua.Invalid(path, "this is not an ordinary file", "save the data in a csv, xlsx or jsonl file first")
	case info.Size() > lim.FileBytes:
		return zhuanhua.Invalid(path, "the file is larger than "+size(lim.FileBytes), "divide it into smaller files")
	}
	return nil
}

func (in *input) close() {
	if in.file != nil {
		_ = in.file.Close() // opened for reading only
	}
}

// bad makes an error about the file as a whole.
func (in *input) bad(what, do string) error { return zhuanhua.Invalid(in.name, what, do) }

// head returns the first n bytes of the file, or all of a shorter one.
func (in *input) head(n int) ([]byte, error) {
	b := make([]byte, min(int64(n), in.size))
	if _, err := in.r.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, in.unreadable(err)
	}
	return b, nil
}

func (in *input) unreadable(err error) error {
	return &zhuanhua.Error{Kind: zhuanhua.KindUnavailable, Where: in.name, What: "the file cannot be read", Err: err}
}

// magics are the first bytes of files that people hand in by mistake.
var magics = []struct{ start, name, do string }{
	{"%PDF", "a PDF document", "export the table as xlsx or csv"},
	{"\x1f\x8b", "a gzip archive", "unpack it first"},
	{"Rar!", "a RAR archive", "unpack it first"},
	{"7z\xbc\xaf", "a 7z archive", "unpack it first"},
	{"\x89PNG", "a picture", "hand in the table itself as xlsx or csv"},
	{"\xff\xd8\xff", "a picture", "hand in the table itself as xlsx or csv"},
	{"SQLite format 3", "a database", "export the table as csv"},
	{"PK\x05\x06", "an empty zip archive", "save the table again as .xlsx"},
}

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// sniffBytes is how much of a file is looked at to tell what it is.
const sniffBytes = 64 << 10

// sniff tells the format by content; the extension only decides what content leaves open.
func (in *input) sniff() (format, error) {
	head, err := in.head(sniffBytes)
	if err != nil {
		return "", err
	}
	if len(head) == 0 {
		return "", in.bad("the file is empty", "hand in a file with a header and at least one record")
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return formatXLSX, nil
	}
	if bytes.HasPrefix(head, []byte(oleMagic)) {
		return "", in.oleError()
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.start)) {
			return "", in.bad("this is "+m.name+", not a table", m.do)
		}
	}
	return in.sniffText(head)
}

func (in *input) sniffText(head []byte) (format, error) {
	text := headText(head)
	if tooManyControls(text) {
		return "", in.bad("this is not a text or table file: it holds binary data (or UTF-16 text without a mark at its start)",
			"save it as xlsx, or as csv in UTF-8")
	}
	text = strings.ToLower(strings.TrimSpace(plain(text)))
	ext := strings.ToLower(filepath.Ext(in.name))
	switch {
	case text == "" && in.size <= sniffBytes:
		return "", in.bad("the file holds nothing but blanks", "hand in a file with a header and at least one record")
	case isMarkup(text):
		return "", in.bad("this is a web page or XML, though it may be named as a table",
			"open it in a spreadsheet program and save it as .xlsx")
	case strings.HasPrefix(text, "{"), ext == ".jsonl", ext == ".ndjson":
		return formatJSONL, nil
	case ext == ".json", strings.HasPrefix(text, "[{"):
		return "", in.bad("this is JSON in one piece", "write one object a line (jsonl), without the square brackets around them")
	case ext == ".xlsx", ext == ".xlsm", ext == ".xls":
		return "", in.bad("the name ends in "+ext+" but the content is plain text", "save it again as .xlsx, or rename it to .csv")
	}
	return formatCSV, nil
}

// isMarkup reports whether text begins as the HTML or XML that many systems serve as "Excel".
func isMarkup(text string) bool {
	for _, tag := range []string{"<html", "<!doctype", "<?xml", "<table", "<meta", "<head", "<style", "<workbook", "<!--"} {
		if strings.HasPrefix(text, tag) {
			return true
		}
	}
	return false
}

// tooManyControls reports whether text is no text: a few stray control characters are common in
// exports, two in a hundred are not.
func tooManyControls(text string) bool {
	control := 0
	for _, r := range text {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\r\n\f\v", r) {
			control++
		}
	}
	return control >= 16 && control*50 > utf8.RuneCountInString(text)
}

// oleError tells an encrypted workbook from an old .xls: both are OLE containers.
func (in *input) oleError() error {
	mark := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	buf, keep := make([]byte, 256<<10), 0
	r := io.NewSectionReader(in.r, 0, in.size)
	for {
		n, err := r.Read(buf[keep:])
		if bytes.Contains(buf[:keep+n], mark) {
			return in.bad("the workbook is protected by a password", "save a copy without a password")
		}
		if err != nil {
			break
		}
		end := keep + n
		keep = min(end, len(mark)-1)
		copy(buf, buf[end-keep:end])
	}
	return in.bad("this is an old Excel or Word file (.xls, .doc)", "open it and save it as .xlsx")
}

// size writes a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.4g GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d bytes", n)
}
