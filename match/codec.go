package match

import (
	"encoding/binary"
	"time"

	"zhuanhua"
)

// A document is kept as bytes: its stamp, its parts, its facts. Numbers are varints, texts their
// length and then they.

func (d *Document) encode(b []byte) []byte {
	b = appendText(b, d.Stamp)
	b = binary.AppendUvarint(b, uint64(len(d.Parts)))
	for i := range d.Parts {
		p := &d.Parts[i]
		listed := uint64(0)
		if p.Listed {
			listed = 1
		}
		b = binary.AppendUvarint(b, uint64(p.Role)<<1|listed)
		b = appendText(appendText(b, p.Column), p.Raw)
	}
	return d.Facts.encode(b)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func (f *Facts) encode(b []byte) []byte {
	b = appendText(appendText(b, string(f.Region)), string(f.Landing))
	b = appendList(b, f.Regions, appendRegion)
	b = appendFact(b, f.TechField)
	b = appendList(b, f.IPC, appendFact)
	b = appendList(b, f.Industries, appendFact)
	b = binary.AppendVarint(b, int64(f.Maturity))
	b = appendList(b, f.Modes, func(b []byte, m zhuanhua.Mode) []byte { return appendText(b, string(m)) })
	b = appendMoney(appendMoney(b, f.Price), f.Budget)
	b = appendList(b, f.Expired, appendText)
	b = appendList(b, f.Rights, appendRight)
	b = appendFact(b, f.Stage)
	b = appendText(appendList(appendList(b, f.Holders, appendText), f.People, appendText), f.Same)
	return appendDate(b, f.Deadline)
}

func appendRight(b []byte, r Right) []byte {
	return appendDate(appendText(appendText(b, r.Number), r.Text), r.Until)
}

func appendDate(b []byte, d zhuanhua.Date) []byte {
	for _, n := range []int{d.Year, int(d.Month), d.Day} {
		b = binary.AppendVarint(b, int64(n))
	}
	return b
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, x := range list {
		b = one(b, x)
	}
	return b
}

func appendRegion(b []byte, r zhuanhua.Region) []byte { return appendText(b, string(r)) }

func appendFact(b []byte, f Fact) []byte {
	return appendText(appendText(appendText(b, f.Value), f.Column), f.Raw)
}

func appendMoney(b []byte, m *zhuanhua.Money) []byte {
	if m == nil {
		return append(b, 0)
	}
	return binary.AppendVarint(append(b, 1), int64(*m))
}

// decoder reads what encode wrote. The library hands out only what it was given, so that nothing is
// missing; of anything else it makes zero values.
type decoder struct{ b []byte }

func decodeDocument(id string, b []byte) *Document {
	r := decoder{b}
	d := &Document{ID: id, Stamp: r.text()}
	d.Parts = readList(&r, (*decoder).part)
	d.Facts = r.facts()
	return d
}

// stampIn is the stamp of an encoded document.
func stampIn(b []byte) string { return (&decoder{b}).text() }

func (r *decoder) number() uint64 {
	n, k := binary.Uvarint(r.b)
	r.b = r.b[max(0, k):]
	return n
}

func (r *decoder) signed() int64 {
	n, k := binary.Varint(r.b)
	r.b = r.b[max(0, k):]
	return n
}

func (r *decoder) bytes() []byte {
	n := min(r.number(), uint64(len(r.b)))
	s := r.b[:n]
	r.b = r.b[n:]
	return s
}

func (r *decoder) text() string { return string(r.bytes()) }

func readList[T any](r *decoder, one func(*decoder) T) []T {
	n := min(r.number(), uint64(len(r.b)))
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	for i := range list {
		list[i] = one(r)
	}
	return list
}

func (r *decoder) part() Part {
	n := r.number()
	return Part{Role: Role(n >> 1), Listed: n&1 != 0, Column: r.text(), Raw: r.text()}
}

func (r *decoder) fact() Fact { return Fact{Value: r.text(), Column: r.text(), Raw: r.text()} }

func (r *decoder) region() zhuanhua.Region { return zhuanhua.Region(r.text()) }

func (r *decoder) money() *zhuanhua.Money {
	if r.number() == 0 {
		return nil
	}
	m := zhuanhua.Money(r.signed())
	return &m
}

func (r *decoder) date() zhuanhua.Date {
	return zhuanhua.Date{Year: int(r.signed()), Month: time.Month(r.signed()), Day: int(r.signed())}
}

func (r *decoder) right() Right { return Right{Number: r.text(), Text: r.text(), Until: r.date()} }

func (r *decoder) facts() Facts {
	return Facts{
		Region: r.region(), Landing: r.region(), Regions: readList(r, (*decoder).region),
		TechField: r.fact(), IPC: readList(r, (*decoder).fact), Industries: readList(r, (*decoder).fact),
		Maturity: zhuanhua.TRL(r.signed()), Modes: readList(r, func(r *decoder) zhuanhua.Mode { return zhuanhua.Mode(r.text()) }),
		Price: r.money(), Budget: r.money(), Expired: readList(r, (*decoder).text),
		Rights: readList(r, (*decoder).right), Stage: r.fact(), Holders: readList(r, (*decoder).text), People: readList(r, (*decoder).text), Same: r.text(), Deadline: r.date(),
	}
}
