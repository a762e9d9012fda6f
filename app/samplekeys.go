package app

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/flow"
)

// WithSampleKeys is the desk with bids that are not encrypted: a simulation has nothing to hide, and the
// same seed has to give the same log, which real keys never do.
func (d *Desk) WithSampleKeys() *Desk {
	n := 0
	return &Desk{store: d.store, plan: d.plan, keys: func(d *deciding) flow.Keys { return &sampleKeys{deciding: d} },
		random: func() string { n++; return fmt.Sprintf("sample%06d", n) }}
}

// sampleKeys does the steps of sealing without its cryptography.
type sampleKeys struct {
	*deciding
	whole bool
}

// sampleBid is a bid as a simulation keeps it.
type sampleBid struct {
	Note   string              `json:"note"`
	Values map[string]string   `json:"values"`
	Files  map[string][]string `json:"files,omitempty"`
}

const sampleNote = "示例：模拟数据，未加密 (sample: simulated, not encrypted)"

// Draw names the holders.
func (s *sampleKeys) Draw(holders map[string]string) (zhuanhua.Seal, error) {
	z := zhuanhua.Seal{Recipient: sampleNote}
	for _, id := range slices.Sorted(maps.Keys(holders)) {
		z.Parts = append(z.Parts, zhuanhua.SealedPart{Of: id, For: id, Cipher: sampleNote})
	}
	return z, nil
}

// Seal keeps a bid as it is.
func (s *sampleKeys) Seal(_ zhuanhua.Seal, values map[string]string, files map[string][]string) (string, error) {
	return s.stage("示例标书.json", strings.NewReader(zhuanhua.CanonicalJSON(sampleBid{sampleNote, values, files})))
}

// Enter notes that a holder came; the second one is enough.
func (s *sampleKeys) Enter(z zhuanhua.Seal, holder string) (zhuanhua.Seal, bool, error) {
	if slices.ContainsFunc(z.Parts, func(p zhuanhua.SealedPart) bool { return p.For != p.Of && p.Of != holder }) {
		s.whole = true
		return z, true, nil
	}
	parts := slices.Clone(z.Parts)
	for _, p := range z.Parts {
		if p.Of != holder {
			parts = append(parts, zhuanhua.SealedPart{Of: holder, For: p.Of, Cipher: sampleNote})
		}
	}
	z.Parts = parts
	return z, false, nil
}

// Open reads a bid back.
func (s *sampleKeys) Open(file string) (map[string]string, map[string][]string, error) {
	if !s.whole {
		return nil, nil, fmt.Errorf("bid %.12s… cannot be opened: the second holder has not come", file)
	}
	r, _, err := s.attempt.desk.store.OpenAttachment(s.ctx, file)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	var b sampleBid
	text, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(text, &b)
	}
	return b.Values, b.Files, err
}

var _ flow.Keys = (*sampleKeys)(nil)
