package auth

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zhuanhua"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

// known are users in memory.
type known map[string]User

func (k known) Find(_ context.Context, name string) (User, bool, error) {
	u, ok := k[strings.ToLower(name)]
	return u, ok, k[broken].err()
}

func (k known) Add(_ context.Context, u User) error {
	k[u.Name] = u
	return nil
}

func (k known) Any(context.Context) (bool, error) { return len(k) > 0, nil }

// broken is the name of a user whose being there makes every question fail.
const broken = "!"

func (u User) err() error {
	if u.Name == broken {
		return errors.New("the records cannot be read")
	}
	return nil
}

var ctx = context.Background()

func desk(t *testing.T) (*Desk, *clock, known) {
	t.Helper()
	f := known{}
	u, err := NewUser("Officer", "示例经办", "a long sentence", zhuanhua.RoleOfficer)
	if err != nil {
		t.Fatal(err)
	}
	f[u.Name] = u
	c := &clock{time.Date(2026, 11, 25, 4, 0, 0, 0, time.UTC)}
	return NewDesk(f, c.now), c, f
}

func TestPasswords(t *testing.T) {
	h := hash("a long sentence")
	if !strings.HasPrefix(h, "$argon2id$v=19$m=65536,t=1,p=2$") || strings.Contains(h, "sentence") {
		t.Errorf("hash %s", h)
	}
	if h == hash("a long sentence") {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	for _, c := range []struct {
		kept, password string
		want           bool
	}{
		{h, "a long sentence", true}, {h, "a long sentence ", false}, {h, "", false}, {"", "a long sentence", false}, {"$argon2id$v=19$m=65536,t=1,p=2$$", "", false},
		{strings.Replace(h, "argon2id", "argon2i", 1), "a long sentence", false}, {strings.Replace(h, "m=65536", "m=4294967295", 1), "a long sentence", false},
		{h[:len(h)-2], "a long sentence", false}, {nobody, "", false},
	} {
		if got := verify(c.kept, c.password); got != c.want {
			t.Errorf("verify(%q, %q) = %v", c.kept, c.password, got)
		}
	}
}

func TestNewUser(t *testing.T) {
	for _, c := range []struct{ name, password, where string }{
		{"", "a long sentence", "name"}, {"with blank", "a long sentence", "name"}, {strings.Repeat("a", 65), "a long sentence", "name"}, {"a\x00", "a long sentence", "name"},
		{"ann", "short", "password"}, {"ann", strings.Repeat("a", 1025), "password"}, {"annandannandann", "AnnAndAnnAndAnn", "password"}, {"ann", "九个字的密码不够长", "password"},
	} {
		_, err := NewUser(c.name, "", c.password)
		var e *zhuanhua.Error
		if !errors.As(err, &e) || e.Kind != zhuanhua.KindInvalid || e.Where != c.where {
			t.Errorf("%q, %q: %v", c.name, c.password, err)
		}
	}
	if u, err := NewUser(" 示例经办 ", "", "十个汉字的一句好记短话"); err != nil || u.Name != "示例经办" {
		t.Error(u.Name, err)
	}
}

func TestSessions(t *testing.T) {
	d, c, _ := desk(t)
	token, err := d.SignIn(ctx, " OFFICER ", "a long sentence")
	if err != nil || len(token) != 64 {
		t.Fatal(token, err)
	}
	if s := d.Session(ctx, token); s == nil || s.User.Shown != "示例经办" {
		t.Fatal(s)
	}
	for key := range d.sessions {
		if key == token {
			t.Error("the token itself is kept")
		}
	}
	for _, bad := range []string{"", "x", token[:63], strings.ToUpper(token)} {
		if d.Session(ctx, bad) != nil {
			t.Errorf("%q opens a session", bad)
		}
	}
	for range 5 {
		c.at = c.at.Add(SessionIdle - time.Minute)
		if d.Session(ctx, token) == nil {
			t.Fatal("a session that is used ends")
		}
	}
	c.at = c.at.Add(3 * time.Hour)
	if d.Session(ctx, token) != nil {
		t.Error("an idle session goes on")
	}
	token, _ = d.SignIn(ctx, "officer", "a long sentence")
	for range 20 {
		c.at = c.at.Add(time.Hour)
		d.Session(ctx, token)
	}
	if d.Session(ctx, token) != nil {
		t.Error("a session goes on for ever")
	}
	token, _ = d.SignIn(ctx, "officer", "a long sentence")
	d.SignOut(token)
	if d.Session(ctx, token) != nil {
		t.Error("a session that was ended goes on")
	}
}

func TestLock(t *testing.T) {
	d, c, _ := desk(t)
	for _, name := range []string{"officer", "nobody"} { // whether or not there is such a user
		var last error
		for range MostWrong {
			_, last = d.SignIn(ctx, name, "wrong")
		}
		var locked *Locked
		if !errors.As(last, &locked) || !locked.Until.Equal(c.at.Add(LockLife)) {
			t.Errorf("%s after %d: %v", name, MostWrong, last)
		}
		if _, err := d.SignIn(ctx, strings.ToUpper(name), "a long sentence"); !errors.As(err, &locked) {
			t.Errorf("%s while locked: %v", name, err)
		}
	}
	c.at = c.at.Add(LockLife + time.Second)
	if _, err := d.SignIn(ctx, "officer", "a long sentence"); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	for range MostWrong - 1 {
		d.SignIn(ctx, "officer", "wrong")
	}
	if _, err := d.SignIn(ctx, "officer", "a long sentence"); err != nil {
		t.Errorf("the right password in time: %v", err)
	}
	if _, err := d.SignIn(ctx, "officer", "wrong"); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
		t.Errorf("a right password does not take the count away: %v", err)
	}
	if _, err := d.SignIn(ctx, "officer", strings.Repeat("a", 5000)); err == nil {
		t.Error("a password of 5,000 bytes is taken")
	}
}

