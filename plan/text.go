package plan

import (
	"cmp"

	"zhuanhua"
)

// Lang is a language that words are given in.
type Lang string

// The languages of a plan.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// Text is words for people in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In is the text in one language.
func (t Text) In(l Lang) string {
	if l == EN {
		return t.EN
	}
	return t.ZH
}

// Both is the Chinese with the English behind it in brackets, for messages.
func (t Text) Both() string {
	switch {
	case t.ZH == t.EN, t.EN == "":
		return t.ZH
	case t.ZH == "":
		return t.EN
	}
	return t.ZH + " (" + t.EN + ")"
}

// IsZero reports whether there are no words.
func (t Text) IsZero() bool { return t == Text{} }

// say makes a text.
func say(zh, en string) Text { return Text{ZH: zh, EN: en} }

// Source says where a value is written: the document, the article and the item of the plan.
type Source struct {
	Doc     string `json:"doc"`
	Article string `json:"article,omitempty"`
	Item    string `json:"item,omitempty"`
	At      Pos    `json:"-"`
}

// IsZero reports whether no source is given.
func (s Source) IsZero() bool { return s.Doc == "" }

// Pos is a place in a file of a pack.
type Pos struct {
	File         string
	Line, Column int
}

// Ref names something that is defined elsewhere in the pack, and where it is named.
type Ref struct {
	ID string
	At Pos
}

// NotSet marks a value that the plan does not state, and who may set it.
type NotSet struct {
	Note  Text
	SetBy []Ref
	At    Pos
}

// compareDates orders days.
func compareDates(a, b zhuanhua.Date) int {
	return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Day, b.Day))
}
