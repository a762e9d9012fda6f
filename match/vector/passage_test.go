package vector

import (
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"zhuanhua/match/vector/parts"
)

func TestSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"":      nil,
		" \n\t": nil,
		"没有句号":  {"没有句号"},
		"第一句。第二句！第三句？第四；第五":                  {"第一句。", "第二句！", "第三句？", "第四；", "第五"},
		"他说：“好。”然后走了。":                       {"他说：“好。”", "然后走了。"},
		"行一\n\n 行二\r\n行三":                    {"行一", "行二", "行三"},
		"密度1.80 g/cm3. Next one! 3.5 % v1.2": {"密度1.80 g/cm3.", "Next one!", "3.5 % v1.2"},
		"真的？！……是的。。。":                        {"真的？！", "……是的。。。"},
		"结果表明可行.该方法好,第3.5节":                  {"结果表明可行.", "该方法好,第3.5节"},
	} {
		var got []string
		for _, s := range Sentences(text) {
			got = append(got, s.Of(text))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %q", text, got)
		}
	}
}

func TestPassagesShort(t *testing.T) {
	for text, want := range map[string][]Span{"": nil, " \n": nil, "石墨烯": {{0, 3}}, "  石墨烯。 ": {{2, 6}}} {
		if got := Passages(text, 0); !reflect.DeepEqual(got, want) {
			t.Errorf("%q gives %v", text, got)
		}
	}
}

// checkPassages holds the passages of a text to their promises: inside the text, in order, nothing
// but white space left out, none too long.
func checkPassages(t *testing.T, text string, limit int) {
	t.Helper()
	runes := []rune(text)
	count := newSplitter(runes, limit)
	end, last := 0, -1
	for _, p := range Passages(text, limit) {
		if p.Start >= p.End || p.End > len(runes) || p.Start <= last || p.End <= end {
			t.Fatalf("passage %v after one to %d of %q", p, end, text)
		}
		for i := end; i < p.Start; i++ {
			if !unicode.IsSpace(runes[i]) {
				t.Fatalf("%q at %d is in no passage", runes[i], i)
			}
		}
		if n := count.tokens(p); n > limit {
			t.Fatalf("passage %v has %d tokens", p, n)
		}
		end, last = p.End, p.Start
	}
	if rest := strings.TrimSpace(string(runes[end:])); rest != "" {
		t.Fatalf("%.40q is in no passage", rest)
	}
}

func TestPassages(t *testing.T) {
	long := strings.Join(abstracts(40, 3), "")
	texts := append(nasty(300, 4), long, strings.Repeat("无标点", 3000), strings.Repeat("x", 9000), strings.Repeat(" 字", 2000))
	for _, text := range texts {
		for _, limit := range []int{PassageTokens, 50, 3} {
			checkPassages(t, strings.ToValidUTF8(text, "?"), limit)
		}
	}
	spans := Passages(long, 0)
	overlaps := 0
	for i := 1; i < len(spans); i++ {
		if spans[i].Start < spans[i-1].End {
			overlaps++
		}
	}
	if overlaps == 0 {
		t.Error("no passage repeats the sentence before it")
	}
}

// TestPassagesFit counts real tokens: a passage must not be cut by the model.
func TestPassagesFit(t *testing.T) {
	w, err := NewWordPiece(needPart(t, parts.Tokenizer))
	if err != nil {
		t.Fatal(err)
	}
	cut := 0
	spans := 0
	for _, text := range append(sharedTexts(t), strings.Join(abstracts(200, 4), "")) {
		if utf8.RuneCountInString(text) < PassageTokens {
			continue
		}
		for _, p := range Passages(text, 0) {
			spans++
			if len(w.Encode(nil, p.Of(text), 1024)) > maxTokens {
				cut++
			}
		}
	}
	t.Logf("%d of %d passages are longer than the model reads", cut, spans)
	if cut*100 > spans {
		t.Errorf("%d of %d passages are cut", cut, spans)
	}
}

func TestPassagesHuge(t *testing.T) {
	checkPassages(t, strings.Repeat("甘蔗渣制备生物质燃料的方法，包括粉碎、干燥。", 30_000), PassageTokens)
}

func FuzzPassages(f *testing.F) {
	for _, s := range nasty(64, 5) {
		f.Add(s, 40)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		checkPassages(t, text, max(1, limit%1000))
	})
}
