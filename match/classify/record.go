package classify

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"zhuanhua"
)

// Limits of a file: beyond them a mistake is more likely than a wish, and the wait would be hours.
const (
	MaxRecords = 500_000
	maxLine    = 32 << 20
	maxLabel   = 1000 // bytes; a label longer than that is a text in the wrong key
)

// Record is a text with the labels that are right for it, the first of which stands for them.
type Record struct {
	Text   string
	Labels []string
	Group  string // what the text is a view of, such as a paper; "" for nothing but itself
}

// Has reports whether a label is one of the record's.
func (r Record) Has(label string) bool { return slices.Contains(r.Labels, label) }

// Read reads records {"text": …, "label": …}, one JSON object a line. A label is a text, a number,
// or a list of them where several are right; "group", if there, is a text or a number. Other keys and
// blank lines are passed over. Errors name the line.
func Read(r io.Reader, name string) ([]Record, error) { return read(r, name, MaxRecords) }

func read(r io.Reader, name string, most int) ([]Record, error) {
	var out []Record
	in := bufio.NewReaderSize(r, 1<<16)
	for n := 1; ; n++ {
		line, err := readLine(in)
		where := fmt.Sprintf("%s line %d", name, n)
		if errors.Is(err, errLongLine) {
			return nil, zhuanhua.Invalid(where, "the line is longer than 32 MB", "write one record a line")
		}
		if err != nil && err != io.EOF {
			return nil, zhuanhua.Unavailable(where, "the file cannot be read", "check the disk and the file", err)
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			rec, bad := parseRecord(line, where)
			if bad != nil {
				return nil, bad
			}
			out = append(out, rec)
		}
		if len(out) > most {
			return nil, zhuanhua.Invalid(where, fmt.Sprintf("the file holds more than %d records", most), "take a sample of it")
		}
		if err == io.EOF {
			break
		}
	}
	if len(out) == 0 {
		return nil, zhuanhua.Invalid(name, "the file holds no records", `write lines such as {"text":"…","label":"…"}`)
	}
	return out, nil
}

var errLongLine = errors.New("long line")

// readLine reads one line, with io.EOF after the last, and stops where it grows beyond all measure.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, errLongLine
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

func parseRecord(line []byte, where string) (Record, error) {
	var raw struct {
		Text  *string         `json:"text"`
		Label json.RawMessage `json:"label"`
		Group json.RawMessage `json:"group"`
	}
	line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(line, &raw); err != nil {
		var kind *json.UnmarshalTypeError
		if errors.As(err, &kind) && kind.Field == "text" {
			return Record{}, zhuanhua.Invalid(where, "text is not a string", `write "text":"…"`)
		}
		return Record{}, zhuanhua.Invalid(where, fmt.Sprintf("this is no JSON object (%v)", err), `write one {"text":"…","label":"…"} a line`)
	}
	if raw.Text == nil {
		return Record{}, zhuanhua.Invalid(where, "the key text is missing", `write "text":"…"`)
	}
	labels, err := parseLabels(raw.Label, where)
	if err != nil {
		return Record{}, err
	}
	group, err := parseGroup(raw.Group, where)
	return Record{Text: *raw.Text, Labels: labels, Group: group}, err
}

// parseGroup reads a text or a number; another kind would part what belongs together, unnoticed.
func parseGroup(raw json.RawMessage, where string) (string, error) {
	if len(raw) == 0 || string(raw) == "null" || string(raw) == `""` {
		return "", nil
	}
	group, err := parseLabel(raw)
	if err != nil {
		return "", zhuanhua.Invalid(where, "group is neither a short text nor a number", `write "group":"…", the same for all texts of one thing, or leave it out`)
	}
	return group, nil
}

// parseLabels reads a label or a list of labels and drops repeats.
func parseLabels(raw json.RawMessage, where string) ([]string, error) {
	list := []json.RawMessage{raw}
	if len(raw) > 0 && raw[0] == '[' {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, zhuanhua.Invalid(where, "label cannot be read", `write "label":"…"`)
		}
	}
	var out []string
	for _, one := range list {
		label, err := parseLabel(one)
		if err != nil {
			return nil, zhuanhua.Invalid(where, err.Error(), `write "label":"…", a number, or a list of them`)
		}
		if !slices.Contains(out, label) {
			out = append(out, label)
		}
	}
	if len(out) == 0 {
		return nil, zhuanhua.Invalid(where, "label is an empty list", `write "label":"…"`)
	}
	return out, nil
}

func parseLabel(raw json.RawMessage) (string, error) {
	switch {
	case len(raw) == 0:
		return "", errors.New("the key label is missing")
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return "", errors.New("label cannot be read")
		}
		if s = strings.TrimSpace(s); s == "" {
			return "", errors.New("label is empty")
		}
		if len(s) > maxLabel {
			return "", errors.New("label is a text of more than 1,000 bytes")
		}
		return s, nil
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw), nil
	}
	return "", errors.New("label is neither a text nor a number")
}
