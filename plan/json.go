package plan

import (
	"bytes"
	"encoding/json"
)

// pair is one key of an object with words: both languages, or one value without a language.
type pair struct {
	key   string
	text  Text
	words bool
}

// The English key is plain because other programs read it; both languages travel together so that no
// program has to translate what an office has to answer for.
// marshalPairs writes words as "key" in English and "key_zh" in Chinese; what is empty is left out.
func marshalPairs(pairs []pair) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	write := func(key, value string) error {
		if value == "" {
			return nil
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		v, err := json.Marshal(value)
		b.WriteString(`"` + key + `":`)
		b.Write(v)
		return err
	}
	for _, p := range pairs {
		if err := write(p.key, p.text.EN); err != nil {
			return nil, err
		}
		if !p.words {
			continue
		}
		if err := write(p.key+"_zh", p.text.ZH); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
