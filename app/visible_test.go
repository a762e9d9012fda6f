package app_test

import (
	"bytes"
	"strings"
	"testing"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// text is a small attachment.
func attachment(field, name, content string) func(*app.Doing) {
	return func(d *app.Doing) {
		d.Files = append(d.Files, app.File{Field: field, Name: name, Size: int64(len(content)), Content: bytes.NewReader([]byte(content))})
	}
}

// TestWhoSeesWhat: others do not learn even that there is a case.
func TestWhoSeesWhat(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	id := h.begin("corp", flow.Beginning{Workflow: "job-reward", Rule: "R08"})
	h.must("corp", id, "claim", jobs(1))
	sees := func(who, want string) {
		t.Helper()
		v, err := h.desk.Case(h.ctx, who, id)
		list, listErr := h.desk.Cases(h.ctx, who, app.CaseFilter{})
		switch {
		case listErr != nil:
			t.Errorf("%s: %v", who, listErr)
		case want == "" && (zhuanhua.KindOf(err) != zhuanhua.KindNotFound || len(list) != 0):
			t.Errorf("%s: %v, %d in the list", who, err, len(list))
		case want != "" && (err != nil || v.SeenAs != want || len(list) != 1):
			t.Errorf("%s sees it as %q, %d in the list: %v", who, v.SeenAs, len(list), err)
		}
	}
	hidden := func() {
		for _, who := range []string{"other", "uni", "expert1", "system", "security"} {
			sees(who, "")
			if err := h.act(who, id, "withdraw", nil); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
				t.Errorf("%s: %v", who, err)
			}
		}
	}
	hidden()
	for _, who := range []string{"corp", "corp2"} {
		sees(who, "applicant")
	}
	for _, who := range []string{"officer", "reviewer", "approver", "finance", "inside"} {
		sees(who, "authority")
	}
	sees("auditor", "auditor")
	if v, err := h.desk.Case(h.ctx, "auditor", id); err != nil || len(v.Offers) != 0 || v.Forms["claim-jobs"].Values["payee_account"] == "" {
		t.Errorf("%+v %v", v.Offers, err)
	}
	h.must("officer", id, "check", nil)
	h.must("officer", id, "publish", nil)
	sees("other", "public")
	v, err := h.desk.Case(h.ctx, "other", id)
	if err != nil || v.Publicity == nil || len(v.Forms) != 0 || strings.Contains(zhuanhua.CanonicalJSON(v), "622200000000") {
		t.Errorf("the public sees the account: %s %v", zhuanhua.CanonicalJSON(v), err)
	}
	if _, err := h.app.DisableUser(h.ctx, "test", "system", "corp2", true); err != nil {
		t.Fatal(err)
	}
	_, err = h.desk.Case(h.ctx, "corp2", id)
	refusedWith(t, err, zhuanhua.KindForbidden, "已停用")
	_, err = h.desk.Case(h.ctx, "nobody", id)
	refusedWith(t, err, zhuanhua.KindNotFound, "没有这个用户")
}

// TestExpertsAreBlind: in a double-blind review an expert sees neither the applicant nor the other sheets,
// and the applicant learns of the sheets only after the publicity, and never whose they are.
func TestExpertsAreBlind(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, guangxi)
	h.put(zhuanhua.Organisation{ID: "O-1", Name: "示例企业甲"}, zhuanhua.Contract{ID: "C-1", Title: "示例合同"})
	h.appropriate("R03", 100*zhuanhua.WanYuan)
	id := h.begin("corp", flow.Beginning{Workflow: "after-subsidy", Rule: "R03", Title: "示例企业甲的申报"})
	h.fillClaim(id, "corp")
	h.must("officer", id, "accept", nil)
	h.must("officer", id, "verify", map[string]string{"result": "verified", "integrity_clear": "是", "remark": "示例意见"})
	h.must("officer", id, "assign", nil)
	c, err := h.desk.Case(h.ctx, "officer", id)
	if err != nil || len(c.Reviews) != 3 {
		t.Fatalf("%+v %v", c.Reviews, err)
	}
	expert := c.Reviews[0].Expert
	v, err := h.desk.Case(h.ctx, expert, id)
	if err != nil || v.SeenAs != "expert" || len(v.Reviews) != 1 || v.Reviews[0].Expert != expert || len(v.Forms) == 0 || len(v.Claims) != 0 {
		t.Fatalf("%+v %v", v, err)
	}
	for _, secret := range []string{"示例企业甲", `"O-1"`, `"corp"`, "622200000000", c.Reviews[1].Expert} {
		if strings.Contains(zhuanhua.CanonicalJSON(v), secret) {
			t.Errorf("the expert sees %s: %s", secret, zhuanhua.CanonicalJSON(v))
		}
	}
	own, err := h.desk.Case(h.ctx, "corp", id)
	if err != nil || len(own.Reviews) != 0 || strings.Contains(zhuanhua.CanonicalJSON(own), expert) {
		t.Errorf("the applicant sees the experts: %s %v", zhuanhua.CanonicalJSON(own), err)
	}
	h.must(expert, id, "recuse", nil) // who has stepped back sees nothing any more, and is told of no error
	if _, err := h.desk.Case(h.ctx, expert, id); zhuanhua.KindOf(err) != zhuanhua.KindNotFound {
		t.Errorf("%v", err)
	}
}

