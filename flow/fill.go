package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/plan"
)

// fill reads what the actor filled into the action's form, refuses it with every problem at once, and
// keeps it in the case as a new version. What is sealed, one expert's sheet and what concerns a single
// bid or objection do not become the case's form: the next one would overwrite it.
func (d *decision) fill() error {
	if err := d.note(); err != nil {
		return err
	}
	if d.form == nil {
		return d.noForm()
	}
	// Everything that is wrong is told at once: form, attachments, fields that are locked.
	values, files := d.merged()
	filled, problems := d.s.Plan.Fill(d.form, values, files, d.a.Partial)
	var bad []zhuanhua.Reason
	for _, p := range problems {
		bad = append(bad, unmet(p.Form+"."+p.Field, p.What, p.Do))
	}
	bad = append(bad, d.attachments(files)...)
	bad = append(bad, d.locked(filled, files)...)
	bad = append(bad, d.claimed(filled)...)
	bad = append(bad, d.references(filled)...)
	if len(bad) > 0 {
		return &Refused{Kind: zhuanhua.KindInvalid, Action: d.act.Action, Reasons: bad}
	}
	d.loose = filled
	if d.a.Effect("take_bid") != nil {
		return nil // it is sealed before anything is kept
	}
	d.step.Form, d.step.Values, d.step.Files = d.form.ID, filled, files
	if d.once() {
		return nil
	}
	if d.c.Forms == nil {
		d.c.Forms = map[string]zhuanhua.Filled{}
	}
	d.c.Forms[d.form.ID] = zhuanhua.Filled{Version: d.c.Forms[d.form.ID].Version + 1, Values: filled, Files: files, By: d.actor(), At: d.by.Now.UTC()}
	d.entitle()
	if !d.a.Partial {
		d.c.Marks = slices.DeleteFunc(d.c.Marks, func(m zhuanhua.Mark) bool { return m.Form == d.form.ID })
	}
	return nil
}

// once reports whether the action's form concerns one thing among several, so that the case keeps what
// comes of it and not the form.
func (d *decision) once() bool {
	if d.role == "assigned" {
		return true
	}
	for _, kind := range []string{"qualify", "object", "answer_objection", "milestone_done", "milestone_failed", "choose_winner"} {
		if d.a.Effect(kind) != nil {
			return true
		}
	}
	return false
}

// merged is what the applicant fills in over what they filled in before: a draft goes on where it was, a
// correction says what changes. Everybody else's form is filled in anew each time.
func (d *decision) merged() (map[string]string, map[string][]string) {
	before, ok := d.c.Forms[d.form.ID]
	if !ok && d.a.RegisterForm && d.entry != nil { // what is not said stays as it stands in the register
		before, ok = zhuanhua.Filled{Values: d.entry.Values, Files: d.entry.Files}, true
	}
	if !ok || before.Done || d.role != "applicant" || d.once() || d.a.Effect("take_bid") != nil {
		return d.act.Values, d.act.Files
	}
	values, files := map[string]string{}, map[string][]string{}
	for id, v := range before.Values {
		if d.form.Field(id) != nil { // a field that the plan no longer has stays in the earlier step
			values[id] = v
		}
	}
	for id, sums := range before.Files {
		if d.form.Field(id) != nil {
			files[id] = sums
		}
	}
	maps.Copy(values, d.act.Values)
	maps.Copy(files, d.act.Files)
	return values, files
}

// maxNote bounds a note, in characters.
const maxNote = 5000

// note checks the note: a refusal without reasons is none.
func (d *decision) note() error {
	given := strings.TrimSpace(d.act.Note) != ""
	if n := utf8.RuneCountInString(d.act.Note); n > maxNote || !utf8.ValidString(d.act.Note) {
		return d.invalid("note", say(fmt.Sprintf("说明有 %d 字，最多 %d 字，须为 UTF-8", n, maxNote), fmt.Sprintf("the note has %d characters; %d are allowed, in UTF-8", n, maxNote)), say("缩短内容，详细材料作为附件", "shorten it; attach what is long"))
	}
	if d.a.Note == "required" && !given {
		return d.invalid("note", say("“"+d.a.Title.ZH+"”须写明理由", "\""+d.a.Title.EN+"\" needs a note"), say("用 --note 写明理由", "give the reasons with --note"))
	}
	return nil
}

// noForm refuses values where no form asks for them: they would be lost.
func (d *decision) noForm() error {
	for _, id := range slices.Sorted(maps.Keys(d.act.Values)) {
		if !slices.ContainsFunc(Parameters(d.a), func(p Parameter) bool { return p.Name == id }) {
			return d.invalid(id, say("“"+d.a.Title.ZH+"”不填表，没有字段 "+id, "\""+d.a.Title.EN+"\" has no form and no field "+id), say("删去它", "leave it out"))
		}
	}
	d.loose = d.act.Values
	return nil
}

