package plan

import (
	"strings"

	"zhuanhua"
)

// Form is what somebody fills in.
type Form struct {
	ID     string
	Title  Text
	Source Source
	Fields []*Field
	At     Pos
}

// Field is one thing that a form asks.
type Field struct {
	ID         string
	Fact       Ref // ID "": the field is of no fact
	Type       FieldType
	Title      Text
	Help       Text
	Vocabulary Ref // of FieldEnum
	Of         Ref // of FieldRegister: entries of which register; ID "": of the case's own
	Required   bool
	Private    bool // for the applicant and the authority alone
	Min, Max   *Bound
	MaxLength  int      // runes of a text
	Types      []string // of FieldFiles: extensions
	MaxSize    int64    // of FieldFiles: bytes of one
	Columns    []*Field // of FieldRows
	Prefill    string
	At         Pos
}

// FieldType is what sort of value a field takes.
type FieldType string

// The types of fields.
const (
	FieldText         FieldType = "text"
	FieldLong         FieldType = "long"
	FieldMoney        FieldType = "money"
	FieldShare        FieldType = "share"
	FieldCount        FieldType = "count"
	FieldScore        FieldType = "score" // points with two decimals at most
	FieldDate         FieldType = "date"
	FieldYear         FieldType = "year"
	FieldRegion       FieldType = "region"
	FieldEnum         FieldType = "enum"
	FieldBool         FieldType = "bool"
	FieldNamed        FieldType = "named" // of a fact: true, false, or the name of the thing
	FieldOrganisation FieldType = "organisation"
	FieldContract     FieldType = "contract"
	FieldAchievement  FieldType = "achievement"
	FieldNeed         FieldType = "need"
	FieldCase         FieldType = "case"
	FieldUser         FieldType = "user"
	FieldPerson       FieldType = "person"   // the id of a person's record, shown to nobody
	FieldRegister     FieldType = "register" // an entry of a register
	FieldFiles        FieldType = "files"
	FieldRows         FieldType = "rows"
)

// Bound is the least or the most that a field takes.
type Bound struct {
	Value Value
	At    Pos
}

// Form is the form with an id, nil when there is none. Registers make forms of their own.
func (p *Pack) Form(id string) *Form {
	if of, ok := strings.CutPrefix(id, registerForm); ok {
		if r := p.Register(of); r != nil {
			return r.form
		}
		return nil
	}
	if of, ok := strings.CutPrefix(id, evaluationForm); ok {
		if r := p.Register(of); r != nil {
			return r.sheet
		}
		return nil
	}
	return find(p.Forms, func(f *Form) bool { return f.ID == id })
}

// Field is the field with an id, nil when there is none.
func (f *Form) Field(id string) *Field {
	if f == nil {
		return nil
	}
	return find(f.Fields, func(x *Field) bool { return x.ID == id })
}

// FormFor is the form that an action asks for in a case, nil when it asks for none.
func (p *Pack) FormFor(a *Action, c *zhuanhua.Case) *Form {
	switch {
	case a.RegisterForm:
		return p.Form(registerForm + c.Register)
	case a.EvaluationForm:
		return p.Form(evaluationForm + c.Register)
	}
	return p.FormOf(a, c.Rule)
}

// FormOf is the form that an action asks for in a case about a rule ("" none), nil when it asks for none.
func (p *Pack) FormOf(a *Action, rule string) *Form {
	if !a.RuleForm {
		return p.Form(a.Form.ID)
	}
	if r := p.Rule(rule); r != nil {
		return p.Form(r.Form.ID)
	}
	return nil
}
