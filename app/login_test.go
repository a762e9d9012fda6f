package app_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/auth"
	"zhuanhua/store"
)

// TestLogins: who can sign in is said by the records, each time anew; passwords lie beside them.
func TestLogins(t *testing.T) {
	a, s := open(t, store.Options{Dir: filepath.Join(t.TempDir(), "data")})
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	ctx := store.AtClock(t.Context(), func() time.Time { return now })
	l := &app.Logins{App: a, Passwords: auth.OpenPasswords(filepath.Join(t.TempDir(), "passwords")), Examples: map[string]string{"示例": "hash in memory", "nobody": "x"}}
	add := func(u zhuanhua.User) {
		t.Helper()
		if _, err := a.AddUser(ctx, "test", "", u); err != nil {
			t.Fatal(err)
		}
	}
	ends, _ := zhuanhua.ParseDate("2026-03-31")
	add(zhuanhua.User{ID: "officer", Name: "示例经办", Roles: []zhuanhua.Grant{{Role: zhuanhua.RoleOfficer, Department: "KJT"}, {Role: zhuanhua.RoleOfficer, Department: "CZT"},
		{Role: zhuanhua.RoleReviewer, Period: zhuanhua.Period{To: ends}}}})
	add(zhuanhua.User{ID: "示例", Name: "示例登录"})
	roles := func(name string) ([]zhuanhua.Role, bool) {
		t.Helper()
		u, ok, err := l.Find(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		return u.Roles, ok
	}
	if _, ok := roles("officer"); ok {
		t.Error("who has no password can sign in")
	}
	if _, ok := roles("nobody"); ok {
		t.Error("an example login without a user can sign in")
	}
	if u, ok, _ := l.Find(ctx, "示例"); !ok || u.Hash != "hash in memory" {
		t.Error("an example login cannot sign in")
	}
	if err := l.Passwords.Set("officer", "kept"); err != nil {
		t.Fatal(err)
	}
	if r, ok := roles("OFFICER"); !ok || !slices.Equal(r, []zhuanhua.Role{zhuanhua.RoleOfficer, zhuanhua.RoleReviewer}) {
		t.Error(r, ok)
	}
	now = now.AddDate(0, 1, 0) // the day after the reviewer's last
	if r, _ := roles("officer"); !slices.Equal(r, []zhuanhua.Role{zhuanhua.RoleOfficer}) {
		t.Error("a role that has ended is held", r)
	}
	if _, err := a.RevokeRole(ctx, "test", "", "officer", zhuanhua.RoleOfficer); err != nil {
		t.Fatal(err)
	}
	if r, ok := roles("officer"); len(r) > 0 || !ok {
		t.Error("a role that was taken is held", r)
	}
	if _, err := a.DisableUser(ctx, "test", "", "officer", true); err != nil {
		t.Fatal(err)
	}
	if _, ok := roles("officer"); ok {
		t.Error("a disabled user can sign in")
	}
	if err := l.Add(ctx, auth.User{Name: "admin", Roles: []zhuanhua.Role{zhuanhua.RoleSystemAdmin}, Hash: "its hash"}); err != nil {
		t.Fatal(err)
	}
	if u, ok, _ := l.Find(ctx, "admin"); !ok || u.Hash != "its hash" || !u.Has(zhuanhua.RoleSystemAdmin) {
		t.Error(u, ok)
	}
	if err := l.Add(ctx, auth.User{Name: "admin", Hash: "another"}); zhuanhua.KindOf(err) != zhuanhua.KindConflict {
		t.Error("a name twice", err)
	}
	if h, _ := l.Passwords.Get("admin"); h != "its hash" {
		t.Error("who could not be added has changed a password")
	}
	for ev, err := range s.Events(ctx, store.EventFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"its hash", "kept", "hash in memory"} {
			if strings.Contains(ev.Payload, secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
	}
}
