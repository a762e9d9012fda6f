package match

import (
	"encoding/binary"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/match/library"
)

// A card holds what filters ask about a document:
//
//	byte 0       cardPriced, and cardOdd where the card does not say all
//	byte 1       readiness
//	bytes 2–3    ways of cooperation, a bit each
//	bytes 4–15   three regions, 32 bits each, 0 for none
//	bytes 16–19  the word that is the technology field
//	bytes 24–31  price
const (
	cardPriced = 1 << iota
	cardOdd
)

const cardRegions = 3

// cardOf makes the card of a document; word gives words their numbers.
func cardOf(f *Facts, word func(string) uint32) (c library.Card) {
	odd := len(f.Regions) > cardRegions || f.Maturity < 0 || f.Maturity > 255
	c[1] = byte(f.Maturity)
	modes := uint16(0)
	for _, m := range f.Modes {
		bit := modeBit(m)
		modes |= bit
		odd = odd || bit == 0
	}
	binary.LittleEndian.PutUint16(c[2:], modes)
	for i, r := range f.Regions[:min(cardRegions, len(f.Regions))] {
		n := regionNumber(r)
		odd = odd || n == 0 && r != ""
		binary.LittleEndian.PutUint32(c[4+4*i:], n)
	}
	binary.LittleEndian.PutUint32(c[16:], word(f.TechField.Value))
	if f.Price != nil {
		c[0] = cardPriced
		binary.LittleEndian.PutUint64(c[24:], uint64(*f.Price))
	}
	if odd {
		c[0] |= cardOdd
	}
	return c
}

// modeBit is the bit of a way of cooperation, 0 for one that the law does not list.
func modeBit(m zhuanhua.Mode) uint16 {
	if i := slices.Index(zhuanhua.Modes(), m); i >= 0 {
		return 1 << i
	}
	return 0
}

// countries begins the numbers of regions that are countries; those of divisions are their codes.
const countries = 1_000_000

// regionNumber is a number for a region, 0 for one without the form of a code.
func regionNumber(r zhuanhua.Region) uint32 {
	switch {
	case !r.Valid():
		return 0
	case len(r) == 2:
		return countries + uint32(r[0])<<8 + uint32(r[1])
	}
	n := uint32(0)
	for _, digit := range []byte(r) {
		n = 10*n + uint32(digit-'0')
	}
	return n
}

// cardFilter is a filter made ready to look at cards.
type cardFilter struct {
	*Filter
	regions []regionRange
	fields  []bool // by number of a word: whether it passes; nil: all do
	modes   uint16
	price   int64
}

// regionRange is the numbers of regions that lie in one.
type regionRange struct{ from, until uint32 }

// onCards makes the filter ready. words are those of the library, its view or a later one.
func (f *Filter) onCards(words []string) *cardFilter {
	c := &cardFilter{Filter: f}
	for _, r := range f.Regions {
		c.regions = append(c.regions, rangesOf(r)...)
	}
	if len(f.TechFields) > 0 {
		c.fields = make([]bool, len(words)+1)
		for n := range c.fields {
			field := ""
			if n > 0 {
				field = words[n-1]
			}
			c.fields[n] = slices.ContainsFunc(f.TechFields, func(w string) bool { return strings.Contains(field, w) })
		}
	}
	for _, m := range f.Modes {
		c.modes |= modeBit(m)
	}
	if f.MaxPrice != nil {
		c.price = int64(*f.MaxPrice)
	}
	return c
}

// rangesOf is what Region.Within says, as numbers.
func rangesOf(outer zhuanhua.Region) []regionRange {
	n := regionNumber(outer)
	switch {
	case n == 0:
		return nil // only documents with an odd card can lie in it
	case outer == "CN":
		return []regionRange{{1, countries}, {n, n + 1}}
	case n < countries && n%10_000 == 0:
		return []regionRange{{n, n + 10_000}}
	case n < countries && n%100 == 0:
		return []regionRange{{n, n + 100}}
	}
	return []regionRange{{n, n + 1}}
}

// keep reports whether a document passes, by its card where that says enough.
func (c *cardFilter) keep(card *library.Card, whole func() *Document) bool {
	if card[0]&cardOdd != 0 {
		d := whole()
		return d != nil && c.Keep(d)
	}
	if int(card[1]) < int(c.MinMaturity) || len(c.Filter.Modes) > 0 && binary.LittleEndian.Uint16(card[2:])&c.modes == 0 {
		return false
	}
	if c.MaxPrice != nil && (card[0]&cardPriced == 0 || int64(binary.LittleEndian.Uint64(card[24:])) > c.price) {
		return false
	}
	if c.fields != nil && !c.fields[binary.LittleEndian.Uint32(card[16:])] {
		return false
	}
	return len(c.Regions) == 0 || c.inRegion(card)
}

func (c *cardFilter) inRegion(card *library.Card) bool {
	for i := range cardRegions {
		n := binary.LittleEndian.Uint32(card[4+4*i:])
		for _, r := range c.regions {
			if n != 0 && n >= r.from && n < r.until {
				return true
			}
		}
	}
	return false
}
