// Package lexical ranks documents by the terms they share with a query: an inverted index in
// memory with fielded BM25, updates and deletes while it is searched, and a snapshot on disk.
// Cutting text into terms belongs to match/text; meaning belongs to match/vector.
//
// The score is the simple form of BM25F (Robertson and Zaragoza, "The Probabilistic Relevance
// Framework: BM25 and Beyond", Foundations and Trends in Information Retrieval 3(4), 2009, §3.6),
// with one combined length instead of one a field:
//
//	tf = Σ_f w_f·tf_f      occurrences of the term, each counted w_f times
//	dl = Σ_f w_f·len_f     length of the document, counted the same way
//	score = Σ_q qw·idf·tf·(k1+1) / (tf + k1·(1 − b + b·dl/avgdl))
//	idf = ln(1 + (N − df + 0.5)/(df + 0.5))
//
// With a title weight of 2 that is exactly plain BM25 over the text with its title written twice.
// Inside, what a posting gives is a whole number of points, 2^30 of which are all that the query
// could give: sums of points do not depend on the order or on the segments that they come from.
//
// An Index is a list of immutable segments of at most 65,536 documents. A write builds a segment
// from its batch, marks what it replaces as dead in bitmaps of its own, and publishes the lot as a
// new View with one pointer; a goroutine merges segments of a size when four have piled up. A reader
// works on the View it took and never waits, whatever is written or merged meanwhile.
//
// N, df and avgdl count live documents only, exactly: a write subtracts what the dead had added. It
// finds their rare terms in a list that each segment keeps by document, and their common ones by
// looking the document up in every long list (list.go says how these are packed and why that is
// quick). So the answers after any sequence of writes are those of a fresh index, bit for bit.
//
// A snapshot holds the arrays as they lie in memory, so that Open maps the file and only checks it.
package lexical
