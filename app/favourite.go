package app

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"zhuanhua"
)

// Favourite is a record that somebody wants to find again.
type Favourite struct {
	Noun zhuanhua.Noun `json:"noun"`
	ID   string        `json:"id"`
}

// SavedNeed is a need in somebody's own words that they want to ask again. Its token stands in the link
// under which others see its matches.
type SavedNeed struct {
	Token string    `json:"token"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}

// Bounds of what one user keeps.
const (
	MostFavourites = 200
	MostSavedNeeds = 30
)

// collection is what one user keeps, the newest first.
type collection struct {
	Records []Favourite `json:"records,omitempty"`
	Needs   []SavedNeed `json:"needs,omitempty"`
}

// Favourites keeps what users want to find again, by their logins, in one file. It is safe for concurrent
// use.
type Favourites struct {
	mu   sync.Mutex
	path string
	of   map[string]collection
}

// OpenFavourites reads a file of favourites, which need not be there yet. "" keeps them in memory.
func OpenFavourites(path string) (*Favourites, error) {
	f := &Favourites{path: path, of: map[string]collection{}}
	b, err := os.ReadFile(path)
	switch {
	case path == "" || errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return nil, zhuanhua.Unavailable(path, "the favourites cannot be read", "check its permissions", err)
	case json.Unmarshal(b, &f.of) != nil || f.of == nil:
		return nil, zhuanhua.Unavailable(path, "the file of favourites is damaged", "put it back from a backup, or remove it and lose them", nil)
	}
	return f, nil
}

// Records are the favourites of a user, newest first.
func (f *Favourites) Records(user string) []Favourite {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.of[user].Records)
}

// Needs are the saved needs of a user, newest first.
func (f *Favourites) Needs(user string) []SavedNeed {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.of[user].Needs)
}

// Need finds a saved need by its token, whoever saved it: who has the link may see its matches.
func (f *Favourites) Need(token string) (SavedNeed, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.of {
		for _, n := range c.Needs {
			if n.Token == token {
				return n, true
			}
		}
	}
	return SavedNeed{}, false
}

// Add keeps records for a user; those that are there stay where they are.
func (f *Favourites) Add(user string, list ...Favourite) error {
	return f.change(user, func(c *collection) error {
		for _, r := range list {
			if slices.Contains(c.Records, r) {
				continue
			}
			if len(c.Records) >= MostFavourites {
				return full("favourites")
			}
			c.Records = append([]Favourite{r}, c.Records...)
		}
		return nil
	})
}

// Remove takes a record off a user's favourites.
func (f *Favourites) Remove(user string, r Favourite) error {
	return f.change(user, func(c *collection) error {
		c.Records = slices.DeleteFunc(c.Records, func(x Favourite) bool { return x == r })
		return nil
	})
}

// SaveNeed keeps a need for a user.
func (f *Favourites) SaveNeed(user string, n SavedNeed) error {
	return f.change(user, func(c *collection) error {
		if slices.ContainsFunc(c.Needs, func(x SavedNeed) bool { return x.Token == n.Token }) {
			return nil
		}
		if len(c.Needs) >= MostSavedNeeds {
			return full("needs")
		}
		c.Needs = append([]SavedNeed{n}, c.Needs...)
		return nil
	})
}

// RemoveNeed forgets a saved need; its link ends.
func (f *Favourites) RemoveNeed(user, token string) error {
	return f.change(user, func(c *collection) error {
		c.Needs = slices.DeleteFunc(c.Needs, func(x SavedNeed) bool { return x.Token == token })
		return nil
	})
}

func full(where string) error {
	return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: where, What: "there are as many as can be kept", Do: "remove some first"}
}

// change alters what a user keeps and writes the file. What cannot be written has not happened.
func (f *Favourites) change(user string, do func(c *collection) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	was, there := f.of[user]
	next := collection{slices.Clone(was.Records), slices.Clone(was.Needs)}
	if err := do(&next); err != nil {
		return err
	}
	f.of[user] = next
	if len(next.Records)+len(next.Needs) == 0 {
		delete(f.of, user)
	}
	err := f.write()
	if err != nil {
		if f.of[user] = was; !there {
			delete(f.of, user)
		}
	}
	return err
}

func (f *Favourites) write() error {
	if f.path == "" {
		return nil
	}
	b, err := json.Marshal(f.of)
	if err == nil {
		err = writeDurably(f.path, b)
	}
	if err != nil {
		return zhuanhua.Unavailable(f.path, "the favourites cannot be kept", "check space and permissions", err)
	}
	return nil
}