// fillClaim hands a claim under R03 in.
func (h *hall) fillClaim(id, who string) {
	h.t.Helper()
	v, err := h.desk.Case(h.ctx, who, id)
	if err != nil {
		h.t.Fatal(err)
	}
	trial := pack(h.t, guangxi).TrialsOf(v.Rule)
	do := app.Doing{Act: flow.Act{Action: "submit", Values: map[string]string{}}}
	for _, o := range v.Offers {
		if o.Action != "submit" {
			continue
		}
		form := pack(h.t, guangxi).Form(o.Form)
		for _, f := range form.Fields {
			fact, known := trial[0].Facts[f.Fact.ID]
			switch {
			case f.ID == "payee_account":
				do.Values[f.ID] = "622200000000"
			case f.Type == "files" && f.Required:
				attachment(f.ID, "示例.pdf", "%PDF-1.7 "+f.ID)(&do)
			case known && fact.Type == "money":
				do.Values[f.ID] = fact.String() + " 分"
			case known:
				do.Values[f.ID] = fact.String()
			case f.Type == "bool":
				do.Values[f.ID] = "是"
			case f.Required && f.Prefill == "":
				do.Values[f.ID] = "示例"
			}
		}
	}
	if _, err := h.desk.Do(h.ctx, who, id, do); err != nil {
		h.t.Fatal(err)
	}
}

// TestUsers: roles that exclude each other, and administrators who keep to their own part.
func TestUsers(t *testing.T) {
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	add := func(as, id string, roles ...zhuanhua.Role) error {
		u := zhuanhua.User{ID: id, Name: "示例"}
		for _, r := range roles {
			u.Roles = append(u.Roles, zhuanhua.Grant{Role: r})
		}
		_, err := h.app.AddUser(h.ctx, "test", as, u)
		return err
	}
	for _, pair := range [][]zhuanhua.Role{{"officer", "enterprise"}, {"broker", "finance"}, {"system_admin", "security_admin"}, {"system_admin", "officer"},
		{"auditor", "officer"}, {"auditor", "inventor"}, {"audit_admin", "expert"}} {
		refusedWith(t, add("", "x", pair...), zhuanhua.KindForbidden, string(pair[0]), string(pair[1]), "不相容")
	}
	refusedWith(t, add("", "x", "king"), zhuanhua.KindInvalid, "king", "officer")
	refusedWith(t, add("", "corp"), zhuanhua.KindConflict, "已有")
	refusedWith(t, add("", "clock"), zhuanhua.KindInvalid, "时限")
	refusedWith(t, add("", ""), zhuanhua.KindInvalid)
	refusedWith(t, add("security", "x"), zhuanhua.KindForbidden, "系统管理员")
	refusedWith(t, add("system", "x", "officer"), zhuanhua.KindForbidden, "安全管理员")
	refusedWith(t, add("officer", "x"), zhuanhua.KindForbidden, "系统管理员")
	if err := add("system", "x"); err != nil {
		t.Error(err)
	}
	grant := func(as, id string, role zhuanhua.Role) error {
		_, err := h.app.GrantRole(h.ctx, "test", as, id, zhuanhua.Grant{Role: role})
		return err
	}
	if err := grant("security", "x", "officer"); err != nil {
		t.Error(err)
	}
	refusedWith(t, grant("security", "x", "officer"), zhuanhua.KindInvalid, "已有角色")
	refusedWith(t, grant("security", "x", "enterprise"), zhuanhua.KindForbidden, "不相容")
	refusedWith(t, grant("security", "security", "audit_admin"), zhuanhua.KindForbidden, "自己的角色")
	refusedWith(t, grant("security", "ghost", "officer"), zhuanhua.KindNotFound, "没有这个用户")
	if u, err := h.app.RevokeRole(h.ctx, "test", "security", "x", "officer"); err != nil || len(u.Roles) != 0 {
		t.Errorf("%+v %v", u, err)
	}
	for range 2 {
		if u, err := h.app.Relate(h.ctx, "test", "officer", "officer", "O-1"); err != nil || strings.Join(u.Relations, " ") != "O-1" {
			t.Errorf("%+v %v", u, err)
		}
	}
	id := h.begin("corp", flow.Beginning{Workflow: "job-reward", Rule: "R08"})
	h.must("corp", id, "claim", jobs(1))
	refusedWith(t, h.act("officer", id, "check", nil), zhuanhua.KindForbidden, "O-1", "关联", "回避")
	refusedWith(t, h.act("inside", id, "check", nil), zhuanhua.KindForbidden, "O-1", "回避")
	h.must("officer2", id, "check", nil)
	_, err := h.app.Relate(h.ctx, "test", "corp", "officer", "O-2")
	refusedWith(t, err, zhuanhua.KindForbidden, "系统管理员")
	errs := together(8, func(i int) error { return grant("security", "x", zhuanhua.Roles()[4+i%4]) })
	u, userErr := h.app.User(h.ctx, "x")
	if userErr != nil || len(u.Roles) != 4 {
		t.Errorf("%+v %v %v", u, errs, userErr)
	}
	h.sound()
}
