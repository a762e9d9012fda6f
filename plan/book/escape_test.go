package book_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"zhuanhua/plan"
)

// hostile fills every text of a plan, and every name that is free text, with s.
func hostile(t *testing.T, s string) *plan.Pack {
	p := small(t)
	n := fill(reflect.ValueOf(p).Elem(), s)
	if n < 100 {
		t.Fatalf("only %d texts were filled", n)
	}
	return p
}

// free are the fields beside texts that a pack may fill with anything.
var free = map[string]bool{"Article": true, "Number": true, "Version": true, "Replaces": true, "Chapter": true}

// fill walks a value and counts the texts it changed.
func fill(v reflect.Value, s string) int {
	n := 0
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			n += fill(v.Elem(), s)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			n += fill(v.Index(i), s)
		}
	case reflect.Struct:
		if text, ok := v.Addr().Interface().(*plan.Text); ok {
			if !text.IsZero() {
				*text = plan.Text{ZH: s, EN: s}
				n++
			}
			return n
		}
		for i := range v.NumField() {
			field := v.Type().Field(i)
			switch {
			case !field.IsExported():
			case free[field.Name] && field.Type.Kind() == reflect.String:
				v.Field(i).SetString(s)
				n++
			default:
				n += fill(v.Field(i), s)
			}
		}
	}
	return n
}

// skeleton is a page's tags and attribute names, without any text or value.
func skeleton(page string) string {
	tag := regexp.MustCompile(`<[^>]*>`)
	value := regexp.MustCompile(`"[^"]*"`)
	var b strings.Builder
	for _, s := range tag.FindAllString(page, -1) {
		b.WriteString(value.ReplaceAllString(s, `""`) + "\n")
	}
	return b.String()
}

// TestEscapes compares the tags of a book made of attacks with those of one made of plain letters: what
// the plan holds may change no tag and no attribute, and cannot end the style.
func TestEscapes(t *testing.T) {
	for _, lang := range []plan.Lang{plan.ZH, plan.EN} {
		plain := skeleton(body(render(t, input(hostile(t, "甲")), lang)))
		for _, s := range []string{
			`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)'`, `</title><script>alert(1)</script>`,
			`--><svg/onload=alert(1)>`, `{{.Pack}}<b>`, "javascript:alert(1);", `</style></script><iframe src="//evil.example">`, "&lt&#60script>",
			`"; } } body { display: none } @import "//evil.example`,
		} {
			page := render(t, input(hostile(t, s)), lang)
			if got := skeleton(body(page)); got != plain {
				t.Errorf("%q changes the page's tags", s)
			}
			head, _, _ := strings.Cut(page, "<body>")
			if strings.Count(page, "<style>") != 2 || strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Contains(head, "evil.example\"") || strings.Contains(head, "@import \"") {
				t.Errorf("%q comes through", s)
			}
		}
	}
}
