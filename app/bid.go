package app

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/flow/seal"
	"zhuanhua/store"
)

// deciding is what sealing needs to know of the act that is being decided.
type deciding struct {
	ctx     context.Context
	attempt *attempt
	users   map[string]*zhuanhua.User
}

// stage takes in what the decision itself makes.
func (d *deciding) stage(name string, r io.Reader) (string, error) {
	g, err := d.attempt.desk.store.Stage(name, r)
	if err != nil {
		return "", err
	}
	d.attempt.extra = append(d.attempt.extra, g)
	return g.SHA256, nil
}

// sealing is flow.Keys over package seal: bids are encrypted before they touch the disk, keys live as
// long as one decision.
type sealing struct {
	*deciding
	key *seal.Key // whole, after the second officer entered
}

// Draw makes the key of a challenge and forgets it.
func (s *sealing) Draw(holders map[string]string) (zhuanhua.Seal, error) {
	var officers []seal.Officer
	for _, id := range slices.Sorted(maps.Keys(holders)) {
		officers = append(officers, seal.Officer{User: id, Recipient: holders[id]})
	}
	return seal.Draw(officers)
}

// Seal encrypts a bid to the challenge's recipient; only the ciphertext is taken in.
func (s *sealing) Seal(z zhuanhua.Seal, values map[string]string, files map[string][]string) (string, error) {
	bid := seal.Bid{Values: values}
	for _, field := range slices.Sorted(maps.Keys(files)) {
		for _, sum := range files[field] {
			x, err := s.attempt.files.find(sum)
			if err != nil {
				return "", err
			}
			bid.Files = append(bid.Files, seal.File{Field: field, Name: x.Name, Open: func() (io.ReadCloser, error) { return io.NopCloser(x.reader()), nil }})
		}
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(seal.Seal(w, z.Recipient, bid)) }()
	sum, err := s.stage("bid.age", r)
	r.Close() // lets the writer go where the reader gave up
	return sum, err
}

// Enter takes the part of an officer with the identity that came with the act.
func (s *sealing) Enter(z zhuanhua.Seal, holder string) (zhuanhua.Seal, bool, error) {
	if s.attempt.do.Identity == "" {
		return z, false, zhuanhua.Invalid("--identity", "没有给出密钥文件 the officer's identity is missing", "name the file that zhuanhua user key wrote, with --identity FILE")
	}
	var officers []seal.Officer
	for _, id := range s.attempt.before.Officers {
		if u := s.users[id]; u != nil {
			officers = append(officers, seal.Officer{User: id, Recipient: u.Recipient})
		}
	}
	entered, key, err := seal.Enter(z, holder, s.attempt.do.Identity, officers)
	if err != nil {
		return z, false, err
	}
	s.key = key
	return entered, key != nil, nil
}

// Open decrypts a bid and takes its files in.
func (s *sealing) Open(file string) (map[string]string, map[string][]string, error) {
	if s.key == nil {
		return nil, nil, fmt.Errorf("bid %.12s… cannot be opened: the key is not whole", file)
	}
	r, _, err := s.attempt.desk.store.OpenAttachment(s.ctx, file)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	files := map[string][]string{}
	values, err := s.key.Open(r, store.MaxAttachment, func(f seal.File, r io.Reader) error {
		sum, err := s.stage(f.Name, r)
		files[f.Field] = append(files[f.Field], sum)
		return err
	})
	return values, files, err
}

var _ flow.Keys = (*sealing)(nil)
