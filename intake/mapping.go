package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"zhuanhua"
)

// Mapping says for columns of the giver's own what they hold, where their names are not understood or
// not as they are meant. As YAML:
//
//	kind: achievement          # may be left out
//	columns:
//	  我校成果题目: title
//	  谈价基数: {field: price, unit: 万元}
//	  内部备注: ""              # not to be read
//
// or as csv with a header, one line a column: column,field,unit.
type Mapping struct {
	Kind    zhuanhua.Noun
	name    string
	columns map[string]column // by folded name
}

// column finds what the mapping says about a column.
func (m *Mapping) column(name string) (column, bool) {
	if m == nil {
		return column{}, false
	}
	c, ok := m.columns[fold(name)]
	c.Name = name
	return c, ok
}

// check refuses a mapping to a field that records of the kind do not have.
func (m *Mapping) check(k kind) error {
	if m == nil {
		return nil
	}
	known := k.nouns()
	for name, c := range m.columns {
		if c.Noun != "" && !slices.Contains(known, c.Noun) {
			return zhuanhua.Invalid(m.name, "column "+shorten(name)+" is mapped to "+shorten(c.Noun)+", which is no field of these records",
				"choose one of "+strings.Join(known, ", "))
		}
	}
	return nil
}

// maxMapping bounds a mapping file: goccy expands aliases without a limit of its own.
const maxMapping = 64 << 10

// ReadMapping reads a mapping file, YAML or csv by its name.
func ReadMapping(path string) (*Mapping, error) {
	in, err := openInput(path, Limits{FileBytes: maxMapping})
	if err != nil {
		return nil, err
	}
	in.close()
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, openError(path, err)
	}
	m := &Mapping{name: path, columns: map[string]column{}}
	text := strings.TrimPrefix(string(b), "\ufeff")
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		err = m.readCSV(text)
	} else {
		err = m.readYAML(text)
	}
	if err != nil {
		return nil, err
	}
	if len(m.columns) == 0 {
		return nil, m.bad("the mapping names no columns", "write for example: columns: {我校成果题目: title}")
	}
	if _, ok := kindOf(m.Kind); m.Kind != "" && !ok {
		return nil, m.bad("there are no records of kind "+shorten(string(m.Kind)), "name one of "+nounList())
	}
	return m, nil
}

func (m *Mapping) bad(what, do string) error { return zhuanhua.Invalid(m.name, what, do) }

func (m *Mapping) add(name, noun, unit string) error {
	key := fold(name)
	if key == "" {
		return m.bad("a column without a name is mapped", "write the name of the column as it stands in the file")
	}
	if _, twice := m.columns[key]; twice {
		return m.bad("the column "+shorten(name)+" is mapped twice", "keep one of the lines")
	}
	known := slices.ContainsFunc(moneyUnits, func(u struct{ name, unit string }) bool { return u.name == foldRunes(unit) })
	if unit != "" && !known {
		return m.bad("the unit "+shorten(unit)+" of column "+shorten(name)+" is not known", "write 元, 万元 or 亿元")
	}
	m.columns[key] = column{Noun: strings.TrimSpace(noun), Unit: unitOf(foldRunes(unit))}
	return nil
}

func (m *Mapping) readYAML(text string) error {
	if strings.Contains(text, "<<:") || strings.Contains(text, ": *") {
		return m.bad("the mapping uses YAML aliases", "write each column out")
	}
	var doc struct {
		Kind    string        `yaml:"kind"`
		Columns yaml.MapSlice `yaml:"columns"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), &doc, yaml.Strict()); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return m.bad("the mapping is not the YAML that is expected: "+first, "write kind: and columns:, each column as name: field")
	}
	m.Kind = zhuanhua.Noun(doc.Kind)
	for _, item := range doc.Columns {
		name, ok := item.Key.(string)
		if !ok {
			return m.bad("a column name is not a text", "put it in quotation marks")
		}
		field, unit, ok := mappedTo(item.Value)
		if !ok {
			return m.bad("column "+shorten(name)+" is mapped to something else than a field", "write name: field, or name: {field: price, unit: 万元}")
		}
		if err := m.add(name, field, unit); err != nil {
			return err
		}
	}
	return nil
}

// mappedTo reads "title", nothing, or {field: price, unit: 万元}.
func mappedTo(v any) (field, unit string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", "", true
	case string:
		return v, "", true
	case map[string]any:
		field, ok1 := v["field"].(string)
		unit, ok2 := v["unit"].(string)
		return field, unit, ok1 && (ok2 && len(v) == 2 || len(v) == 1)
	}
	return "", "", false
}

func (m *Mapping) readCSV(text string) error {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	for line := 1; ; line++ {
		rec, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return m.bad("the mapping cannot be read: "+err.Error(), "write one line a column: column,field,unit")
		case line == 1 && strings.EqualFold(strings.TrimSpace(rec[0]), "column"):
			continue
		case len(rec) < 2 || len(rec) > 3:
			return m.bad("a line of the mapping has not two or three values", "write one line a column: column,field,unit")
		}
		if err := m.add(rec[0], rec[1], strings.Join(rec[2:], "")); err != nil {
			return err
		}
	}
}
