package lexical

import (
	"sync"
	"sync/atomic"
)

// Index is a set of documents that can be searched while it changes. Its methods may be called
// from any number of goroutines; writers wait for each other, readers for nobody.
type Index struct {
	opt  Options
	pool sync.Pool // of *scratch
	mu   sync.Mutex
	now  atomic.Pointer[View]
}

// New makes an empty index. Options out of range are a zhuanhua.KindInvalid error.
func New(o Options) (*Index, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	ix := &Index{opt: o}
	ix.publish(nil)
	return ix, nil
}

// View returns the index as it is now. What it returns never changes and needs no closing; it
// costs one pointer read.
func (ix *Index) View() *View { return ix.now.Load() }

// Add puts documents in. A document whose id is there already replaces it; of several with one id
// in a call the last counts. All documents of a call become visible at once. If one cannot be
// taken (no id, an id too long, a field without a weight) nothing is changed and the error is of
// kind zhuanhua.KindInvalid. A bulk load is best given in calls of thousands of documents: each
// call makes at least one segment. The terms are not kept.
func (ix *Index) Add(docs ...Doc) error {
	for _, d := range docs {
		if err := ix.opt.check(d); err != nil {
			return err
		}
	}
	docs = latest(docs)
	var fresh []part
	for len(docs) > 0 {
		n := firstBatch(docs)
		fresh = append(fresh, whole(build(docs[:n], ix.opt)))
		docs = docs[n:]
	}
	if len(fresh) == 0 {
		return nil
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	parts, _ := without(ix.View().parts, func(yield func(string) bool) {
		for _, p := range fresh {
			for d := range p.docs() {
				if !yield(p.name(d)) {
					return
				}
			}
		}
	})
	ix.publish(settle(append(parts, fresh...), ix.opt))
	return nil
}

// Delete takes documents out and returns how many were there.
func (ix *Index) Delete(ids ...string) int {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	parts, n := without(ix.View().parts, func(yield func(string) bool) {
		for _, id := range ids {
			if !yield(id) {
				return
			}
		}
	})
	if n > 0 {
		ix.publish(settle(parts, ix.opt))
	}
	return n
}

// publish makes parts what the next View shows.
func (ix *Index) publish(parts []part) {
	v := &View{opt: ix.opt, pool: &ix.pool, parts: parts}
	for i := range parts {
		p := &parts[i]
		p.base = v.slots
		v.slots += p.docs()
		v.live += p.liveDocs()
		v.liveLen += p.liveLen
	}
	if v.live > 0 {
		v.avgLen = float64(v.liveLen) / float64(v.live)
	}
	ix.now.Store(v)
}

// latest keeps the last document of each id.
func latest(docs []Doc) []Doc {
	at := make(map[string]int, len(docs))
	for i, d := range docs {
		at[d.ID] = i
	}
	if len(at) == len(docs) {
		return docs
	}
	kept := make([]Doc, 0, len(at))
	for i, d := range docs {
		if at[d.ID] == i {
			kept = append(kept, d)
		}
	}
	return kept
}

// firstBatch says how many of the documents go into one segment.
func firstBatch(docs []Doc) int {
	postings := 0
	for n, d := range docs {
		postings += d.size()
		if n == maxDocs || n > 0 && postings > maxPostings {
			return n
		}
	}
	return len(docs)
}

// without returns the parts after the death of the named documents, and how many of these lived.
// The parts given are left as they are.
func without(parts []part, ids func(func(string) bool)) ([]part, int) {
	edits := make([]*edit, len(parts))
	killed := 0
	for id := range ids {
		for i := range parts {
			p := &parts[i]
			if edits[i] != nil {
				p = &edits[i].part
			}
			d := p.findName(id)
			if d < 0 || !p.isLive(d) {
				continue
			}
			if edits[i] == nil {
				edits[i] = p.edit()
			}
			edits[i].kill(d)
			killed++
			break // an id lives in one place at most
		}
	}
	kept := make([]part, 0, len(parts)+1)
	for i, p := range parts {
		if edits[i] != nil {
			p = edits[i].done()
		}
		kept = append(kept, p)
	}
	return kept, killed
}
