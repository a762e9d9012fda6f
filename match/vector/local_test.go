package vector

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"zhuanhua"
	"zhuanhua/match/vector/parts"
)

func TestLocalRefuses(t *testing.T) {
	model, tok, lib := needPart(t, parts.Model), needPart(t, parts.Tokenizer), testLibrary(t)
	noLibrary := filepath.Join(t.TempDir(), "lib.so")
	if err := os.WriteFile(noLibrary, []byte("no library"), 0o700); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(model)
	clear(damaged[100:2000])
	for name, opt := range map[string]LocalOptions{
		"no model":          {Tokenizer: tok, LibraryPath: lib},
		"model cut":         {Model: model[:len(model)/2], Tokenizer: tok, LibraryPath: lib},
		"model damaged":     {Model: damaged, Tokenizer: tok, LibraryPath: lib},
		"model no model":    {Model: []byte("no model"), Tokenizer: tok, LibraryPath: lib},
		"tokenizer cut":     {Model: model, Tokenizer: tok[:1000], LibraryPath: lib},
		"library missing":   {Model: model, Tokenizer: tok, LibraryPath: lib + ".not"},
		"library no such":   {Model: model, Tokenizer: tok, LibraryPath: noLibrary},
		"library of others": {Model: model, Tokenizer: tok, LibraryPath: "libc.so.6"},
	} {
		l, err := OpenLocal(opt)
		if zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
			t.Errorf("%s: %v, %v", name, l, err)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
}

func TestLocalOptions(t *testing.T) {
	opt := LocalOptions{Name: "m", Model: needPart(t, parts.Model), Tokenizer: needPart(t, parts.Tokenizer), LibraryPath: testLibrary(t)}
	open := func(o LocalOptions) *Local {
		l, err := OpenLocal(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		return l
	}
	plain := open(opt)
	opt.Lowercase = true
	lower := open(opt)
	opt.QueryPrefix, opt.Threads = "为这个句子生成表示以用于检索相关文章：", 1
	prefixed := open(opt)
	if a, b, c := plain.Model().Revision, lower.Model().Revision, prefixed.Model().Revision; a == b || b == c || a == c {
		t.Errorf("revisions %s %s %s", a, b, c)
	}
	if c := cosine(encode(t, lower, "LED照明 CAFÉ")[0], encode(t, lower, "led照明 cafe")[0]); c < 0.9999 {
		t.Errorf("folded capitals count: cosine %v", c)
	}
	text := "石墨烯的制备方法"
	passage := encode(t, prefixed, text)[0]
	query, err := prefixed.Encode(context.Background(), KindQuery, []string{text})
	if err != nil || cosine(passage, query[0]) > 0.999 {
		t.Errorf("the prefix has no effect (%v)", err)
	}
}

func TestLocalClosed(t *testing.T) {
	l := testLocal(t, parts.Model)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Encode(context.Background(), KindPassage, []string{"a"}); err == nil {
		t.Error("a closed encoder encodes")
	}
}

// TestLocalInt8 compares the model that the program carries with the one in full precision.
func TestLocalInt8(t *testing.T) {
	full, small := testLocal(t, fullModel), testLocal(t, parts.Model)
	n := 500
	if testing.Short() {
		n = 50
	}
	texts := abstracts(n, 11)
	a, b := encode(t, full, texts...), encode(t, small, texts...)
	sum, least := 0.0, 1.0
	for i := range texts {
		c := cosine(a[i], b[i])
		sum, least = sum+c, min(least, c)
	}
	mean := sum / float64(n)
	t.Logf("int8 against full precision: mean cosine %.4f, least %.4f over %d texts", mean, least, n)
	if mean < 0.97 || least < 0.9 {
		t.Errorf("the int8 model is too far from the full one")
	}
}
