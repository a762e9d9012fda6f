package app

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// scriptLine is one line of a script of invented casework (examples/casework.jsonl). Days count from the day on
// which it is played, so that something is always in publicity today.
type scriptLine struct {
	Is string `json:"is"` // organisation, person, contract, user, budget, way or case
	ID string `json:"id"`

	Name         string           `json:"name"`
	Kind         zhuanhua.OrgKind `json:"kind"`
	Region       zhuanhua.Region  `json:"region"`
	Organisation string           `json:"organisation"`
	Person       string           `json:"person"`
	Role         zhuanhua.Role    `json:"role"`
	Fields       []string         `json:"fields"`
	Department   string           `json:"department"`
	Seller       string           `json:"seller"`
	Buyer        string           `json:"buyer"`
	Number       string           `json:"number"`
	Amount       zhuanhua.Money   `json:"amount_fen"`

	Day      int               `json:"day"` // when it begins: -60 is sixty days ago
	Way      string            `json:"way"`
	Register string            `json:"register"`
	Rule     string            `json:"rule"`
	Entry    string            `json:"entry"` // label of the case that brought it in
	Links    []zhuanhua.Link   `json:"links"`
	As       string            `json:"as"`
	Set      map[string]string `json:"set"`   // of the first step
	Files    []string          `json:"files"` // fields of the first step that get an invented file
	Until    string            `json:"until"` // the last step that is taken; "" all
	Steps    []scriptStep      `json:"steps"`
	Workflow string            `json:"workflow"`
}

// scriptStep is one act of a case. As is "" for who began the case, "experts" for all who were drawn.
type scriptStep struct {
	Act   string            `json:"act"`
	As    string            `json:"as"`
	After int               `json:"after"` // days since the step before
	Set   map[string]string `json:"set"`
	Note  string            `json:"note"`
}

// player plays a script.
type player struct {
	desk  *Desk
	today time.Time // nine in the morning
	at    time.Time // when the last act took place
	ways  map[string]scriptLine
	cases map[string]string // by label
	lost  map[string]bool   // cases that stopped at an act that was refused
}

// scriptAct is something that is done on a day.
type scriptAct struct {
	day  int
	what string // for messages
	of   string // label of the case
	do   func(ctx context.Context) error
}

// Play does what a script of invented casework says, through the same doors as everybody, at times before now.
// A case that cannot go on, such as where the calendar ends, is left where it is, and the others are played: the
// error names all that were left.
func (d *Desk) Play(ctx context.Context, script io.Reader, now time.Time) error {
	p := &player{desk: d, ways: map[string]scriptLine{}, cases: map[string]string{}, lost: map[string]bool{}}
	y, m, day := now.In(zhuanhua.Shanghai()).Date()
	p.today = time.Date(y, m, day, 9, 0, 0, 0, zhuanhua.Shanghai())
	acts, err := p.read(script)
	if err != nil {
		return err
	}
	slices.SortStableFunc(acts, func(a, b scriptAct) int { return cmp.Compare(a.day, b.day) })
	var all error
	for _, a := range acts {
		if p.lost[a.of] {
			continue
		}
		if err := a.do(p.time(ctx, a.day)); err != nil {
			if a.of == "" {
				return fmt.Errorf("%s: %w", a.what, err)
			}
			p.lost[a.of] = true
			all = errors.Join(all, fmt.Errorf("%s: %w", a.what, err))
		}
	}
	return all
}

// time is the time of the next act: the morning of its day, a minute after the act before.
func (p *player) time(ctx context.Context, day int) context.Context {
	at := p.today.AddDate(0, 0, day)
	if next := p.at.Add(time.Minute); at.Before(next) {
		at = next
	}
	p.at = at
	return store.At(ctx, at)
}

