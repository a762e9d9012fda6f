package auth

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"sync"

	"zhuanhua"
)

// File keeps users in a file of their own, until casework keeps them as records.
type File struct {
	mu   sync.Mutex
	path string
	all  map[string]User
}

// OpenFile reads the users of a file, which need not be there yet. "" keeps them in memory.
func OpenFile(path string) (*File, error) {
	f := &File{path: path, all: map[string]User{}}
	if path == "" {
		return f, nil
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return nil, zhuanhua.Unavailable(path, "the users cannot be read", "check its permissions", err)
	}
	var list []User
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, zhuanhua.Unavailable(path, "the file of users is damaged", "put it back from a backup; without it nobody can sign in", err)
	}
	for _, u := range list {
		f.all[fold(u.Name)] = u
	}
	return f, nil
}

// Find is the user with a name.
func (f *File) Find(name string) (User, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, ok := f.all[fold(name)]
	return u, ok, nil
}

// Any reports whether there is a user.
func (f *File) Any() (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.all) > 0, nil
}

// Add keeps a new user; the file appears whole or not at all.
func (f *File) Add(u User) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	u.Name = fold(u.Name)
	if _, there := f.all[u.Name]; there {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: u.Name, What: "there is a user with this name", Do: "choose another name"}
	}
	next := []User{u}
	for _, old := range f.all {
		next = append(next, old)
	}
	if err := f.write(next); err != nil {
		return err
	}
	f.all[u.Name] = u
	return nil
}

func (f *File) write(list []User) error {
	if f.path == "" {
		return nil
	}
	b, err := json.MarshalIndent(list, "", "  ")
	if err == nil {
		err = os.WriteFile(f.path+".new", b, 0o600)
	}
	if err == nil {
		err = os.Rename(f.path+".new", f.path)
	}
	if err != nil {
		return zhuanhua.Unavailable(f.path, "the users cannot be kept", "check space and permissions", err)
	}
	return nil
}

// examples are users beside those of another store: one for each role, all with one password.
type examples struct {
	Users
	hash string
}

// WithExamples adds a login for each role, named like it, to users. It is for invented data alone.
func WithExamples(users Users, password string) (Users, error) {
	u, err := NewUser("example", "", password)
	return &examples{users, u.Hash}, err
}

// Find is an example user, else one of the others.
func (e *examples) Find(name string) (User, bool, error) {
	for _, r := range zhuanhua.Roles() {
		if fold(name) == string(r) {
			return User{Name: string(r), Roles: []zhuanhua.Role{r}, Hash: e.hash}, true, nil
		}
	}
	return e.Users.Find(name)
}

// Any is always true: somebody can sign in.
func (e *examples) Any() (bool, error) { return true, nil }
