package simulate

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// filler fills in one form.
type filler struct {
	*sim
	c     *simCase
	k     *zhuanhua.Case
	a     *plan.Action
	user  string
	guide *guide
}

// form fills in the required fields, and others now and then. It says false where something is asked
// for that there is not, such as a milestone that is left.
func (f *filler) form(form *plan.Form, do *app.Doing) bool {
	marked := f.a.IsBy("applicant") && len(f.k.Marks) > 0
	for _, x := range form.Fields {
		if marked && !slices.ContainsFunc(f.k.Marks, func(m zhuanhua.Mark) bool { return m.Form == form.ID && (m.Field == "" || m.Field == x.ID) }) {
			continue
		}
		if !x.Required && x.Fact.ID == "" && x.Type != plan.FieldScore && f.rng.IntN(4) > 0 {
			continue
		}
		if x.Type == plan.FieldFiles {
			f.file(x, do)
			continue
		}
		v, ok := f.value(form, x)
		if !ok {
			return false
		}
		if v != "" {
			do.Values[x.ID] = v
		}
	}
	return true
}

// file attaches a small invented file of a type that the field takes. A bid goes without: what a
// simulation seals it does not keep.
func (f *filler) file(x *plan.Field, do *app.Doing) {
	if !x.Required && (f.a.Effect("take_bid") != nil || f.rng.IntN(3) > 0) {
		return
	}
	ext := "pdf"
	if len(x.Types) > 0 {
		ext = x.Types[f.rng.IntN(len(x.Types))]
	}
	text := name("附件 %s %s %d", f.k.ID, x.ID, f.rng.IntN(1000))
	content := contentOf(ext, text)
	do.Files = append(do.Files, app.File{Field: x.ID, Name: "示例." + ext, Size: int64(len(content)), Content: bytes.NewReader(content)})
}

// contentOf is content that goes by an extension.
func contentOf(ext, text string) []byte {
	switch ext {
	case "pdf":
		return []byte("%PDF-1.4\n% " + text + "\n")
	case "jpg", "jpeg":
		return append([]byte("\xff\xd8\xff\xe0"), text...)
	case "png":
		return append([]byte("\x89PNG\r\n\x1a\n"), text...)
	case "zip":
		return archive(text, "示例.txt")
	case "docx":
		return archive(text, "[Content_Types].xml", "word/document.xml")
	case "xlsx":
		return archive(text, "[Content_Types].xml", "xl/workbook.xml")
	case "ofd":
		return archive(text, "OFD.xml")
	}
	return []byte(text + "\n")
}

func archive(text string, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		w, err := z.Create(n)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			return b.Bytes() // a buffer takes everything
		}
	}
	_ = z.Close() // into the buffer
	return b.Bytes()
}

// value is what a field is filled in with: what a guard waits for, what the convention asks, the facts
// of a trial of the rule, else something of its type.
func (f *filler) value(form *plan.Form, x *plan.Field) (string, bool) {
	if v, ok := f.conventional(x.ID); ok {
		return v, v != ""
	}
	want, ok := f.guide.wants[form.ID+"."+x.ID]
	if !ok {
		want, ok = f.guide.wants["."+x.ID] // of whichever form has it
	}
	if x.ID == "change" {
		want, ok = f.change()
	}
	if ok && f.rng.IntN(20) > 0 {
		return want, true
	}
	if x.Fact.ID != "" && f.c.trial != nil {
		if v, ok := f.c.trial.Facts[x.Fact.ID]; ok {
			return f.written(v), true
		}
		if !x.Required {
			return "", true
		}
	}
	if f.keeps(x) || x.Prefill != "" && x.Type != plan.FieldOrganisation && f.known(x.Prefill) {
		return "", true
	}
	return f.invented(x), true
}

// keeps reports whether a field is left as the case's entry has it: a correction of its days is a matter of its own.
func (f *filler) keeps(x *plan.Field) bool {
	r := f.plan.Register(f.k.Register)
	return r != nil && f.k.Accreditation != "" && f.a.RegisterForm && (x.ID == r.Effective.ID || x.ID == r.Validity.Until.ID)
}

// known reports whether the records say what a field begins with: invented organisations have no codes, and those of
// the authority no records.
func (f *filler) known(word string) bool {
	noun, what, _ := strings.Cut(word, ".")
	return zhuanhua.Noun(noun) != zhuanhua.NounOrganisation || what != "uscc" && slices.Contains(f.people.orgs, f.k.Organisation)
}

