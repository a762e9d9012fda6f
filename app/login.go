package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/auth"
	"zhuanhua/store"
)

// Logins are the users of the records as those who can sign in: who is disabled or has no password is not
// among them, and a role that is over is not held. The records are asked each time.
type Logins struct {
	App       *App
	Passwords auth.Passwords
	// Examples are hashes of passwords that exist in memory alone: those of the example logins.
	Examples map[string]string
}

// Find is the user with an id; capital letters do not matter where the id has none.
func (l *Logins) Find(ctx context.Context, name string) (auth.User, bool, error) {
	for _, id := range slices.Compact([]string{name, strings.ToLower(name)}) {
		row, err := find(ctx, l.App.store, zhuanhua.NounUser, id)
		if err != nil {
			return auth.User{}, false, err
		}
		if row == nil {
			continue
		}
		return l.login(ctx, *row)
	}
	return auth.User{}, false, nil
}

func (l *Logins) login(ctx context.Context, row store.Row) (auth.User, bool, error) {
	u, err := store.As[zhuanhua.User](row)
	if err != nil || u.Disabled {
		return auth.User{}, false, err
	}
	out := auth.User{Name: u.ID, Shown: u.Name, Hash: l.Examples[u.ID]}
	if out.Hash == "" {
		if out.Hash, err = l.Passwords.Get(u.ID); err != nil {
			return out, false, err
		}
	}
	today := zhuanhua.DateOf(l.App.store.Now(ctx))
	for _, g := range u.Roles {
		if g.Holds(today) && !slices.Contains(out.Roles, g.Role) {
			out.Roles = append(out.Roles, g.Role)
		}
	}
	return out, out.Hash != "", nil
}

// Add keeps a new user with a password. The log holds who it is and as what, not the hash.
func (l *Logins) Add(ctx context.Context, u auth.User) error {
	user := zhuanhua.User{ID: u.Name, Name: cmp.Or(u.Shown, u.Name)}
	for _, r := range u.Roles {
		user.Roles = append(user.Roles, zhuanhua.Grant{Role: r})
	}
	if _, err := l.App.AddUser(ctx, "portal", "", user); err != nil {
		return err
	}
	return l.Passwords.Set(user.ID, u.Hash)
}

// Any reports whether anybody has a password.
func (l *Logins) Any(context.Context) (bool, error) {
	if len(l.Examples) > 0 {
		return true, nil
	}
	return l.Passwords.Any()
}
