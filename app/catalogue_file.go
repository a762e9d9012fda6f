package app

import (
	"context"
	"encoding/binary"
	"hash/crc32"
	"os"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/store"
)

// catalogueMagic begins the file of a catalogue; another program version's file is made again.
const catalogueMagic = "zhuanhua catalogue 2\n"

// Open reads the catalogue from the file that Save wrote, where there is one of these records, and brings
// it up to date. A file that is torn, foreign or of another version is made again from the records.
func (c *Catalogue) Open(ctx context.Context, path string) error {
	if b, err := os.ReadFile(path); err == nil {
		if next, seq, hash, ok := readCatalogue(b); ok && c.knows(ctx, seq, hash) {
			c.mu.Lock()
			c.now.Store(next)
			c.seen, c.saved = seq, seq
			c.mu.Unlock()
		}
	}
	return c.Refresh(ctx)
}

// knows reports whether an event is one of this log.
func (c *Catalogue) knows(ctx context.Context, seq int64, hash string) bool {
	for e, err := range c.store.Events(ctx, store.EventFilter{After: seq - 1, Limit: 1}) {
		return err == nil && e.Seq == seq && e.Hash == hash
	}
	return false
}

// Save writes the catalogue for the next start, if something changed since the last time.
func (c *Catalogue) Save(ctx context.Context, path string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now.Load()
	if c.seen == c.saved || c.seen == 0 || now.byID == nil {
		return nil
	}
	hash := ""
	for e, err := range c.store.Events(ctx, store.EventFilter{After: c.seen - 1, Limit: 1}) {
		if err != nil {
			return err
		}
		hash = e.Hash
	}
	if err := writeWhole(path, writeCatalogue(now, c.seen, hash)); err != nil {
		return zhuanhua.Unavailable(path, "the lists cannot be saved; they are made again from the records when they are next needed", "check space and permissions", err)
	}
	c.saved = c.seen
	return nil
}

func writeWhole(path string, b []byte) error {
	if err := os.WriteFile(path+".new", b, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// packer writes values one behind the other.
type packer struct{ b []byte }

func (p *packer) num(n int64) { p.b = binary.AppendVarint(p.b, n) }

func (p *packer) str(s string) {
	p.num(int64(len(s)))
	p.b = append(p.b, s...)
}

func packList[S ~string](p *packer, list []S) {
	p.num(int64(len(list)))
	for _, s := range list {
		p.str(string(s))
	}
}

// unpacker reads what a packer wrote; bad is set where it cannot.
type unpacker struct {
	s   string
	bad bool
}

func (u *unpacker) num() int64 {
	var n uint64
	for i := 0; i < binary.MaxVarintLen64 && i < len(u.s); i++ {
		c := u.s[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			u.s = u.s[i+1:]
			return int64(n>>1) ^ -int64(n&1)
		}
	}
	u.bad, u.s = true, ""
	return 0
}

func (u *unpacker) str() string {
	n := u.num()
	if n < 0 || n > int64(len(u.s)) {
		u.bad, u.s = true, ""
		return ""
	}
	out := u.s[:n]
	u.s = u.s[n:]
	return out
}

func unpackList[S ~string](u *unpacker) []S {
	n := u.num()
	if n <= 0 || n > int64(len(u.s)) {
		u.bad = u.bad || n != 0
		return nil
	}
	out := make([]S, n)
	for i := range out {
		out[i] = S(u.str())
	}
	return out
}

func (p *packer) entry(e *Entry) {
	for _, s := range []string{e.ID, e.Title, e.Brief, e.Field, string(e.Place), string(e.Stage), e.sound, e.folded} {
		p.str(s)
	}
	packList(p, e.Units)
	packList(p, e.Industry)
	packList(p, e.Regions)
	packList(p, e.Modes)
	p.num(int64(e.Maturity))
	if e.Price == nil {
		p.num(0)
	} else {
		p.num(1)
		p.num(int64(*e.Price))
	}
	for _, n := range []int{e.Deadline.Year, int(e.Deadline.Month), e.Deadline.Day} {
		p.num(int64(n))
	}
	p.num(e.Updated.UnixMicro())
	p.num(int64(len(e.kin)))
	for _, m := range e.kin {
		p.num(int64(m))
	}
}

func (u *unpacker) entry() *Entry {
	e := &Entry{ID: u.str(), Title: u.str(), Brief: u.str(), Field: u.str(), Place: zhuanhua.Region(u.str()), Stage: zhuanhua.Stage(u.str()), sound: u.str(), folded: u.str()}
	e.Units, e.Industry, e.Regions, e.Modes = unpackList[string](u), unpackList[string](u), unpackList[zhuanhua.Region](u), unpackList[zhuanhua.Mode](u)
	e.Maturity = zhuanhua.TRL(u.num())
	if u.num() == 1 {
		m := zhuanhua.Money(u.num())
		e.Price = &m
	}
	e.Deadline = zhuanhua.Date{Year: int(u.num()), Month: time.Month(u.num()), Day: int(u.num())}
	e.Updated = time.UnixMicro(u.num()).UTC()
	marks := u.num()
	if marks < 0 || marks > int64(len(u.s)) {
		u.bad = true
		return e
	}
	for range marks {
		e.kin = append(e.kin, uint64(u.num()))
	}
	return e
}

func writeCatalogue(s *shelves, seq int64, hash string) []byte {
	p := &packer{}
	p.num(seq)
	p.str(hash)
	p.num(int64(s.contracts))
	for _, n := range listed() {
		p.num(int64(len(s.entries[n])))
		for _, e := range s.entries[n] {
			p.entry(e)
		}
	}
	out := append([]byte(catalogueMagic), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[len(catalogueMagic):], crc32.ChecksumIEEE(p.b))
	return append(out, p.b...)
}

// readCatalogue reads a whole file; ok is false for one that is torn or foreign.
func readCatalogue(b []byte) (s *shelves, seq int64, hash string, ok bool) {
	rest, found := strings.CutPrefix(string(b), catalogueMagic)
	if !found || len(rest) < 4 || crc32.ChecksumIEEE(b[len(catalogueMagic)+4:]) != binary.LittleEndian.Uint32(b[len(catalogueMagic):]) {
		return nil, 0, "", false
	}
	u := &unpacker{s: rest[4:]}
	s = newShelves()
	seq, hash, s.contracts = u.num(), u.str(), int(u.num())
	for _, n := range listed() {
		count := u.num()
		if count < 0 || count > int64(len(u.s)) {
			return nil, 0, "", false
		}
		all := make([]*Entry, 0, count)
		for range count {
			if all = append(all, u.entry()); u.bad {
				return nil, 0, "", false
			}
		}
		s.put(n, all)
	}
	return s, seq, hash, !u.bad && u.s == ""
}
