package app

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/indicator"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// EntryView is an entry of a register as somebody may see it.
type EntryView struct {
	EntryRow
	On            zhuanhua.Date         `json:"on"`
	RegisterTitle plan.Text             `json:"register_title,omitzero"`
	SeenAs        string                `json:"seen_as"`
	Names         []zhuanhua.Name       `json:"names"`
	Grades        []zhuanhua.Graded     `json:"grades,omitempty"`
	Person        string                `json:"person,omitempty"` // an id; the public does not see it
	Values        map[string]string     `json:"values"`
	Files         map[string][]string   `json:"files,omitempty"`
	Spans         []zhuanhua.Span       `json:"spans"`
	Evaluations   []zhuanhua.Evaluation `json:"evaluations,omitempty"`
	Relations     []zhuanhua.Relation   `json:"relations,omitempty"`
	Related       []BackRelation        `json:"related,omitempty"` // entries that lead here
	MergedInto    string                `json:"merged_into,omitempty"`
	Cases         []string              `json:"cases"`
	History       []EntryVersion        `json:"history,omitempty"`
	Gap           *indicator.Gap        `json:"gap,omitempty"` // to the next step; the public does not see it
}

// BackRelation is a relation seen from its other end.
type BackRelation struct {
	Entry string    `json:"entry"`
	Name  string    `json:"name"`
	Kind  string    `json:"kind"`
	Title plan.Text `json:"title"`
	zhuanhua.Period
}

// EntryVersion is one image in the history of an entry: when it was recorded, by which case, what changed.
type EntryVersion struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"`
	Case    string    `json:"case,omitempty"`
	Changed []string  `json:"changed"`
	State   string    `json:"state"` // on the day of the change
}

// Entry shows an entry of a register on a day, with its history where that is asked for.
func (d *Desk) Entry(ctx context.Context, as, id string, f RegisterFilter, history bool) (EntryView, error) {
	who, err := d.looking(ctx, as)
	if err != nil {
		return EntryView{}, err
	}
	e, _, err := d.readEntry(ctx, who, id)
	if err != nil {
		return EntryView{}, err
	}
	if !f.Known.IsZero() {
		if e, err = d.knownEntry(ctx, who, f, &e); err != nil {
			return EntryView{}, err
		}
	}
	on := f.on(who.today)
	v := d.entryView(who, &e, on)
	if v.Related, err = d.related(ctx, who, f, &e, on); err != nil {
		return v, err
	}
	if v.Gap, err = d.gap(ctx, who, f, &e, on); err != nil {
		return v, err
	}
	if history {
		v.History, err = d.versions(ctx, v.SeenAs != "public", &e, f.Known)
	}
	return v, err
}

// knownEntry is an entry as it was known at a time.
func (d *Desk) knownEntry(ctx context.Context, who reader, f RegisterFilter, now *zhuanhua.Accreditation) (zhuanhua.Accreditation, error) {
	found := zhuanhua.Accreditation{}
	err := d.eachEntry(ctx, who, RegisterFilter{Known: f.Known}, now.Register, func(e *zhuanhua.Accreditation) error {
		if e.ID == now.ID {
			found = *e
		}
		return nil
	})
	if err == nil && found.ID == "" {
		return found, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "entry " + now.ID, What: "当时还没有这个条目 the entry was not known then", Do: "name a later --known"}
	}
	return found, err
}

// entrySight is as what somebody sees an entry: the authority, its holder, or the public.
func (d *Desk) entrySight(who reader, e *zhuanhua.Accreditation) sight {
	u := who.user
	switch {
	case u == nil || u.Disabled:
		return sightPublic
	case slices.ContainsFunc(u.Roles, func(g zhuanhua.Grant) bool { return g.Role.Decides() && u.Has(g.Role, who.today) }), slices.Contains(e.Readers, u.ID):
		return sightOfficial
	case u.Has(zhuanhua.RoleAuditor, who.today), u.Has(zhuanhua.RoleAuditAdmin, who.today):
		return sightAudit
	case e.Organisation != "" && e.Organisation == u.Organisation, e.Person != "" && e.Person == u.Person:
		return sightOwn
	}
	return sightPublic
}