// written is a value of a trial's fact as people write it. Days move with the day that it is filled in.
func (f *filler) written(v plan.Value) string {
	on := f.c.trial.On
	switch {
	case v.Type == plan.TypeMoney:
		return v.String() + " 分"
	case v.Type == plan.TypeDate && !on.IsZero():
		since := f.now.Sub(time.Date(on.Year, on.Month, on.Day, 0, 0, 0, 0, zhuanhua.Shanghai()))
		day := time.Date(v.Date.Year, v.Date.Month, v.Date.Day, 0, 0, 0, 0, zhuanhua.Shanghai())
		return zhuanhua.DateOf(day.Add(since)).String()
	}
	return v.String()
}

// conventional is what an effect reads from a field of its action's form.
func (f *filler) conventional(id string) (string, bool) {
	has := func(kind string) bool { return f.a.Effect(kind) != nil }
	switch {
	case id == "bid" && has("qualify"):
		for _, b := range f.k.Bids {
			if !b.Withdrawn && b.Qualified == "" {
				return fmt.Sprint(b.N), true
			}
		}
		return "", true
	case id == "bid" && f.a.IsBy("assigned"):
		for _, r := range f.k.Reviews {
			if r.Expert == f.user && r.At.IsZero() && r.Recused == "" {
				return fmt.Sprint(r.Bid), true
			}
		}
		return "", true
	case id == "qualified" && has("qualify"):
		return fmt.Sprint(f.rng.IntN(8) > 0), true
	case id == "milestone" && (has("milestone_done") || has("milestone_failed")):
		return f.milestone("open"), true
	case id == "milestone":
		return f.milestone(""), true
	case id == "winners" && has("choose_winner"):
		return f.winners(), true
	case id == "n" && has("answer_objection"):
		for _, o := range f.k.Objections {
			if o.Closed.IsZero() {
				return fmt.Sprint(o.N), true
			}
		}
		return "", true
	case f.amountField(id):
		return f.amount()
	case id == "upheld" && has("answer_objection"):
		return "false", true
	}
	if e := f.a.Effect("draw_key"); e != nil && strings.HasPrefix(id, "holder") {
		return f.holder(id), true
	}
	return "", false
}

// amountField reports whether the approver enters the amount in a field.
func (f *filler) amountField(id string) bool {
	e := f.a.Effect("amount")
	return e != nil && e.From != "rule" && e.Field.ID == id
}

// amount is one that the rule allows, as far as it says.
func (f *filler) amount() (string, bool) {
	if f.c.trial == nil {
		return "", false
	}
	q, err := f.plan.Quote(f.k.Rule, f.c.trial.Facts, zhuanhua.DateOf(f.now), nil)
	if err != nil || q.MaxFen == nil {
		return "", false
	}
	low := int64(1)
	if q.MinFen != nil {
		low = int64(*q.MinFen)
	}
	return fmt.Sprintf("%d 分", low+f.rng.Int64N(max(1, int64(*q.MaxFen)-low+1))), true
}

func (f *filler) milestone(state string) string {
	for _, m := range f.k.Milestones {
		if state == "" || m.State == state {
			return m.ID
		}
	}
	return ""
}

// winners are the bids ranked first, or any where nobody ranks them; sometimes two race.
func (f *filler) winners() string {
	bids := slices.DeleteFunc(slices.Clone(f.k.Bids), func(b zhuanhua.Bid) bool { return b.Withdrawn || b.Qualified == "no" })
	slices.SortStableFunc(bids, func(a, b zhuanhua.Bid) int { return a.Rank - b.Rank })
	var list []string
	for _, b := range bids[:min(1+f.rng.IntN(2), len(bids))] {
		list = append(list, fmt.Sprint(b.N))
	}
	return strings.Join(list, ",")
}

// holder is an officer for each of the holders' fields, another for each.
func (f *filler) holder(id string) string {
	officers := f.people.byRole[zhuanhua.RoleOfficer]
	sum := 0
	for _, r := range id {
		sum += int(r)
	}
	return officers[sum%len(officers)]
}

// invented is something of the field's type.
func (f *filler) invented(x *plan.Field) string {
	low, high := bounds(x)
	switch x.Type {
	case plan.FieldMoney:
		return fmt.Sprintf("%d 万元", 1+f.rng.IntN(300))
	case plan.FieldShare:
		return fmt.Sprintf("0.%d", 1+f.rng.IntN(9))
	case plan.FieldCount, plan.FieldYear:
		return fmt.Sprint(low + f.rng.Int64N(min(high-low, 20)+1))
	case plan.FieldScore:
		return fmt.Sprint(high - f.rng.Int64N((high-low)/3+1))
	case plan.FieldDate:
		return f.date(x).String()
	case plan.FieldRegion:
		return string(f.plan.Region)
	case plan.FieldEnum:
		codes := f.plan.Vocabulary(x.Vocabulary.ID).Codes()
		if len(codes) == 0 {
			return ""
		}
		return codes[f.rng.IntN(len(codes))]
	case plan.FieldBool:
		return fmt.Sprint(f.rng.IntN(12) > 0)
	case plan.FieldNamed:
		return "true"
	case plan.FieldRows:
		return f.rows(x)
	}
	return f.record(x)
}

