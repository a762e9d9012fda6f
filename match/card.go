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

// maxCardMaturity leaves the highest bit of a byte for comparing eight of them at once.
const maxCardMaturity = 127

// cardOf makes the card of a document; word gives words their numbers.
func cardOf(f *Facts, word func(string) uint32) (c library.Card) {
	odd := len(f.Regions) > cardRegions || f.Maturity < 0 || f.Maturity > maxCardMaturity
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
		odd = odd || price == unpriced || price < 0
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

// cards are those of the documents of a segment, value by value: a filter asks for one or two values of
// each of a million documents, and reads no others. Documents that the library does not have pass nothing.
type cards struct {
	there    []uint64 // a bit each
	odd      []uint64 // those whose card does not say all
	maturity []uint8
	modes    []uint16
	places   []regions // the different ones
	place    []uint16  // by document, which of places
	field    []uint32
	price    []int64
}

// regions are those of a card. Documents share them by the thousand.
type regions [cardRegions]uint32

// cardsOf collects the cards of numbers of the library, −1 for none. A segment has at most as many
// documents as 16 bits tell apart.
func cardsOf(lib *library.View, numbers []int32) cards {
	n := (len(numbers) + 63) &^ 63 // whole words
	c := cards{there: make([]uint64, n/64), odd: make([]uint64, n/64), maturity: make([]uint8, n), modes: make([]uint16, n),
		place: make([]uint16, n), field: make([]uint32, n), price: make([]int64, n)}
	known := map[regions]uint16{}
	for at, number := range numbers {
		if number < 0 {
			continue
		}
		card := lib.Card(int(number))
		c.there[at/64] |= 1 << (at % 64)
		c.odd[at/64] |= uint64(card[0]&cardOdd) << (at % 64)
		c.maturity[at], c.modes[at] = card[1], binary.LittleEndian.Uint16(card[2:])
		var in regions
		for i := range in {
			in[i] = binary.LittleEndian.Uint32(card[4+4*i:])
		}
		place, ok := known[in]
		if !ok {
			place = uint16(len(c.places))
			known[in], c.places = place, append(c.places, in)
		}
		c.place[at] = place
		c.field[at] = binary.LittleEndian.Uint32(card[16:])
		c.price[at] = int64(binary.LittleEndian.Uint64(card[24:]))
	}
	return c
}

// cardFilter is a filter made ready to look at cards.
type cardFilter struct {
	*Filter
	regions []regionRange
	fields  []uint8 // by number of a word: 1 where it passes
	inside  []uint8 // the same by place of a segment
	modes   uint16
	least   uint8 // readiness
	price   int64
}

// regionRange is the numbers of regions that lie in one.
type regionRange struct{ from, width uint32 }

// onCards makes the filter ready. words are those of the library, its view or a later one.
func (f *Filter) onCards(words []string) *cardFilter {
	c := &cardFilter{Filter: f, fields: make([]uint8, len(words)+1), price: unpriced, least: uint8(min(max(f.MinMaturity, 0), maxCardMaturity+1))}
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

// prepare asks what is asked of the different regions of a segment.
func (c *cardFilter) prepare(d *cards) {
	c.inside = slices.Grow(c.inside[:0], len(d.places)+1)[:len(d.places)+1]
	for i, in := range d.places {
		c.inside[i] = 0
		for _, r := range c.regions {
			if in[0]-r.from < r.width || in[1]-r.from < r.width || in[2]-r.from < r.width {
				c.inside[i] = 1
			}
		}
	}
}

// highest is the bit that a comparison leaves: what is below zero has it.
const highest = 1 << 63

// keep tells which of the 64 documents from one on pass by their cards, those with odd cards perhaps
// wrongly. Each condition is a loop without branches, which would be guessed wrong half of the time, and
// moves its answers in from the highest bit.
func (c *cardFilter) keep(d *cards, from int) uint64 {
	pass := d.there[from/64]
	if c.least > 0 {
		pass &= atLeast((*[64]uint8)(d.maturity[from:]), c.least)
	}
	if len(c.TechFields) > 0 {
		values, mask := (*[64]uint32)(d.field[from:]), uint64(0)
		for _, v := range values {
			mask = mask>>1 | uint64(c.fields[v])<<63
		}
		pass &= mask
	}
	if len(c.Modes) > 0 {
		values, mask := (*[64]uint16)(d.modes[from:]), uint64(0)
		for _, v := range values {
			mask = mask>>1 | -uint64(v&c.modes)&highest
		}
		pass &= mask
	}
	if c.MaxPrice != nil {
		values, mask := (*[64]int64)(d.price[from:]), uint64(0)
		for _, v := range values {
			mask = mask>>1 | ^uint64(c.price-v)&highest
		}
		pass &= mask
	}
	if len(c.Regions) > 0 {
		values, mask := (*[64]uint16)(d.place[from:]), uint64(0)
		for _, v := range values {
			mask = mask>>1 | uint64(c.inside[v])<<63
		}
		pass &= mask
	}
	return pass
}

// atLeast compares eight values at a time: with its highest bit set a byte keeps it where no less than
// least is taken away, and a product gathers the eight bits.
func atLeast(values *[64]uint8, least uint8) (mask uint64) {
	const ones, gather = 0x0101010101010101, 0x0102040810204080
	for i := 0; i < 64; i += 8 {
		x := binary.LittleEndian.Uint64(values[i:]) | ones<<7
		mask |= (x - ones*uint64(least)) >> 7 & ones * gather >> 56 << i
	}
	return mask
}
