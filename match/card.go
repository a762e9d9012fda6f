package match

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/match/library"
)

// A card holds what filters ask about a document:
//
//	byte 0       cardOdd where the card does not say all
//	byte 1       readiness
//	bytes 2–3    ways of cooperation, a bit each
//	bytes 4–15   three regions, 32 bits each, 0 for none
//	bytes 16–19  the word that is the technology field
//	bytes 24–31  price, unpriced where there is none
const cardOdd = 1

// unpriced is above every price.
const unpriced = math.MaxInt64

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
	price := int64(unpriced)
	if f.Price != nil {
		price = int64(*f.Price)
		odd = odd || price == unpriced
	}
	binary.LittleEndian.PutUint64(c[24:], uint64(price))
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

// cardFilter is a filter made ready to look at cards. It asks every condition of every card, where
// those that are not set always pass: a processor that cannot foresee what passes is slower at asking
// fewer.
type cardFilter struct {
	*Filter
	regions []regionRange
	fields  []uint8 // by number of a word: 1 where it passes
	modes   uint16
	least   uint8 // readiness
	price   int64
}

// regionRange is the numbers of regions that lie in one.
type regionRange struct{ from, width uint32 }

// onCards makes the filter ready. words are those of the library, its view or a later one.
func (f *Filter) onCards(words []string) *cardFilter {
	c := &cardFilter{Filter: f, fields: make([]uint8, len(words)+1), price: unpriced, least: uint8(min(max(f.MinMaturity, 0), 255))}
	for _, r := range f.Regions {
		c.regions = append(c.regions, rangesOf(r)...)
	}
	for n := range c.fields {
		field := ""
		if n > 0 {
			field = words[n-1]
		}
		if len(f.TechFields) == 0 || slices.ContainsFunc(f.TechFields, func(w string) bool { return strings.Contains(field, w) }) {
			c.fields[n] = 1
		}
	}
	for _, m := range f.Modes {
		c.modes |= modeBit(m)
	}
	if f.MaxPrice != nil {
		c.price = min(int64(*f.MaxPrice), unpriced-1)
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
		return []regionRange{{1, countries - 1}, {n, 1}}
	case n < countries && n%10_000 == 0:
		return []regionRange{{n, 10_000}}
	case n < countries && n%100 == 0:
		return []regionRange{{n, 100}}
	}
	return []regionRange{{n, 1}}
}

// keepWhole reports whether a document passes whose card does not say all.
func (c *cardFilter) keepWhole(s *state, doc int) bool {
	d := s.documentOf(doc)
	return d != nil && c.Keep(d)
}

// keep is 1 if a document passes by its card, else 0.
func (c *cardFilter) keep(card *library.Card) uint8 {
	pass := c.fields[binary.LittleEndian.Uint32(card[16:])] & one(card[1] >= c.least) &
		one(int64(binary.LittleEndian.Uint64(card[24:])) <= c.price)
	if len(c.Modes) > 0 {
		pass &= one(binary.LittleEndian.Uint16(card[2:])&c.modes != 0)
	}
	if len(c.Regions) > 0 {
		within := uint8(0)
		for _, r := range c.regions {
			within |= one(binary.LittleEndian.Uint32(card[4:])-r.from < r.width) |
				one(binary.LittleEndian.Uint32(card[8:])-r.from < r.width) |
				one(binary.LittleEndian.Uint32(card[12:])-r.from < r.width)
		}
		pass &= within
	}
	return pass
}

func one(yes bool) uint8 {
	if yes {
		return 1
	}
	return 0
}
