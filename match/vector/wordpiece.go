package vector

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

// WordPiece is the tokenizer of BERT models, equal id for id to the one of HuggingFace "tokenizers"
// for the same tokenizer.json. It is safe for concurrent use.
type WordPiece struct {
	vocab     map[string]int32
	single    []int32 // id of each BMP character that is a token by itself, unknown elsewhere
	class     []class // class of each BMP character
	special   []special
	unknown   int32
	first     int32 // [CLS]
	last      int32 // [SEP]
	prefix    string
	maxRunes  int // longer words are unknown
	maxToken  int // bytes of the longest token
	cleanText bool
	spaceCJK  bool
	lowercase bool
	strip     bool // accents
}

// special is a token that is recognised in the raw text, such as [SEP].
type special struct {
	text string
	id   int32
}

// tokenizerFile is the part of tokenizer.json that is read.
type tokenizerFile struct {
	AddedTokens []struct {
		ID         int32
		Content    string
		SingleWord bool `json:"single_word"`
		LStrip     bool `json:"lstrip"`
		RStrip     bool `json:"rstrip"`
		Normalized bool
	} `json:"added_tokens"`
	Normalizer struct {
		Type               string
		CleanText          bool  `json:"clean_text"`
		HandleChineseChars bool  `json:"handle_chinese_chars"`
		StripAccents       *bool `json:"strip_accents"`
		Lowercase          bool
	}
	PreTokenizer struct{ Type string } `json:"pre_tokenizer"`
	Model        struct {
		Type     string
		UnkToken string `json:"unk_token"`
		Prefix   string `json:"continuing_subword_prefix"`
		MaxRunes int    `json:"max_input_chars_per_word"`
		Vocab    map[string]int32
	}
}

// NewWordPiece reads a tokenizer.json. A file of another kind of tokenizer is refused rather than
// read half right.
func NewWordPiece(file []byte) (*WordPiece, error) {
	const where = "tokenizer.json"
	var f tokenizerFile
	if err := json.Unmarshal(file, &f); err != nil {
		return nil, damaged(where, err)
	}
	if f.Model.Type != "WordPiece" || f.Normalizer.Type != "BertNormalizer" || f.PreTokenizer.Type != "BertPreTokenizer" {
		return nil, damaged(where, fmt.Errorf("it describes a %q tokenizer, not that of a BERT model", f.Model.Type))
	}
	t := &WordPiece{
		vocab: f.Model.Vocab, prefix: f.Model.Prefix, maxRunes: f.Model.MaxRunes,
		cleanText: f.Normalizer.CleanText, spaceCJK: f.Normalizer.HandleChineseChars, lowercase: f.Normalizer.Lowercase,
	}
	// Unless said otherwise accents go when capitals do.
	t.strip = t.lowercase
	if s := f.Normalizer.StripAccents; s != nil {
		t.strip = *s
	}
	for _, a := range f.AddedTokens {
		if a.SingleWord || a.LStrip || a.RStrip || a.Normalized || a.Content == "" {
			return nil, damaged(where, fmt.Errorf("its added token %q has options that are not supported", a.Content))
		}
		t.special = append(t.special, special{a.Content, a.ID})
		t.vocab[a.Content] = a.ID
	}
	for name, id := range map[string]*int32{f.Model.UnkToken: &t.unknown, "[CLS]": &t.first, "[SEP]": &t.last} {
		var ok bool
		if *id, ok = t.vocab[name]; !ok {
			return nil, damaged(where, fmt.Errorf("its vocabulary has no %q", name))
		}
	}
	t.fillTables()
	return t, nil
}

func damaged(where string, cause error) error {
	return zhuanhua.Unavailable(where, "the model's tokenizer cannot be used", "fetch the parts again with tools/fetch-parts", cause)
}

// fillTables looks every character of the basic plane up once, so that encoding Chinese needs no map.
func (t *WordPiece) fillTables() {
	t.class = make([]class, 0x10000)
	t.single = make([]int32, 0x10000)
	for r := range t.class {
		t.class[r] = t.classify(rune(r))
		t.single[r] = t.unknown
		if id, ok := t.vocab[string(rune(r))]; ok {
			t.single[r] = id
		}
	}
	for token := range t.vocab {
		t.maxToken = max(t.maxToken, len(token))
	}
}

// Lower returns the same tokenizer made to fold capitals and accents, which the model's own file
// may leave undone although its vocabulary was made of lower-case words.
func (t *WordPiece) Lower() *WordPiece {
	l := *t
	l.lowercase, l.strip = true, true
	return &l
}

