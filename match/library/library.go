// Package library keeps documents as bytes, by number and by id, outside of the heap: a million of
// them with their texts are a file that is mapped, and what has changed since. What the bytes mean is
// the caller's business; beside them each document has a card of fixed size, small enough to go
// through a million of them for every search.
//
// A Library is changed by one writer at a time; readers work on the View they took, which never
// changes and lives as long as it is held.
package library

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// CardSize is how many bytes a card has.
const CardSize = 32

// Card is what the caller wants to know of a document without reading it.
type Card [CardSize]byte

// Doc is one document to keep.
type Doc struct {
	ID   string
	Card Card
	Body []byte
}

// Library is a changing set of documents. The same id again replaces a document and keeps its number;
// numbers count up from 0, and that of a deleted document is not given out again.
type Library struct {
	now   atomic.Pointer[View]
	words atomic.Pointer[wordList]

	mu    sync.Mutex // held by the one that changes the library
	table table
	known map[string]uint32 // words by themselves
}

// New makes an empty library.
func New() *Library {
	l := &Library{known: map[string]uint32{}}
	l.words.Store(&wordList{})
	l.now.Store(&View{})
	return l
}

// View returns the library as it is now.
func (l *Library) View() *View { return l.now.Load() }

// Put keeps documents and returns their numbers. All become visible at once; of several with one id
// the last counts.
func (l *Library) Put(docs []Doc) []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.change()
	numbers := make([]int, len(docs))
	for i := range docs {
		numbers[i] = c.put(l, &docs[i])
	}
	l.publish(c)
	return numbers
}

// Delete takes documents out and returns how many were there.
func (l *Library) Delete(ids ...string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.change()
	n := 0
	for _, id := range ids {
		if number := l.table.find(&c.View, id, hashOf(id)); number >= 0 {
			c.bury(number)
			c.live--
			n++
		}
	}
	l.publish(c)
	return n
}

// Numbers returns the numbers of documents, −1 for those that are not there.
func (l *Library) Numbers(ids []string) []int {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.View()
	out := make([]int, len(ids))
	for i, id := range ids {
		out[i] = l.table.find(v, id, hashOf(id))
	}
	runtime.KeepAlive(v)
	return out
}

// Word returns a number for a word, the same for the same word as long as the library lives and when
// it is opened again. It is for cards, which have no room for words.
func (l *Library) Word(word string) uint32 {
	if word == "" {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.word(word)
}

func (l *Library) word(word string) uint32 {
	if n, ok := l.known[word]; ok {
		return n
	}
	old := l.words.Load()
	list := append(old.words, word) // behind what others look at
	n := uint32(len(list))
	l.known[word] = n
	l.words.Store(&wordList{list})
	return n
}

// Words returns all words; the number of a word is its place here and one more, 0 is no word.
func (l *Library) Words() []string { return l.words.Load().words }

type wordList struct{ words []string }

// hashOf is FNV-1a with its bits spread. It is kept in files.
func hashOf(id string) uint32 {
	h := uint64(14695981039346656037)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 1099511628211
	}
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	return uint32(h >> 32)
}

// table finds the numbers of documents by their ids: open addressing, a number and one more in each
// slot, 0 where none is.
type table struct {
	slots []uint32
	used  int // slots that are not 0, also those of documents that are dead
}

// find returns the number of a live document, −1 for none.
func (t *table) find(v *View, id string, hash uint32) int {
	if len(t.slots) == 0 {
		return -1
	}
	for i := t.home(hash); t.slots[i] != 0; i = (i + 1) & (len(t.slots) - 1) {
		if n := int(t.slots[i]) - 1; v.placeOf(n).hash == hash && v.is(n, id) {
			return n
		}
	}
	return -1
}

func (t *table) home(hash uint32) int { return int(hash) & (len(t.slots) - 1) }

// add puts in a document that is not there.
func (t *table) add(v *View, number int, hash uint32) {
	if 2*(t.used+1) > len(t.slots) {
		t.renew(v)
	}
	t.insert(number, hash)
}

func (t *table) insert(number int, hash uint32) {
	i := t.home(hash)
	for t.slots[i] != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = uint32(number) + 1
	t.used++
}

// renew makes a table of the live documents with room for as many again.
func (t *table) renew(v *View) {
	size := 64
	for size < 4*(v.live+1) {
		size *= 2
	}
	t.slots, t.used = make([]uint32, size), 0
	for n := range v.numbers {
		if p := v.placeOf(n); p.chunk != nowhere {
			t.insert(n, p.hash)
		}
	}
}
