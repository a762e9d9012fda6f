// Package mutate asks whether the trials of a plan would notice a slip: it changes one operator, rate,
// cap, date or condition of a pack at a time, loads the changed pack and runs its trials. A change that
// neither the loader refuses nor a trial notices has survived: a hole in the trials, or a change that
// makes no difference to anybody.
package mutate

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	"zhuanhua/plan"
)

// Mutant is a pack with one change.
type Mutant struct {
	Kind string // operator, word, number, fact, condition, rate, money, count, choice, date, bound, region, stacking
	File string
	Line int
	Site string // what is changed, in a form that stays when lines move: "R04.listed"
	Was  string
	Is   string
	data []byte // of the file, changed
}

// Name names a mutant in reports and in the list of survivors.
func (m *Mutant) Name() string { return fmt.Sprintf("%s: %s → %s", m.Site, m.Was, m.Is) }

// Outcome is what became of a mutant.
type Outcome struct {
	*Mutant
	Caught bool
	By     string // "loader", or the first trial that fails
}

// edit is one change of a file's nodes that can be taken back.
type edit struct {
	kind, site, was, is string
	line                int
	do                  func() (undo func())
}

// All makes every mutant of a pack, in the order of its files.
func All(files fs.FS) ([]*Mutant, error) {
	words, err := readWords(files)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "incentives/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Mutant
	for _, name := range append([]string{"plan.yaml", "stacking.yaml"}, names...) {
		root, err := parse(files, name)
		if err != nil {
			return nil, err
		}
		for _, e := range edits(name, root, words) {
			m, err := e.mutant(name, root)
			if err != nil {
				return nil, err
			}
			out = append(out, m)
		}
	}
	return out, nil
}

// edits lists the changes of one file, by what the file holds.
func edits(name string, root *yaml.Node, w *words) []edit {
	switch {
	case name == "plan.yaml":
		return planEdits(root)
	case name == "stacking.yaml":
		return stackingEdits(root)
	}
	return (&ruleEdits{root: root, id: at(root, "rule").Value, words: w}).all()
}

// mutant applies the edit, writes the file down, and takes the edit back.
func (e edit) mutant(name string, root *yaml.Node) (*Mutant, error) {
	undo := e.do()
	defer undo()
	data, err := yaml.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %s: %w", name, e.line, e.site, err)
	}
	return &Mutant{Kind: e.kind, File: name, Line: e.line, Site: e.site, Was: e.was, Is: e.is, data: data}, nil
}

// Same is a file of a pack read and written down again without a change: what the form alone does.
func Same(files fs.FS, name string) (*Mutant, error) {
	root, err := parse(files, name)
	if err != nil {
		return nil, err
	}
	return edit{kind: "none", site: name, line: root.Line, do: func() func() { return func() {} }}.mutant(name, root)
}

// Run loads a mutant and runs its trials.
func (m *Mutant) Run(files fs.FS, o plan.Options) Outcome {
	// The whole pack is loaded each time, as an official would: what another file says of the changed one
	// is part of what catches a slip.
	p, err := plan.Load(overlay{files, m.File, m.data}, "mutant", o)
	if err != nil {
		return Outcome{m, true, "loader"}
	}
	for _, r := range p.RunTrials() {
		if !r.Passed() {
			return Outcome{m, true, path.Base(r.Trial.At.File) + "“" + r.Trial.Name.ZH + "”"}
		}
	}
	return Outcome{Mutant: m}
}

// overlay is a pack with one file in another form.
type overlay struct {
	fs.FS
	file string
	data []byte
}

// ReadFile reads the changed file, or one of the pack.
func (o overlay) ReadFile(name string) ([]byte, error) {
	if name == o.file {
		return bytes.Clone(o.data), nil
	}
	return fs.ReadFile(o.FS, name)
}

// parse reads a file into nodes. The loader would refuse more; here only a sound pack comes in.
func parse(files fs.FS, name string) (*yaml.Node, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil || len(doc.Content) != 1 {
		return nil, fmt.Errorf("%s is not one YAML document: %w", name, err)
	}
	return doc.Content[0], nil
}

// at is the value of a key; an empty node where it is not there, so that lookups can be chained.
func at(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		i := index(n, key)
		if i < 0 {
			return &yaml.Node{}
		}
		n = n.Content[i+1]
	}
	return n
}

// index is where a key of a mapping stands, -1 when it is not there.
func index(n *yaml.Node, key string) int {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// setScalar changes one value.
func setScalar(n *yaml.Node, to string) func() func() {
	return func() func() {
		before := *n
		// A value that needs quotes gets them: what is changed is the plan, not its form.
		n.Value, n.Style, n.Tag = to, yaml.DoubleQuotedStyle, "!!str"
		return func() { *n = before }
	}
}

// remove takes count entries out of a node's content.
func remove(n *yaml.Node, i, count int) func() func() {
	return func() func() {
		before := n.Content
		n.Content = slices.Delete(slices.Clone(before), i, i+count)
		return func() { n.Content = before }
	}
}

// add puts a key with a value behind the others.
func add(n *yaml.Node, key, value string) func() func() {
	return func() func() {
		before := n.Content
		n.Content = append(slices.Clone(before), &yaml.Node{Kind: yaml.ScalarNode, Value: key},
			&yaml.Node{Kind: yaml.ScalarNode, Value: value, Style: yaml.DoubleQuotedStyle})
		return func() { n.Content = before }
	}
}

// replace is an edit of one value.
func replace(kind, site string, n *yaml.Node, to string) edit {
	return edit{kind, site, n.Value, to, n.Line, setScalar(n, to)}
}