// Encode appends the ids of a text to dst, [CLS] first and [SEP] last, limit ids at most (the end of
// a longer text is cut off; limit is at least 2).
func (t *WordPiece) Encode(dst []int32, text string, limit int) []int32 {
	start := len(dst)
	dst = append(dst, t.first)
	end := start + limit - 1
	for text != "" && len(dst) < end {
		at, sp := t.nextSpecial(text)
		dst = t.words(dst, text[:at], end)
		text = text[at:]
		if sp != nil {
			dst = append(dst, sp.id)
			text = text[len(sp.text):]
		}
	}
	if len(dst) > end {
		dst = dst[:end]
	}
	return append(dst, t.last)
}

// nextSpecial finds the first special token in the text, or the text's end.
func (t *WordPiece) nextSpecial(text string) (int, *special) {
	for at := 0; at < len(text); at++ {
		// All of them begin with this in BERT's vocabulary; it is rare in texts.
		next := strings.IndexByte(text[at:], '[')
		if next < 0 {
			break
		}
		at += next
		for i := range t.special {
			if strings.HasPrefix(text[at:], t.special[i].text) {
				return at, &t.special[i]
			}
		}
	}
	return len(text), nil
}

// words appends the ids of a text without special tokens; it may stop once dst reaches end.
func (t *WordPiece) words(dst []int32, text string, end int) []int32 {
	if t.strip {
		text = stripAccents(text)
	}
	var buffer [256]byte
	word := buffer[:0]
	for _, r := range text {
		c := t.classOf(r)
		if c == classWord {
			if t.lowercase {
				word = appendLower(word, r)
			} else {
				word = utf8.AppendRune(word, r)
			}
			continue
		}
		if c == classDrop {
			continue
		}
		if len(word) > 0 {
			dst = t.pieces(dst, word)
			word = word[:0]
		}
		if c == classAlone {
			dst = append(dst, t.idOf(r))
		}
		if len(dst) >= end {
			return dst
		}
	}
	if len(word) > 0 {
		dst = t.pieces(dst, word)
	}
	return dst
}

func (t *WordPiece) classOf(r rune) class {
	if r < 0x10000 {
		return t.class[r]
	}
	return t.classify(r)
}

func (t *WordPiece) idOf(r rune) int32 {
	if r < 0x10000 {
		return t.single[r]
	}
	if id, ok := t.vocab[string(r)]; ok {
		return id
	}
	return t.unknown
}

// pieces appends the ids of one word: the longest token that begins it, then the longest that
// continues it, and so on; a word that cannot be told in tokens is one unknown.
func (t *WordPiece) pieces(dst []int32, word []byte) []int32 {
	if len(word) > t.maxRunes && utf8.RuneCount(word) > t.maxRunes {
		return append(dst, t.unknown)
	}
	if id, ok := t.vocab[string(word)]; ok {
		return append(dst, id)
	}
	start := len(dst)
	var buffer [512]byte
	for rest, first := word, true; len(rest) > 0; first = false {
		key := buffer[:0]
		if !first {
			key = append(key, t.prefix...)
		}
		head := len(key)
		key = append(key, rest[:min(len(rest), t.maxToken-head)]...)
		id, size := t.longest(key, head)
		if size == 0 {
			return append(dst[:start], t.unknown)
		}
		dst = append(dst, id)
		rest = rest[size:]
	}
	return dst
}

// longest finds the longest token that key begins with; the first head bytes of key are the prefix
// of continuing tokens. It returns the id and how many bytes after the prefix it covers, 0 for none.
func (t *WordPiece) longest(key []byte, head int) (int32, int) {
	for n := len(key); n > head; n-- {
		if n < len(key) && !utf8.RuneStart(key[n]) {
			continue
		}
		if id, ok := t.vocab[string(key[:n])]; ok {
			return id, n - head
		}
	}
	return 0, 0
}

// stripAccents decomposes characters and drops the marks that stand on them.
func stripAccents(text string) string {
	if norm.NFD.IsNormalString(text) && strings.IndexFunc(text, isMark) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(text) {
		if !isMark(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// appendLower appends the character in small letters. Only İ becomes two characters.
func appendLower(dst []byte, r rune) []byte {
	if r == 'İ' {
		return append(dst, "i\u0307"...)
	}
	return utf8.AppendRune(dst, unicode.ToLower(r))
}