// attachments checks type and size of every file by what the program found in it, not by its name.
func (d *decision) attachments(files map[string][]string) []zhuanhua.Reason {
	var bad []zhuanhua.Reason
	for _, id := range slices.Sorted(maps.Keys(files)) {
		f := d.form.Field(id)
		if f == nil {
			continue
		}
		for _, sum := range files[id] {
			seen, known := d.s.Files[sum]
			check := d.form.ID + "." + id
			switch {
			case !known && d.tookBefore(id, sum):
			case !known:
				bad = append(bad, unmet(check, say("找不到附件 "+short(sum), "there is no attachment "+short(sum)), say("重新上传", "attach it again")))
			case seen.Size == 0:
				bad = append(bad, unmet(check, say("附件“"+seen.Name+"”是空文件", "the attachment "+seen.Name+" is empty"), say("检查后重新上传", "look at it and attach it again")))
			case len(f.Types) > 0 && !slices.Contains(f.Types, seen.Type):
				bad = append(bad, unmet(check, say("附件“"+seen.Name+"”的内容是 "+seen.Type+"，“"+f.Title.ZH+"”只收 "+strings.Join(f.Types, "、"), "the attachment "+seen.Name+" is "+seen.Type+" inside; "+f.Title.EN+" takes "+strings.Join(f.Types, ", ")),
					say("换成规定的格式；改扩展名没有用", "save it as one of these; another extension does not help")))
			case f.MaxSize > 0 && seen.Size > f.MaxSize:
				bad = append(bad, unmet(check, say("附件“"+seen.Name+"”有 "+megabytes(seen.Size)+"，超过 "+megabytes(f.MaxSize), "the attachment "+seen.Name+" has "+megabytes(seen.Size)+", more than "+megabytes(f.MaxSize)), say("压缩或拆分后上传", "compress or split it")))
			}
		}
	}
	return bad
}

// tookBefore reports whether an attachment of a field was examined when it came in: with an earlier version of
// the form, or with the entry that the case changes.
func (d *decision) tookBefore(field, sum string) bool {
	return slices.Contains(d.c.Forms[d.form.ID].Files[field], sum) || d.a.RegisterForm && d.entry != nil && slices.Contains(d.entry.Files[field], sum)
}

// short is the beginning of a checksum.
func short(sum string) string { return sum[:min(12, len(sum))] }

// locked refuses changes of fields that were not sent back: what has been examined stays as it was.
func (d *decision) locked(values map[string]string, files map[string][]string) []zhuanhua.Reason {
	if d.role != "applicant" || len(d.c.Marks) == 0 {
		return nil
	}
	open, marked := map[string]bool{}, false
	for _, m := range d.c.Marks {
		if m.Form == d.form.ID {
			marked = true
			open[m.Field] = true
		}
	}
	if !marked || open[""] {
		return nil
	}
	before := d.c.Forms[d.form.ID]
	var bad []zhuanhua.Reason
	for _, f := range d.form.Fields {
		same := values[f.ID] == before.Values[f.ID] && slices.Equal(files[f.ID], before.Files[f.ID])
		if !same && !open[f.ID] {
			bad = append(bad, unmet(d.form.ID+"."+f.ID, say("“"+f.Title.ZH+"”没有要求补正，不能修改", "\""+f.Title.EN+"\" was not sent back and cannot be changed"), say("只改被标记的字段，或请经办人标记它", "change the marked fields only, or ask the officer to mark it")))
		}
	}
	return bad
}

// claimed refuses another record in place of the one that the case has claimed: the claim would stay on the
// first, and the second could be claimed by others too.
func (d *decision) claimed(values map[string]string) []zhuanhua.Reason {
	if len(d.c.Claims) == 0 || d.a.Effect("claim") != nil {
		return nil
	}
	for _, id := range d.claimFields() {
		f := d.form.Field(id)
		before := d.c.Forms[d.form.ID].Values[id]
		if f != nil && before != "" && values[id] != before {
			return []zhuanhua.Reason{unmet(d.form.ID+"."+id, say("申请已占用“"+before+"”，不能改为“"+values[id]+"”", "the case has claimed \""+before+"\", which cannot become \""+values[id]+"\""), say("撤回后另行申请", "withdraw it and apply anew"))}
		}
	}
	return nil
}

// claimFields are the fields that name what cases of the workflow claim on.
func (d *decision) claimFields() []string {
	var out []string
	for _, a := range d.w.Actions {
		for _, g := range a.If {
			if g.Kind == "single_claim" {
				out = append(out, g.Field.ID)
			}
		}
		if e := a.Effect("claim"); e != nil && e.Field.ID != "" {
			out = append(out, e.Field.ID)
		}
	}
	return out
}

// value is what the actor gave for a field of the action's form, or for a parameter of an effect.
func (d *decision) value(id string) string { return d.loose[id] }

// field finds what the case says in a field: in one form, or in the newest of its forms that has it.
func (d *decision) field(form, id string) (string, *plan.Field) {
	var newest zhuanhua.Filled
	var found *plan.Field
	for _, name := range slices.Sorted(maps.Keys(d.c.Forms)) {
		f := d.s.Plan.Form(name).Field(id)
		if f == nil || form != "" && name != form {
			continue
		}
		filled := d.c.Forms[name]
		if filled.Values[id] != "" && (found == nil || filled.At.After(newest.At)) {
			newest, found = filled, f
		}
	}
	return newest.Values[id], found
}