func TestFirst(t *testing.T) {
	d, _, _ := desk(t)
	if token, err := d.First(ctx); token != "" || err != nil {
		t.Error("there are users, and there is a link", token, err)
	}
	d = NewDesk(known{}, nil)
	token, err := d.First(ctx)
	again, _ := d.First(ctx)
	if err != nil || token == "" || token != again {
		t.Fatal(token, again, err)
	}
	if _, err := d.MakeFirst(ctx, "x", "admin", "a long sentence"); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Error(err)
	}
	if _, err := d.MakeFirst(ctx, token, "admin", "short"); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
	session, err := d.MakeFirst(ctx, token, "admin", "a long sentence")
	if err != nil || d.Session(ctx, session) == nil || d.Session(ctx, session).User.Roles[0] != zhuanhua.RoleSystemAdmin {
		t.Error(session, err)
	}
	if d.IsFirst(token) {
		t.Error("the link is good a second time")
	}
	if _, err := d.MakeFirst(ctx, token, "other", "a long sentence"); err == nil {
		t.Error("a second administrator by the first link")
	}
}

// TestSessionFollowsUser: what becomes of a user is felt by the sessions they have.
func TestSessionFollowsUser(t *testing.T) {
	d, _, users := desk(t)
	enter := func() string {
		t.Helper()
		token, err := d.SignIn(ctx, "officer", "a long sentence")
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	token, u := enter(), users["officer"]
	u.Roles = []zhuanhua.Role{zhuanhua.RoleReviewer}
	users["officer"] = u
	if s := d.Session(ctx, token); s == nil || s.User.Has(zhuanhua.RoleOfficer) || !s.User.Has(zhuanhua.RoleFinance, zhuanhua.RoleReviewer) {
		t.Errorf("a role that was taken is still held: %+v", s)
	}
	users[broken] = User{Name: broken}
	if d.Session(ctx, token) != nil {
		t.Error("somebody is let in while it cannot be asked who they are")
	}
	delete(users, broken)
	if d.Session(ctx, token) == nil {
		t.Error("a fault of a moment ends a session")
	}
	u.Hash = hash("another sentence")
	users["officer"] = u
	if d.Session(ctx, token) != nil {
		t.Error("a session outlives its password")
	}
	u.Hash = hash("a long sentence")
	users["officer"] = u
	if d.Session(ctx, token) != nil {
		t.Error("a session that was ended comes back")
	}
	token = enter()
	delete(users, "officer")
	if d.Session(ctx, token) != nil {
		t.Error("who is no user any more is still in")
	}
	if _, err := d.SignIn(ctx, "officer", "a long sentence"); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
		t.Errorf("who is no user any more signs in: %v", err)
	}
}

// TestPasswordFiles: a file a user, whatever the name, for the owner alone; damaged folders are told.
func TestPasswordFiles(t *testing.T) {
	p := OpenPasswords(filepath.Join(t.TempDir(), "data", "passwords"))
	if any, err := p.Any(); any || err != nil {
		t.Error("a folder that is not there holds passwords", err)
	}
	for _, name := range []string{"officer", "示例经办", "../../etc/passwd", strings.Repeat("长", 60)} {
		if err := p.Set(name, "hash of "+name); err != nil {
			t.Fatal(err)
		}
		if h, err := p.Get(name); h != "hash of "+name || err != nil {
			t.Error(name, h, err)
		}
	}
	files, err := os.ReadDir(p.dir)
	if err != nil || len(files) != 4 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Error("others may read the hashes", f, err)
		}
	}
	if err := p.Set("officer", "a new one"); err != nil {
		t.Fatal(err)
	}
	if h, _ := p.Get("officer"); h != "a new one" {
		t.Error(h)
	}
	if any, err := p.Any(); !any || err != nil {
		t.Error("there are passwords", err)
	}
	for range 2 { // a second time changes nothing
		if err := p.Remove("officer"); err != nil {
			t.Error(err)
		}
	}
	if h, err := p.Get("officer"); h != "" || err != nil {
		t.Error("a password that was removed is there", err)
	}
	taken := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := OpenPasswords(taken).Set("officer", "x"); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
		t.Error(err)
	}
}
