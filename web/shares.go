package web

import (
	"slices"
	"sync"
	"time"

	"zhuanhua/app"
)

// shares keeps what people asked for, for as long as a link to it is good: in memory alone, under a
// number that nobody can guess. Nothing of it is written down.
type shares struct {
	mu   sync.Mutex
	now  func() time.Time
	kept map[string]*asked
}

// asked is a need that somebody typed.
type asked struct {
	*app.Asked
	at time.Time

	ranking sync.Mutex
	ranked  *ranking
}

const (
	shareLife = 24 * time.Hour
	mostKept  = 10_000
)

func newShares(now func() time.Time) *shares { return &shares{now: now, kept: map[string]*asked{}} }

// keep stores a need and gives the number for its link.
func (s *shares) keep(a *app.Asked) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if len(s.kept) >= mostKept {
		s.forget(now)
	}
	token := randomHex(12)
	s.kept[token] = &asked{Asked: a, at: now}
	return token
}

// put keeps a need again under the number of its link.
func (s *shares) put(token string, a *app.Asked) *asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := &asked{Asked: a, at: s.now()}
	s.kept[token] = out
	return out
}

// forget drops what has expired, and the older half where that is not enough.
func (s *shares) forget(now time.Time) {
	var times []time.Time
	for token, a := range s.kept {
		if now.Sub(a.at) > shareLife {
			delete(s.kept, token)
			continue
		}
		times = append(times, a.at)
	}
	if len(s.kept) < mostKept {
		return
	}
	slices.SortFunc(times, time.Time.Compare)
	middle := times[len(times)/2]
	for token, a := range s.kept {
		if !a.at.After(middle) {
			delete(s.kept, token)
		}
	}
}

// find is a need by the number of its link, nil when it has expired or never was.
func (s *shares) find(token string) *asked {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.kept[token]
	if a == nil || s.now().Sub(a.at) > shareLife {
		delete(s.kept, token)
		return nil
	}
	return a
}

// drop forgets a need before its time.
func (s *shares) drop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, token)
}