// record is the id of a record, or words.
func (f *filler) record(x *plan.Field) string {
	linked := func(kind zhuanhua.Noun) string {
		for _, l := range f.k.Links {
			if l.Kind == string(kind) {
				return l.ID
			}
		}
		return ""
	}
	switch x.Type {
	case plan.FieldRegister:
		of := x.Of.ID
		if of == "" {
			of = f.k.Register
		}
		return f.entryOf(context.Background(), of, f.k.Accreditation)
	case plan.FieldPerson:
		return f.person()
	case plan.FieldContract:
		return linked(zhuanhua.NounContract)
	case plan.FieldAchievement:
		return linked(zhuanhua.NounAchievement)
	case plan.FieldNeed:
		return linked(zhuanhua.NounNeed)
	case plan.FieldCase:
		return linked(zhuanhua.NounCase)
	case plan.FieldUser:
		return f.oneOf(f.people.byRole[zhuanhua.RoleOfficer])
	case plan.FieldOrganisation:
		for _, o := range f.shuffled(f.people.orgs) {
			if o != f.k.Organisation {
				return o
			}
		}
	}
	return f.words(x)
}

// words are of this case alone: what is claimed on is claimed once.
func (f *filler) words(x *plan.Field) string {
	long := name("%s %s", x.Title.ZH, f.k.ID)
	if n := utf8.RuneCountInString(long); x.MaxLength > 0 && n > x.MaxLength {
		short := []rune(name("%d", f.begun*100+f.k.Steps))
		return string(short[:min(len(short), x.MaxLength)])
	}
	return long
}

// date is a day to come; of a register's form the first day on which the entry holds is today, and the last one next
// year.
func (f *filler) date(x *plan.Field) zhuanhua.Date {
	days := 30 + f.rng.IntN(300)
	if r := f.plan.Register(f.k.Register); r != nil && r.Field(x.ID) == x {
		switch x.ID {
		case r.Effective.ID:
			days = 0
		case r.Validity.Until.ID:
			days += 365
		}
	}
	return zhuanhua.DateOf(f.now.AddDate(0, 0, days))
}

// rows is a short table.
func (f *filler) rows(x *plan.Field) string {
	var list []map[string]string
	split := f.a.Effect("tranches")
	for i := range 2 {
		line := map[string]string{}
		for _, c := range x.Columns {
			line[c.ID] = f.invented(c)
			switch {
			case c.Type == plan.FieldDate:
				line[c.ID] = zhuanhua.DateOf(f.now.AddDate(0, 2*(i+1), 0)).String()
			case c.Type == plan.FieldMoney && split != nil && split.Field.ID == x.ID && f.k.Amount != nil: // the lines add up
				line[c.ID] = fmt.Sprintf("%d 分", (*f.k.Amount+zhuanhua.Money(i))/2)
			}
		}
		list = append(list, line)
	}
	return zhuanhua.CanonicalJSON(list)
}

func bounds(x *plan.Field) (low, high int64) {
	low, high = 1, 100
	if x.Min != nil {
		low = x.Min.Value.Count
	}
	if high = max(low, high); x.Max != nil {
		high = x.Max.Value.Count
	}
	return low, high
}

func (x *sim) fieldsOf(form string) []*plan.Field {
	if f := x.plan.Form(form); f != nil {
		return f.Fields
	}
	return nil
}

// read is a case as it stands, for the simulation and no user.
func (x *sim) read(ctx context.Context, id string) (zhuanhua.Case, error) {
	row, err := x.store.Get(ctx, zhuanhua.NounCase, id)
	if err != nil {
		return zhuanhua.Case{}, err
	}
	return store.As[zhuanhua.Case](row)
}

// oneOf is one of a list by chance, "" of an empty one.
func (x *sim) oneOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[x.rng.IntN(len(list))]
}

func (x *sim) shuffled(list []string) []string {
	out := slices.Clone(list)
	x.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (x *sim) minutes(low, high int) time.Duration {
	return time.Duration(low+x.rng.IntN(high-low)) * time.Minute
}
