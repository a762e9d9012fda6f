package app

import "sync"

// Bounds of what is remembered; a memo that is full begins anew. What a filter leaves may be a whole shelf.
const (
	mostRemembered = 512
	mostFiltered   = 48
)

// memo remembers answers for as long as the records stay as they are: who pages through a list or narrows
// a search asks the same again and again. It is safe for concurrent use.
type memo[V any] struct {
	mu  sync.Mutex
	of  *shelves
	all map[string]V

	most int // answers; 0: mostRemembered
}

// get is the answer to a question, if it was given over the same records.
func (m *memo[V]) get(of *shelves, question string) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of == of {
		v, ok = m.all[question]
	}
	return v, ok
}

// put remembers an answer.
func (m *memo[V]) put(of *shelves, question string, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	most := m.most
	if most == 0 {
		most = mostRemembered
	}
	if m.of != of || len(m.all) >= most {
		m.of, m.all = of, map[string]V{}
	}
	m.all[question] = v
}
