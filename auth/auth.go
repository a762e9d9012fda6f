// Package auth says who is asking: names with passwords, sessions kept on the server, and a lock after
// wrong passwords. What somebody may do is decided elsewhere.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"zhuanhua"
)

// User is somebody who can sign in.
type User struct {
	Name  string // under which the records keep them
	Shown string
	Roles []zhuanhua.Role // that they hold now
	Hash  string          // of the password, argon2id
}

// Has reports whether the user holds one of some roles.
func (u *User) Has(roles ...zhuanhua.Role) bool {
	return slices.ContainsFunc(u.Roles, func(r zhuanhua.Role) bool { return slices.Contains(roles, r) })
}

// Users is where it is said who can sign in.
type Users interface {
	// Find is the user with a name; one who may not act any more, or has no password, is not found.
	Find(ctx context.Context, name string) (User, bool, error)
	// Add keeps a new user; one with a name that is there is KindConflict.
	Add(ctx context.Context, u User) error
	// Any reports whether anybody can sign in.
	Any(ctx context.Context) (bool, error)
}

// Session is a browser that has signed in.
type Session struct {
	User  User
	Since time.Time
	used  time.Time
}

// Bounds of sessions and of wrong passwords.
const (
	SessionLife = 12 * time.Hour
	SessionIdle = 2 * time.Hour
	MostWrong   = 5
	LockLife    = 15 * time.Minute
	mostTries   = 100_000 // names remembered with wrong passwords
)

// Locked says until when a name is locked.
type Locked struct{ Until time.Time }

// Error is for logs; pages say it in their own words.
func (l *Locked) Error() string { return "the login is locked until " + l.Until.Format(time.RFC3339) }

// Desk lets people in.
type Desk struct {
	users    Users
	now      func() time.Time
	mu       sync.Mutex
	sessions map[string]*Session // by the hash of the token, so that a memory dump gives none away
	wrong    map[string]*tries
	first    string // token of the link for the first administrator; "" none
	hashing  chan struct{}
}

// tries are the wrong passwords given for a name.
type tries struct {
	count int
	at    time.Time
}

// NewDesk makes a desk over some users. now may be nil.
func NewDesk(users Users, now func() time.Time) *Desk {
	if now == nil {
		now = time.Now
	}
	return &Desk{users: users, now: now, sessions: map[string]*Session{}, wrong: map[string]*tries{}, hashing: make(chan struct{}, 2)}
}

// fold is a name as it is compared.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// SignIn checks a password and opens a session; its token goes into the browser's cookie. A wrong
// password and an unknown name give the same error after the same work; after MostWrong of them the
// name is *Locked for a while, whether or not there is such a user.
func (d *Desk) SignIn(ctx context.Context, typed, password string) (token string, err error) {
	name := fold(typed)
	if until, locked := d.locked(name); locked {
		return "", &Locked{until}
	}
	u, known, err := d.users.Find(ctx, strings.TrimSpace(typed))
	if err != nil {
		return "", err
	}
	hash := u.Hash
	if !known {
		hash = nobody
	}
	d.hashing <- struct{}{} // each takes 64 MB: a crowd waits
	right := len(password) <= maxPassword && verify(hash, password)
	<-d.hashing
	if !known || !right {
		return "", d.miss(name)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.wrong, name)
	return d.open(u), nil
}

// open makes a session; who calls it holds d.mu.
func (d *Desk) open(u User) string {
	now := d.now()
	for key, s := range d.sessions {
		if s.over(now) {
			delete(d.sessions, key)
		}
	}
	token := newToken()
	d.sessions[hashed(token)] = &Session{User: u, Since: now, used: now}
	return token
}

func (s *Session) over(now time.Time) bool {
	return now.Sub(s.Since) > SessionLife || now.Sub(s.used) > SessionIdle
}

// locked reports whether a name is locked, and until when.
func (d *Desk) locked(name string) (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.wrong[name]
	if t == nil || t.count < MostWrong {
		return time.Time{}, false
	}
	until := t.at.Add(LockLife)
	if d.now().After(until) {
		delete(d.wrong, name)
		return time.Time{}, false
	}
	return until, true
}

// miss counts a wrong password.
func (d *Desk) miss(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if len(d.wrong) > mostTries {
		clear(d.wrong)
	}
	t := d.wrong[name]
	if t == nil || now.Sub(t.at) > LockLife {
		t = &tries{}
		d.wrong[name] = t
	}
	t.count, t.at = t.count+1, now
	if t.count >= MostWrong {
		return &Locked{now.Add(LockLife)}
	}
	return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, What: "the name or the password is wrong", Do: "check both and try again"}
}

// Session is the session of a token, nil when there is none or it is over. Who it is, and as what, is asked
// anew each time: a user who was disabled, lost a role or got another password feels it at once.
func (d *Desk) Session(ctx context.Context, token string) *Session {
	s := d.use(token)
	if s == nil {
		return nil
	}
	u, known, err := d.users.Find(ctx, s.User.Name)
	switch {
	case err != nil:
		return nil // nobody is somebody while it cannot be asked who they are
	case !known || u.Hash != s.User.Hash:
		d.SignOut(token)
		return nil
	}
	s.User = u
	return s
}

// use notes that a session is used, and copies it.
func (d *Desk) use(token string) *Session {
	if token == "" {
		return nil
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.sessions[hashed(token)]
	now := d.now()
	if s == nil || s.over(now) {
		delete(d.sessions, hashed(token))
		return nil
	}
	s.used = now
	copied := *s
	return &copied
}

// SignOut ends a session.
func (d *Desk) SignOut(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sessions, hashed(token))
}

// First gives the token of a link by which the first administrator is made, "" where there are users
// already. The link is good once.
func (d *Desk) First(ctx context.Context) (string, error) {
	any, err := d.users.Any(ctx)
	if err != nil || any {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.first == "" {
		d.first = newToken()
	}
	return d.first, nil
}

// IsFirst reports whether a token is that of the link, which has not been used.
func (d *Desk) IsFirst(token string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.first != "" && hashed(token) == hashed(d.first)
}

// MakeFirst makes the first administrator and opens their session.
func (d *Desk) MakeFirst(ctx context.Context, token, name, password string) (string, error) {
	if !d.IsFirst(token) {
		return "", &zhuanhua.Error{Kind: zhuanhua.KindNotFound, What: "the link has been used or never was", Do: "restart the server for a new one"}
	}
	u, err := NewUser(name, "", password, zhuanhua.RoleSystemAdmin)
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.first != token { // somebody was quicker
		return "", &zhuanhua.Error{Kind: zhuanhua.KindNotFound, What: "the link has been used", Do: "sign in"}
	}
	if err := d.users.Add(ctx, u); err != nil {
		return "", err
	}
	d.first = ""
	return d.open(u), nil
}

func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return string(sum[:])
}