// read reads the script into acts, in the order of its lines.
func (p *player) read(script io.Reader) ([]scriptAct, error) {
	var lines []scriptLine
	first, n := 0, 0
	for in := bufio.NewScanner(script); in.Scan(); {
		n++
		if text := strings.TrimSpace(in.Text()); text == "" || text[0] == '#' {
			continue
		}
		var l scriptLine
		dec := json.NewDecoder(strings.NewReader(in.Text()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&l); err != nil {
			return nil, zhuanhua.Invalid(fmt.Sprintf("line %d", n), "this is no line of a script: "+err.Error(), "see the lines above it")
		}
		if l.Day >= 0 && (l.Is == "case" || l.Is == "budget") {
			return nil, zhuanhua.Invalid(fmt.Sprintf("line %d", n), "the day is not before today", "write it as -60")
		}
		first = min(first, l.Day)
		lines = append(lines, l)
	}
	var acts []scriptAct
	for _, l := range lines {
		some, err := p.acts(l, first-1)
		if err != nil {
			return nil, err
		}
		acts = append(acts, some...)
	}
	return acts, nil
}

// acts are what a line comes to. Who and what there is, is there before anything happens.
func (p *player) acts(l scriptLine, first int) ([]scriptAct, error) {
	put := func(r zhuanhua.Record) []scriptAct {
		return []scriptAct{{day: first, what: l.ID, do: func(ctx context.Context) error {
			_, err := p.desk.store.Record(ctx, "示例", zhuanhua.Change{Batch: "example/" + l.Is + "/" + l.ID, Items: []zhuanhua.Item{zhuanhua.Put(r, zhuanhua.Source{})}})
			return err
		}}}
	}
	switch l.Is {
	case "organisation":
		return put(zhuanhua.Organisation{ID: l.ID, Name: cmp.Or(l.Name, l.ID), Kind: l.Kind, Region: l.Region}), nil
	case "person":
		return put(zhuanhua.Person{ID: l.ID, Name: l.Name, Organisation: l.Organisation}), nil
	case "contract":
		return put(zhuanhua.Contract{ID: l.ID, NationalNo: l.Number, Type: zhuanhua.ContractTransfer, Title: l.Name, Seller: l.Seller, Buyer: l.Buyer,
			Signed: zhuanhua.DateOf(p.today.AddDate(0, 0, l.Day)), Amount: &l.Amount, TechVerified: &l.Amount, Region: l.Region}), nil
	case "user":
		u := zhuanhua.User{ID: l.ID, Name: l.Name, Organisation: l.Organisation, Person: l.Person, Fields: l.Fields,
			Roles: []zhuanhua.Grant{{Role: l.Role, Department: l.Department, Region: l.Region}}}
		return []scriptAct{{day: first, what: l.ID, do: func(ctx context.Context) error {
			_, err := (&App{p.desk.store}).AddUser(ctx, "示例", "", u)
			return err
		}}}, nil
	case "budget":
		return []scriptAct{{day: l.Day, what: l.ID, do: func(ctx context.Context) error {
			_, err := p.desk.Appropriate(ctx, "示例", l.As, Appropriation{Programme: l.Rule, Year: p.desk.Today(ctx).Year, Amount: int64(l.Amount)})
			return err
		}}}, nil
	case "way":
		p.ways[l.ID] = l
		return nil, nil
	case "case":
		return p.caseActs(l)
	}
	return nil, zhuanhua.Invalid(l.Is+" "+l.ID, "there are no such lines", "write organisation, person, contract, user, budget, way or case")
}

// caseActs are the beginning of a case and its steps, each on its day.
func (p *player) caseActs(l scriptLine) ([]scriptAct, error) {
	way, ok := p.ways[l.Way]
	if !ok {
		return nil, zhuanhua.Invalid("case "+l.ID, "there is no way "+l.Way, "write the way before the case")
	}
	acts := []scriptAct{{day: l.Day, what: l.ID, of: l.ID, do: func(ctx context.Context) error { return p.begin(ctx, l, way.Workflow) }}}
	day := l.Day
	for i, s := range way.Steps {
		if day += s.After; day >= 0 {
			break // what would be today or later has not happened
		}
		s.Set = maps.Clone(s.Set)
		var files []string
		if i == 0 {
			s.Set, files = l.Set, l.Files
		}
		acts = append(acts, scriptAct{day: day, what: l.ID + ", " + s.Act, of: l.ID, do: func(ctx context.Context) error { return p.step(ctx, l, s, files) }})
		if s.Act == l.Until {
			break
		}
	}
	return acts, nil
}

func (p *player) begin(ctx context.Context, l scriptLine, workflow string) error {
	b := flow.Beginning{Workflow: workflow, Register: l.Register, Rule: l.Rule, Title: cmp.Or(l.Name, l.Set["name"]), Links: l.Links}
	if l.Entry != "" {
		b.Register = ""
		var err error
		if b.Entry, err = p.entry(ctx, l.Entry); err != nil {
			return err
		}
	}
	done, err := p.desk.NewCase(ctx, l.As, b)
	p.cases[l.ID] = done.ID
	return err
}

// entry is the id of the entry that a case has brought in.
func (p *player) entry(ctx context.Context, label string) (string, error) {
	c, _, err := get[zhuanhua.Case](ctx, p.desk.store, p.cases[label])
	if err == nil && c.Accreditation == "" {
		err = zhuanhua.Invalid("@"+label, "the case has brought in no entry", "let it be decided on an earlier day")
	}
	return c.Accreditation, err
}

// step takes one step of a case. Nobody examines what they handed in: then a colleague does it, "officer-2".
func (p *player) step(ctx context.Context, l scriptLine, s scriptStep, files []string) error {
	id, who := p.cases[l.ID], []string{cmp.Or(s.As, l.As)}
	switch {
	case s.As == "experts":
		c, _, err := get[zhuanhua.Case](ctx, p.desk.store, id)
		if err != nil {
			return err
		}
		who = nil
		for _, r := range c.Reviews {
			who = append(who, r.Expert)
		}
	case s.As == l.As:
		who[0] = l.As + "-2"
	}
	values, err := p.values(ctx, s.Set)
	if err != nil {
		return err
	}
	for _, u := range who {
		do := Doing{Act: flow.Act{Action: s.Act, Values: maps.Clone(values), Note: s.Note}}
		for _, field := range files {
			do.Files = append(do.Files, File{Field: field, Name: "示例.pdf", Size: int64(len(sampleFile)), Content: strings.NewReader(sampleFile)})
		}
		if _, err := p.desk.Do(ctx, u, id, do); err != nil {
			return err
		}
	}
	return nil
}

// sampleFile is what is attached where a form wants a file.
const sampleFile = "%PDF-1.4\n% 示例\n"

// values puts days ("day -30") and entries ("@label") in place.
func (p *player) values(ctx context.Context, set map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for k, v := range set {
		if n, ok := strings.CutPrefix(v, "day "); ok {
			days, err := strconv.Atoi(n)
			if err != nil {
				return nil, zhuanhua.Invalid(k, "this is no day: "+v, "write it as day -30")
			}
			v = zhuanhua.DateOf(p.today.AddDate(0, 0, days)).String()
		}
		if label, ok := strings.CutPrefix(v, "@"); ok {
			var err error
			if v, err = p.entry(ctx, label); err != nil {
				return nil, err
			}
		}
		out[k] = v
	}
	return out, nil
}
