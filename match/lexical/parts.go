package lexical

import "runtime"

// Segment is a run of documents of a View. Other Views may have the same documents at other numbers;
// once segments are merged a new one takes their place.
type Segment struct {
	v *View
	p *part
}

// SegmentKey tells segments apart: two Views that have a segment in common give the same key for it.
type SegmentKey struct{ s *segment }

// Segment returns one of the View's segments, 0 to Segments()−1.
func (v *View) Segment(i int) Segment { return Segment{v, &v.parts[i]} }

// Place returns the segment that a document number from 0 to Slots()−1 lies in, and where.
func (v *View) Place(doc int) (segment, at int) {
	segment = v.partOf(doc)
	return segment, doc - v.parts[segment].base
}

// Key returns what the segment is known by.
func (s Segment) Key() SegmentKey { return SegmentKey{s.p.segment} }

// Base returns the number of the segment's first document in the View.
func (s Segment) Base() int { return s.p.base }

// Docs returns how many documents the segment has, the dead among them.
func (s Segment) Docs() int { return s.p.docs }

// Live reports whether the document at a place in the segment is live in the View.
func (s Segment) Live(at int) bool { return s.p.isLive(at) }

// ID returns the id of the document at a place in the segment, also of a dead one.
func (s Segment) ID(at int) string {
	name := s.p.name(at)
	runtime.KeepAlive(s.v)
	return name
}
