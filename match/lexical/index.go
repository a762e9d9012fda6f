package lexical

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"
)

// Index is a set of documents that can be searched while it changes. Its methods may be called
// from any number of goroutines; writers wait for each other, readers for nobody.
type Index struct {
	opt  Options
	pool sync.Pool // of *scratch
	now  atomic.Pointer[View]
	dist atomic.Pointer[distribution] // the latest that was counted

	mu      sync.Mutex
	changed int        // documents put in and taken out so far
	merging bool       // a goroutine is merging
	merged  *sync.Cond // told after each merge, on mu
}

// New makes an empty index. Options out of range are a zhuanhua.KindInvalid error.
func New(o Options) (*Index, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	ix := &Index{opt: o}
	ix.merged = sync.NewCond(&ix.mu)
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
// call makes at least one segment, which another goroutine merges with others. The terms are not kept.
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
	for ix.merging && crowded(ix.View().parts) {
		ix.merged.Wait()
	}
	parts, _ := without(ix.View().parts, func(yield func(string) bool) {
		for _, p := range fresh {
			for d := range p.docs {
				if !yield(p.name(d)) {
					return
				}
			}
		}
	})
	for _, p := range fresh {
		ix.changed += p.docs
	}
	ix.write(append(parts, fresh...))
	return nil
}

// Delete takes documents out and returns how many were there.
func (ix *Index) Delete(ids ...string) int {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	parts, n := without(ix.View().parts, slices.Values(ids))
	if n > 0 {
		ix.changed += n
		ix.write(parts)
	}
	return n
}

// Settle waits until the merges that are due are done, so that what View returns next is as quick
// and small as it gets. It is meant for the end of a bulk load; nothing depends on it.
func (ix *Index) Settle() {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	for ix.merging {
		ix.merged.Wait()
	}
}

// write publishes what a write left and sees to it that merges which are due get done.
func (ix *Index) write(parts []part) {
	parts = slices.DeleteFunc(parts, func(p part) bool { return p.liveDocs() == 0 })
	ix.publish(parts)
	if !ix.merging && len(nextMerge(parts)) > 0 {
		ix.merging = true
		go ix.merge()
	}
}

// publish makes parts what the next View shows.
func (ix *Index) publish(parts []part) {
	v := &View{index: ix, opt: ix.opt, parts: parts, changed: ix.changed}
	for i := range parts {
		p := &parts[i]
		p.base = v.slots
		v.slots += p.docs
		v.ranges += p.ranges()
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
func without(parts []part, ids iter.Seq[string]) ([]part, int) {
	edits := make([]*edit, len(parts))
	killed := 0
	for id := range ids {
		hash := hashID(id)
		for i := range parts {
			p := &parts[i]
			if edits[i] != nil {
				p = &edits[i].part
			}
			d := p.findName(id, hash)
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
