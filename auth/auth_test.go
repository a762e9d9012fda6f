package auth

import (
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

func desk(t *testing.T) (*Desk, *clock, *File) {
	t.Helper()
	f, err := OpenFile(filepath.Join(t.TempDir(), "users.json"))
	if err != nil {
		t.Fatal(err)
	}
	u, err := NewUser("Officer", "示例经办", "a long sentence", zhuanhua.RoleOfficer)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Add(u); err != nil {
		t.Fatal(err)
	}
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
	token, err := d.SignIn(" OFFICER ", "a long sentence")
	if err != nil || len(token) != 64 {
		t.Fatal(token, err)
	}
	if s := d.Session(token); s == nil || s.User.Shown != "示例经办" {
		t.Fatal(s)
	}
	for key := range d.sessions {
		if key == token {
			t.Error("the token itself is kept")
		}
	}
	for _, bad := range []string{"", "x", token[:63], strings.ToUpper(token)} {
		if d.Session(bad) != nil {
			t.Errorf("%q opens a session", bad)
		}
	}
	for range 5 {
		c.at = c.at.Add(SessionIdle - time.Minute)
		if d.Session(token) == nil {
			t.Fatal("a session that is used ends")
		}
	}
	c.at = c.at.Add(3 * time.Hour)
	if d.Session(token) != nil {
		t.Error("an idle session goes on")
	}
	token, _ = d.SignIn("officer", "a long sentence")
	for range 20 {
		c.at = c.at.Add(time.Hour)
		d.Session(token)
	}
	if d.Session(token) != nil {
		t.Error("a session goes on for ever")
	}
	token, _ = d.SignIn("officer", "a long sentence")
	d.SignOut(token)
	if d.Session(token) != nil {
		t.Error("a session that was ended goes on")
	}
}

func TestLock(t *testing.T) {
	d, c, _ := desk(t)
	for _, name := range []string{"officer", "nobody"} { // whether or not there is such a user
		var last error
		for range MostWrong {
			_, last = d.SignIn(name, "wrong")
		}
		var locked *Locked
		if !errors.As(last, &locked) || !locked.Until.Equal(c.at.Add(LockLife)) {
			t.Errorf("%s after %d: %v", name, MostWrong, last)
		}
		if _, err := d.SignIn(strings.ToUpper(name), "a long sentence"); !errors.As(err, &locked) {
			t.Errorf("%s while locked: %v", name, err)
		}
	}
	c.at = c.at.Add(LockLife + time.Second)
	if _, err := d.SignIn("officer", "a long sentence"); err != nil {
		t.Errorf("after the lock: %v", err)
	}
	for range MostWrong - 1 {
		d.SignIn("officer", "wrong")
	}
	if _, err := d.SignIn("officer", "a long sentence"); err != nil {
		t.Errorf("the right password in time: %v", err)
	}
	if _, err := d.SignIn("officer", "wrong"); zhuanhua.KindOf(err) != zhuanhua.KindForbidden {
		t.Errorf("a right password does not take the count away: %v", err)
	}
	if _, err := d.SignIn("officer", strings.Repeat("a", 5000)); err == nil {
		t.Error("a password of 5,000 bytes is taken")
	}
}

func TestFirst(t *testing.T) {
	d, _, _ := desk(t)
	if token, err := d.First(); token != "" || err != nil {
		t.Error("there are users, and there is a link", token, err)
	}
	f, _ := OpenFile("")
	d = NewDesk(f, nil)
	token, err := d.First()
	again, _ := d.First()
	if err != nil || token == "" || token != again {
		t.Fatal(token, again, err)
	}
	if _, err := d.MakeFirst("x", "admin", "a long sentence"); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Error(err)
	}
	if _, err := d.MakeFirst(token, "admin", "short"); zhuanhua.KindOf(err) != zhuanhua.KindInvalid {
		t.Error(err)
	}
	session, err := d.MakeFirst(token, "admin", "a long sentence")
	if err != nil || d.Session(session) == nil || d.Session(session).User.Roles[0] != zhuanhua.RoleSystemAdmin {
		t.Error(session, err)
	}
	if d.IsFirst(token) {
		t.Error("the link is good a second time")
	}
	if _, err := d.MakeFirst(token, "other", "a long sentence"); err == nil {
		t.Error("a second administrator by the first link")
	}
}

func TestFile(t *testing.T) {
	_, _, f := desk(t)
	u, _ := NewUser("officer", "", "another sentence")
	if err := f.Add(u); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Errorf("a name twice: %v", err)
	}
	again, err := OpenFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok, _ := again.Find("OFFICER"); !ok || got.Shown != "示例经办" {
		t.Error(got, ok)
	}
	if info, err := os.Stat(f.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error("others may read the hashes", info.Mode(), err)
	}
	for content, name := range map[string]string{"{": "damaged", "": "empty"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFile(path); zhuanhua.KindOf(err) != zhuanhua.KindUnavailable {
			t.Errorf("%s file: %v", name, err)
		}
	}
}

func TestExamples(t *testing.T) {
	f, _ := OpenFile("")
	all, err := WithExamples(f, "a long sentence")
	if err != nil {
		t.Fatal(err)
	}
	d := NewDesk(all, nil)
	token, err := d.SignIn("finance", "a long sentence")
	if err != nil || d.Session(token).User.Roles[0] != zhuanhua.RoleFinance {
		t.Error(err)
	}
	if first, _ := d.First(); first != "" {
		t.Error("with example logins there is a link for an administrator")
	}
	if _, ok, _ := all.Find("nobody"); ok {
		t.Error("there is a user nobody")
	}
}
