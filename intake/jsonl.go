package intake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"zhuanhua"
)

// jsonlRecords reads one JSON object a line.
type jsonlRecords struct {
	r     *bufio.Reader
	name  string
	kind  kind
	lim   Limits
	names lookups
	line  int
	row   int
	buf   []byte
	keys  []string // seen until a title was, for the message
	title bool
}

// titleWithin is how many records may pass before a key for the title must have come.
const titleWithin = 1000

func (j *jsonlRecords) close() {}

func (j *jsonlRecords) next() (zhuanhua.Source, error) {
	for {
		line, err := j.readLine()
		if errors.Is(err, io.EOF) {
			return zhuanhua.Source{}, j.atEnd()
		}
		if err != nil {
			return zhuanhua.Source{}, err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		j.row++
		cells, err := j.parse(line)
		if err != nil {
			return zhuanhua.Source{}, err
		}
		if !j.title && j.row >= titleWithin {
			return zhuanhua.Source{}, untitled(j.name, j.kind, j.keys)
		}
		return zhuanhua.Source{File: j.name, Row: j.row, Line: j.line, Cells: cells}, nil
	}
}

func (j *jsonlRecords) atEnd() error {
	switch {
	case j.row == 0:
		return zhuanhua.Invalid(j.name, "the file holds no record", "write one JSON object a line")
	case !j.title:
		return untitled(j.name, j.kind, j.keys)
	}
	return io.EOF
}

// readLine returns the next line without its end; the slice is good until the next call.
func (j *jsonlRecords) readLine() ([]byte, error) {
	j.buf = j.buf[:0]
	j.line++
	for {
		part, err := j.r.ReadSlice('\n')
		j.buf = append(j.buf, part...)
		switch {
		case len(j.buf) > j.lim.LineBytes:
			return nil, j.bad(0, "the line is longer than "+size(int64(j.lim.LineBytes)), "write one JSON object a line")
		case err == nil, errors.Is(err, io.EOF) && len(j.buf) > 0:
			return j.buf, nil
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, &zhuanhua.Error{Kind: zhuanhua.KindUnavailable, Where: j.name, What: "the file cannot be read", Err: err}
		}
	}
}

// bad makes an error at a character of the current line; 0 is the line as a whole.
func (j *jsonlRecords) bad(char int, what, do string) error {
	where := fmt.Sprintf("%s, line %d", j.name, j.line)
	if char > 0 {
		where += fmt.Sprintf(", character %d", char)
	}
	return zhuanhua.Invalid(where, what, do)
}

// badAt makes an error at a byte of the line, counted in characters as editors count.
func (j *jsonlRecords) badAt(line []byte, offset int64, what, do string) error {
	offset = max(0, min(offset, int64(len(line))))
	return j.bad(utf8.RuneCount(line[:offset])+1, what, do)
}

const fixJSON = "write one JSON object a line, its keys and texts in double quotation marks"

// parse reads the pairs of one object in their order.
func (j *jsonlRecords) parse(line []byte) ([]zhuanhua.Cell, error) {
	if first := bytes.TrimSpace(line)[0]; first != '{' {
		return nil, j.bad(0, "the line is not a JSON object", fixJSON)
	}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if _, err := dec.Token(); err != nil {
		return nil, j.syntax(line, dec, err)
	}
	seen := map[string]bool{}
	var cells []zhuanhua.Cell
	for dec.More() {
		cell, err := j.pair(line, dec, seen)
		if err != nil {
			return nil, err
		}
		if cell.Raw != "" || len(cell.List) > 0 {
			cells = append(cells, cell)
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, j.syntax(line, dec, err)
	}
	if rest := bytes.TrimSpace(line[dec.InputOffset():]); len(rest) > 0 {
		return nil, j.badAt(line, dec.InputOffset(), "there is more text after the object", fixJSON)
	}
	return cells, nil
}

// pair reads one key with its value.
func (j *jsonlRecords) pair(line []byte, dec *json.Decoder, seen map[string]bool) (zhuanhua.Cell, error) {
	tok, err := dec.Token()
	if err != nil {
		return zhuanhua.Cell{}, j.syntax(line, dec, err)
	}
	key, ok := tok.(string)
	if !ok {
		return zhuanhua.Cell{}, j.badAt(line, dec.InputOffset(), "a key is missing", fixJSON)
	}
	switch {
	case seen[key]:
		return zhuanhua.Cell{}, j.badAt(line, dec.InputOffset(), fmt.Sprintf("the key %q is there twice", shorten(key)), "keep one of them")
	case len(seen) >= j.lim.Columns:
		return zhuanhua.Cell{}, j.bad(0, fmt.Sprintf("the object has more than %d keys", j.lim.Columns), "keep the keys that describe the record")
	}
	seen[key] = true
	j.notice(key)
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return zhuanhua.Cell{}, j.syntax(line, dec, err)
	}
	cell := zhuanhua.Cell{Column: key, Noun: j.names.of(key).Noun}
	what := ""
	if cell.Raw, cell.List, what = j.value(raw); what != "" {
		return cell, j.badAt(line, dec.InputOffset()-int64(len(raw)), fmt.Sprintf("the key %q holds %s", shorten(key), what),
			"write a text, a number or a list of texts")
	}
	return cell, nil
}

// notice remembers the keys until one for the title has come.
func (j *jsonlRecords) notice(key string) {
	if j.title {
		return
	}
	j.title = j.names.of(key).Noun == j.kind.naming()
	if len(j.keys) < maxNamed {
		for _, k := range j.keys {
			if k == key {
				return
			}
		}
		j.keys = append(j.keys, key)
	}
}

// value reads a text, number, truth value, null or list of these; what is not "" for anything else.
func (j *jsonlRecords) value(raw json.RawMessage) (s string, list []string, what string) {
	switch raw[0] {
	case '{':
		return "", nil, "an object inside the object"
	case '[':
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return "", nil, "a list that cannot be read"
		}
		list = make([]string, 0, len(items))
		for _, item := range items {
			if item[0] == '[' || item[0] == '{' || item[0] == 'n' {
				return "", nil, "a list of other things than texts"
			}
			s, _, what = j.value(item)
			if what != "" {
				return "", nil, what
			}
			list = append(list, s)
		}
		return "", list, ""
	case 'n':
		return "", nil, ""
	case '"':
		if json.Unmarshal(raw, &s) != nil {
			return "", nil, "a text that cannot be read"
		}
	default:
		s = string(raw)
	}
	if len(s) > j.lim.CellRunes && utf8.RuneCountInString(s) > j.lim.CellRunes {
		return "", nil, fmt.Sprintf("more than %d characters", j.lim.CellRunes)
	}
	return s, nil, ""
}

// syntax explains a JSON error; one that runs into the end of the line is most often an object
// written over several lines.
func (j *jsonlRecords) syntax(line []byte, dec *json.Decoder, err error) error {
	var at *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return j.badAt(line, int64(len(bytes.TrimRight(line, "\r\n"))), "the object does not end on this line", fixJSON)
	case errors.As(err, &at):
		return j.badAt(line, at.Offset-1, "this is not valid JSON: "+at.Error(), fixJSON)
	}
	return j.badAt(line, dec.InputOffset(), "this is not valid JSON: "+err.Error(), fixJSON)
}
