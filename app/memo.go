package app

import "sync"

// Bounds of what is remembered. What a filter leaves may be a whole shelf.
const (
	mostRemembered = 512
	mostFiltered   = 48
	mostLiked      = 20_000 // a few pointers each
)

// memo remembers answers for as long as the records stay as they are: who pages through a list or narrows
// a search asks the same again and again. What was not asked for while as many others came is forgotten.
// It is safe for concurrent use.
type memo[V any] struct {
	mu         sync.Mutex
	of         *shelves
	young, old map[string]V // half of the bound each

	most int // answers; 0: mostRemembered
}

// get is the answer to a question, if it was given over the same records.
func (m *memo[V]) get(of *shelves, question string) (v V, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != of {
		return v, false
	}
	if v, ok = m.young[question]; ok {
		return v, true
	}
	if v, ok = m.old[question]; ok {
		m.keep(question, v)
	}
	return v, ok
}

// put remembers an answer.
func (m *memo[V]) put(of *shelves, question string, v V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != of {
		m.of, m.young, m.old = of, map[string]V{}, nil
	}
	m.keep(question, v)
}

// keep stores an answer among the young; who calls it holds m.mu.
func (m *memo[V]) keep(question string, v V) {
	most := m.most
	if most == 0 {
		most = mostRemembered
	}
	if len(m.young) >= max(1, most/2) {
		m.young, m.old = map[string]V{}, m.young
	}
	m.young[question] = v
}
