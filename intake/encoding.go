package intake

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"zhuanhua"
)

// charset is one of the encodings that Chinese tables come in.
type charset string

const (
	utf8Text charset = "UTF-8"
	gbText   charset = "GB18030"
	utf16le  charset = "UTF-16LE"
	utf16be  charset = "UTF-16BE"
)

const bom = "\ufeff"

// textReader finds the encoding of the file and returns its text as UTF-8, valid throughout,
// without a byte-order mark.
func (in *input) textReader(declared string, lim Limits) (*bufio.Reader, error) {
	cs, err := in.charset(declared, lim)
	if err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(in.decoded(cs), in.chunk())
	if b, _ := r.Peek(len(bom)); string(b) == bom {
		_, _ = r.Discard(len(bom)) // cannot fail: the bytes were just peeked
	}
	return r, nil
}

// chunk is how many bytes to read at once: no more room than a small file needs.
func (in *input) chunk() int { return int(min(in.size+1024, 256<<10)) }

func (in *input) decoded(cs charset) io.Reader {
	raw := io.NewSectionReader(in.r, 0, in.size)
	switch cs {
	case gbText:
		return transform.NewReader(raw, simplifiedchinese.GB18030.NewDecoder())
	case utf16le:
		return transform.NewReader(raw, xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder())
	case utf16be:
		return transform.NewReader(raw, xunicode.UTF16(xunicode.BigEndian, xunicode.UseBOM).NewDecoder())
	}
	return raw
}

// charset reads the whole file once: by its mark, then as UTF-8, then as GB18030. A guess from a
// sample would let a broken character far down turn into a wrong one without anybody noticing.
func (in *input) charset(declared string, lim Limits) (charset, error) {
	head, err := in.head(3)
	if err != nil {
		return "", err
	}
	want, err := in.declared(declared, head)
	if err != nil {
		return "", err
	}
	try := []charset{utf8Text, gbText}
	if want != "" {
		try = []charset{want}
	}
	var first faults
	for i, cs := range try {
		f, err := in.scan(cs, lim)
		if err != nil {
			return "", err
		}
		if f.count == 0 {
			return cs, nil
		}
		if i == 0 || f.count < first.count {
			first = f
		}
	}
	what := "the text is not " + string(first.charset)
	if len(try) > 1 {
		what = fmt.Sprintf("the text is neither UTF-8 nor GB18030; read as %s", first.charset)
	}
	return "", in.undecodable(what, first)
}

func (in *input) undecodable(what string, f faults) error {
	places := "places"
	if f.charset == utf8Text {
		places = "bytes"
	}
	return zhuanhua.Invalid(fmt.Sprintf("%s, line %d", in.name, f.line),
		fmt.Sprintf("%s, %d %s cannot be decoded, the first on this line", what, f.count, places),
		"save the file as UTF-8 again in the program that it comes from, or name its encoding")
}

// declared is the encoding that the caller or the mark at the start of the file names; "" if neither.
func (in *input) declared(name string, head []byte) (charset, error) {
	var mark charset
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		mark = utf16le
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		mark = utf16be
	case bytes.HasPrefix(head, []byte(bom)):
		mark = utf8Text
	}
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(name)) {
	case "":
		return mark, nil
	case "utf8", "utf8sig", "utf8bom":
		return utf8Text, nil
	case "gb18030", "gbk", "gb2312", "cp936":
		return gbText, nil
	case "utf16", "utf16le", "unicode":
		if mark == utf16be {
			return utf16be, nil
		}
		return utf16le, nil
	case "utf16be":
		return utf16be, nil
	}
	return "", in.bad(fmt.Sprintf("the encoding %q is not known", shorten(name)), "name utf-8, gb18030 or utf-16")
}

// faults counts what an encoding cannot explain.
type faults struct {
	charset charset
	count   int64
	line    int // of the first
}

// scan reads the file under one encoding, counts what does not decode, and refuses a line beyond
// the limit as soon as it is met.
func (in *input) scan(cs charset, lim Limits) (faults, error) {
	s := scanner{faults: faults{charset: cs}, line: 1, limit: lim.LineBytes, in: in}
	r, buf, kept := in.decoded(cs), make([]byte, in.chunk()), 0
	for {
		n, err := r.Read(buf[kept:])
		data := buf[:kept+n]
		cut := len(data)
		if err == nil {
			cut -= unfinished(data)
		}
		if serr := s.see(data[:cut]); serr != nil {
			return s.faults, serr
		}
		if errors.Is(err, io.EOF) {
			return s.faults, nil
		}
		if err != nil {
			return s.faults, in.unreadable(err)
		}
		kept = copy(buf, data[cut:])
	}
}

// unfinished is the length of a rune at the end of b whose last bytes have not come yet.
func unfinished(b []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return i
			}
			return 0
		}
	}
	return 0
}

// scanner goes through decoded text piece by piece.
type scanner struct {
	faults
	in      *input
	line    int
	inLine  int // bytes since the last line end
	limit   int
	lastEnd byte // to count CR LF once
}

func (s *scanner) see(b []byte) error {
	clean := utf8.Valid(b) && (s.charset == utf8Text || !bytes.Contains(b, []byte("\ufffd")))
	for len(b) > 0 {
		end := bytes.IndexAny(b, "\r\n")
		piece := b
		if end >= 0 {
			piece = b[:end+1]
		}
		if !clean {
			s.countIn(piece)
		}
		if s.inLine += len(piece); s.inLine > s.limit {
			return zhuanhua.Invalid(fmt.Sprintf("%s, line %d", s.in.name, s.line),
				"the line is longer than "+size(int64(s.limit)), "check the file: line ends or quotation marks may be missing")
		}
		if end >= 0 {
			s.endLine(piece)
		}
		b = b[len(piece):]
	}
	return nil
}

func (s *scanner) endLine(piece []byte) {
	last := piece[len(piece)-1]
	if !(last == '\n' && s.lastEnd == '\r' && s.inLine == 1) {
		s.line++
	}
	s.lastEnd, s.inLine = last, 0
}

func (s *scanner) countIn(b []byte) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && (n == 1 || s.charset != utf8Text) {
			if s.count++; s.count == 1 {
				s.faults.line = s.line
			}
		}
		b = b[n:]
	}
}

// headText decodes the start of a file far enough to tell what it is.
func headText(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		b, _, _ := transform.Bytes(xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewDecoder(), head)
		return string(b)
	}
	return strings.TrimPrefix(string(head), bom)
}

// plain turns control characters into blanks and line ends into \n; tabs stay.
func plain(s string) string {
	odd := func(r rune) bool { return r == '\ufeff' || unicode.IsControl(r) && r != '\n' && r != '\t' }
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if odd(r) {
			return ' '
		}
		return r
	}, s)
}