// entryView shows what a reader may see: the public sees the fields that the register makes public, and what
// an entry was called and when it held, not by which case; its holder all but what the authority noted for itself.
func (d *Desk) entryView(who reader, e *zhuanhua.Accreditation, on zhuanhua.Date) EntryView {
	how := d.entrySight(who, e)
	v := EntryView{EntryRow: d.seenRow(who, e, on), On: on, SeenAs: string(how), Names: e.Names, Grades: slices.Clone(e.Grades), Person: e.Person, Values: maps.Clone(e.Values), Files: maps.Clone(e.Files),
		Spans: slices.Clone(e.Spans), Evaluations: slices.Clone(e.Evaluations), Relations: slices.Clone(e.Relations), MergedInto: e.MergedInto, Cases: e.Cases}
	reg := d.plan.Register(e.Register)
	if reg != nil {
		v.RegisterTitle = reg.Title
	}
	if v.Names == nil {
		v.Names = []zhuanhua.Name{}
	}
	if how != sightPublic {
		return v
	}
	shown := func(field string) bool {
		return reg != nil && (reg.ShowsPublicly(field) || field == "name" || field == "organisation" || field == "region" || field == "grade")
	}
	maps.DeleteFunc(v.Values, func(k, _ string) bool { return !shown(k) })
	maps.DeleteFunc(v.Files, func(k string, _ []string) bool { return !shown(k) })
	v.Person, v.Cases, v.Case = "", []string{}, ""
	v.Relations = slices.DeleteFunc(v.Relations, func(r zhuanhua.Relation) bool {
		k := reg.Relation(r.Kind)
		return k == nil || !shown(k.Field.ID)
	})
	for i := range v.Spans {
		v.Spans[i].Reason, v.Spans[i].Case = "", ""
	}
	for i := range v.Grades {
		v.Grades[i].Case = ""
	}
	for i := range v.Evaluations {
		v.Evaluations[i].Scores, v.Evaluations[i].By, v.Evaluations[i].Case = nil, "", ""
	}
	return v
}

// related lists the entries that lead to this one on a day, as far as the reader may know of them.
func (d *Desk) related(ctx context.Context, who reader, f RegisterFilter, to *zhuanhua.Accreditation, on zhuanhua.Date) ([]BackRelation, error) {
	var out []BackRelation
	target := string(zhuanhua.NounAccreditation) + "/" + to.ID
	err := d.eachEntry(ctx, who, RegisterFilter{Known: f.Known}, "", func(e *zhuanhua.Accreditation) error {
		reg := d.plan.Register(e.Register)
		for _, r := range e.Relations {
			held := r.Holds(on) && (e.State(on) == zhuanhua.EntryActive || e.State(on) == zhuanhua.EntrySuspended)
			if r.To != target || !held || reg == nil || reg.Relation(r.Kind) == nil {
				continue
			}
			k := reg.Relation(r.Kind)
			if d.entrySight(who, e) == sightPublic && !reg.ShowsPublicly(k.Field.ID) {
				continue
			}
			out = append(out, BackRelation{Entry: e.ID, Name: e.Name(on), Kind: r.Kind, Title: k.Back, Period: r.Period})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b BackRelation) int { return strings.Compare(a.Entry+a.Kind, b.Entry+b.Kind) })
	return out, err
}

// versions is the history of an entry: every image that the log holds of it, up to a time.
func (d *Desk) versions(ctx context.Context, named bool, e *zhuanhua.Accreditation, known time.Time) ([]EntryVersion, error) {
	out := []EntryVersion{}
	var before zhuanhua.Accreditation
	for ev, err := range d.store.Events(ctx, store.EventFilter{Subject: string(zhuanhua.NounAccreditation) + "/" + e.ID}) {
		if err != nil {
			return nil, err
		}
		if !known.IsZero() && ev.At.After(known) {
			break
		}
		var p struct {
			Version int64                  `json:"version"`
			Image   zhuanhua.Accreditation `json:"image"`
		}
		if err := json.Unmarshal([]byte(ev.Payload), &p); err != nil {
			return nil, &zhuanhua.Error{Kind: zhuanhua.KindInternal, Where: ev.Subject, What: "the event cannot be read", Do: "run zhuanhua verify", Err: err}
		}
		x := EntryVersion{Version: p.Version, At: ev.At, Changed: changes(&before, &p.Image), State: p.Image.State(zhuanhua.DateOf(ev.At))}
		if named {
			x.By = ev.Actor
			if n := len(p.Image.Cases); n > 0 {
				x.Case = p.Image.Cases[n-1]
			}
		}
		out, before = append(out, x), p.Image
	}
	return out, nil
}

// changes names the parts in which two images of an entry differ.
func changes(a, b *zhuanhua.Accreditation) []string {
	out := []string{}
	x, y := reflect.ValueOf(*a), reflect.ValueOf(*b)
	for i := range x.NumField() {
		if !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
			name, _, _ := strings.Cut(x.Type().Field(i).Tag.Get("json"), ",")
			out = append(out, name)
		}
	}
	return out
}
