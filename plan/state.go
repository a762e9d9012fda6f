package plan

import (
	"bufio"
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// The states of an item. Nobody writes them: they are computed from proofs.
const (
	Recorded = "recorded" // the pack says it, nothing in the program proves that it works
	Works    = "works"    // a trial or a story fails when the thing is taken out
)

// ItemState is an item of the plan, what carries it, and whether that works.
type ItemState struct {
	Kind  string `json:"kind"`
	Ref   string `json:"ref"`
	State string `json:"state"`
}

// Stories are the program's stories: which items each one proves, by its lines "# proves: M01.5c".
type Stories map[string][]string

// ReadStories reads the .txtar files of a folder.
func ReadStories(files fs.FS) (Stories, error) {
	names, err := fs.Glob(files, "*.txtar")
	if err != nil {
		return nil, err
	}
	out := Stories{}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(path.Base(name), ".txtar")] = proves(data)
	}
	return out, nil
}

// proves finds the items that a story names before its first file.
func proves(data []byte) []string {
	var out []string
	// Only the head of a story counts: a file inside it may quote anything.
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "-- ") {
		if rest, ok := strings.CutPrefix(lines.Text(), "# proves:"); ok {
			out = append(out, strings.Fields(strings.ReplaceAll(rest, ",", " "))...)
		}
	}
	return out
}

// States computes the state of every item: one works when one of its proofs holds. Proof by trials
// holds when all trials of the rule pass; that the rule carries the item is checked on loading.
func (p *Pack) States(results []TrialResult, stories Stories) map[string]ItemState {
	// A rule without trials proves nothing, and one failing trial takes the proof away.
	passed := map[string]bool{}
	for _, r := range p.Rules {
		passed[r.ID] = len(p.TrialsOf(r.ID)) > 0
	}
	for _, r := range results {
		if !r.Passed() {
			passed[r.Trial.Rule.ID] = false
		}
	}
	out := map[string]ItemState{}
	for _, i := range p.AllItems() {
		s := ItemState{i.Carried.Kind, i.Carried.Ref.ID, Recorded}
		for _, proof := range i.Proof {
			// A story proves an item only if it names it itself: neither side can claim the proof alone.
			kind, name, _ := strings.Cut(proof.ID, ":")
			if kind == "trials" && passed[name] || kind == "story" && slices.Contains(stories[name], i.ID) {
				s.State = Works
			}
		}
		out[i.ID] = s
	}
	return out
}

// carries reports whether a rule says that it carries an item.
func (r *Rule) carries(id string) bool {
	return r.Measure.ID == id || slices.ContainsFunc(r.Also, func(a Ref) bool { return a.ID == id })
}

// Missing is one value that the plan does not state.
type Missing struct {
	ID      string   `json:"id"`
	Note    Text     `json:"note"`
	SetBy   []string `json:"set_by"`
	Assumed *string  `json:"assumed"` // the value that stands in; null when there is none
}

// NotSet lists every value that the plan leaves open, with who may set it.
func (p *Pack) NotSet() []Missing {
	out := []Missing{}
	// Whatever is assumed is open too: somebody still has to decide it.
	put := func(id string, n *NotSet, assumed *string) {
		if n == nil {
			return
		}
		m := Missing{ID: id, Note: n.Note, SetBy: []string{}}
		for _, d := range n.SetBy {
			m.SetBy = append(m.SetBy, d.ID)
		}
		m.Assumed = assumed
		out = append(out, m)
	}
	add := func(id string, n *NotSet, assumed *Setting) {
		if assumed == nil {
			put(id, n, nil)
			return
		}
		s := assumed.Value.String()
		put(id, n, &s)
	}
	for _, r := range p.Rules {
		for _, x := range r.Parameters {
			add(r.ID+"."+x.Name, x.NotSet, x.Assumed)
		}
		for _, o := range r.Open {
			add(r.ID+"."+o.Name, o.NotSet, nil)
		}
	}
	for _, t := range p.Targets {
		add(t.ID+".from", t.Counts.Open, nil)
	}
	for _, r := range p.Registers {
		r.open(func(id string, n *NotSet, value string) {
			if n != nil {
				add(id, n, nil)
				if value != "" {
					out[len(out)-1].Assumed = &value
				}
			}
		})
	}
	add("stacking", p.Stacking.NotSet, nil)
	for _, s := range p.Stacking.Pairs {
		add("stacking "+s.Rules[0].ID+"+"+s.Rules[1].ID, s.NotSet, nil)
	}
	for _, w := range p.Workflows {
		w.notSet(func(name string, n *NotSet, assumed string) { put(w.ID+"."+name, n, &assumed) })
	}
	return out
}

// notSet calls do for what a workflow assumes: how long its clocks run, and how many experts it asks.
func (w *Workflow) notSet(do func(name string, n *NotSet, assumed string)) {
	for _, k := range w.Clocks {
		do(k.ID, k.Length.NotSet, strconv.Itoa(k.Length.Value)+" "+k.Unit)
	}
	for _, a := range w.Actions {
		if e := a.Effect("assign"); e != nil {
			do(a.ID+".experts", e.NotSet, strconv.Itoa(e.Experts)+" experts")
		}
	}
}
