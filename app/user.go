package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zhuanhua"
	"zhuanhua/store"
)

// AddUser keeps a new user. as is the administrator who adds, or "" for the operator of the machine,
// whom the log keeps under actor.
func (a *App) AddUser(ctx context.Context, actor, as string, u zhuanhua.User) (zhuanhua.User, error) {
	if what := zhuanhua.CheckID(u.ID); what != "" {
		return u, zhuanhua.Invalid("", what, "name the user in one word")
	}
	if u.ID == zhuanhua.ByClock {
		return u, zhuanhua.Invalid(u.ID, "这个名称留给时限 this name is the clock's", "choose another")
	}
	if err := checkUser(&u); err != nil {
		return u, err
	}
	if err := a.mayAdminister(ctx, as, u.ID, len(u.Roles) > 0); err != nil {
		return u, err
	}
	err := a.putUser(ctx, actor, as, u, 0)
	for try := 1; shared(err, "") && !ownUser(err, u.ID) && try < tries; try++ { // two who come first at once both note the clock
		err = a.putUser(ctx, actor, as, u, 0)
	}
	if zhuanhua.KindOf(err) == zhuanhua.KindConflict {
		return u, &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "user " + u.ID, What: "这个用户已有 there is this user already", Do: "choose another id, or change the roles with zhuanhua user role"}
	}
	return u, err
}

func ownUser(err error, id string) bool {
	var e *zhuanhua.Error
	return errors.As(err, &e) && e.Where == "user/"+id
}

// GrantRole gives a user a role; RevokeRole takes it away again.
func (a *App) GrantRole(ctx context.Context, actor, as, id string, g zhuanhua.Grant) (zhuanhua.User, error) {
	return a.changeUser(ctx, actor, as, id, true, func(u *zhuanhua.User) error {
		if slices.Contains(u.Roles, g) {
			return zhuanhua.Invalid("user "+id, "已有角色 "+string(g.Role)+" the user has this role already", "look at the roles with zhuanhua user show")
		}
		u.Roles = append(u.Roles, g)
		return nil
	})
}

// RevokeRole takes a role from a user, in whatever department or region it was given.
func (a *App) RevokeRole(ctx context.Context, actor, as, id string, role zhuanhua.Role) (zhuanhua.User, error) {
	return a.changeUser(ctx, actor, as, id, true, func(u *zhuanhua.User) error {
		n := len(u.Roles)
		u.Roles = slices.DeleteFunc(u.Roles, func(g zhuanhua.Grant) bool { return g.Role == role })
		if len(u.Roles) == n {
			return zhuanhua.Invalid("user "+id, "没有角色 "+string(role)+" the user does not have this role", "look at the roles with zhuanhua user show")
		}
		return nil
	})
}

// DisableUser lets a user act no more, or again.
func (a *App) DisableUser(ctx context.Context, actor, as, id string, disabled bool) (zhuanhua.User, error) {
	return a.changeUser(ctx, actor, as, id, false, func(u *zhuanhua.User) error {
		u.Disabled = disabled
		return nil
	})
}

// Relate notes that a user has a relation to an organisation: they keep out of its cases from then on.
// Everybody may say it of themselves; a relation that was declared stays on record.
func (a *App) Relate(ctx context.Context, actor, as, id, organisation string) (zhuanhua.User, error) {
	if what := zhuanhua.CheckID(organisation); what != "" {
		return zhuanhua.User{}, zhuanhua.Invalid("--organisation", what, "name the organisation")
	}
	if as == id {
		if _, err := acting(ctx, a.store, as); err != nil {
			return zhuanhua.User{}, err
		}
		actor, as = id, ""
	}
	return a.changeUser(ctx, actor, as, id, false, func(u *zhuanhua.User) error {
		if !slices.Contains(u.Relations, organisation) {
			u.Relations = append(u.Relations, organisation)
		}
		return nil
	})
}

// SetRecipient keeps the public half of an officer's key: parts of the keys of sealed bids are
// encrypted to it. The secret half never comes here.
func (a *App) SetRecipient(ctx context.Context, actor, id, recipient string) (zhuanhua.User, error) {
	return a.changeUser(ctx, actor, "", id, false, func(u *zhuanhua.User) error {
		u.Recipient = recipient
		return nil
	})
}

// Users lists the users in the order of their ids.
func (a *App) Users(ctx context.Context) ([]zhuanhua.User, error) {
	list := []zhuanhua.User{}
	err := each(ctx, a.store, store.Filter{}, func(u zhuanhua.User, _ int64) error {
		list = append(list, u)
		return nil
	})
	return list, err
}

// User is one user.
func (a *App) User(ctx context.Context, id string) (zhuanhua.User, error) {
	u, _, err := readUser(ctx, a.store, id)
	return u, err
}

func readUser(ctx context.Context, s *store.Store, id string) (zhuanhua.User, int64, error) {
	if id == "" {
		return zhuanhua.User{}, 0, zhuanhua.Invalid("--as", "没有说明由谁办理 it is not said who acts", "name a user with --as; zhuanhua user list shows them")
	}
	u, version, err := get[zhuanhua.User](ctx, s, id)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
		return u, 0, &zhuanhua.Error{Kind: zhuanhua.KindNotFound, Where: "user " + id, What: "没有这个用户 there is no such user", Do: "see zhuanhua user list, or add one with zhuanhua user add"}
	}
	return u, version, err
}

// acting reads who acts; one who is disabled may not.
func acting(ctx context.Context, s *store.Store, id string) (zhuanhua.User, error) {
	u, _, err := readUser(ctx, s, id)
	if err == nil && u.Disabled {
		err = &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "user " + id, What: "这个用户已停用 this user is disabled", Do: "ask the system administrator"}
	}
	return u, err
}

// changeUser alters a user, again where another altered it meanwhile.
func (a *App) changeUser(ctx context.Context, actor, as, id string, roles bool, alter func(*zhuanhua.User) error) (zhuanhua.User, error) {
	if err := a.mayAdminister(ctx, as, id, roles); err != nil {
		return zhuanhua.User{}, err
	}
	for try := 1; ; try++ {
		u, version, err := readUser(ctx, a.store, id)
		if err != nil {
			return u, err
		}
		if err := alter(&u); err != nil {
			return u, err
		}
		if err := checkUser(&u); err != nil {
			return u, err
		}
		err = a.putUser(ctx, actor, as, u, version)
		if zhuanhua.KindOf(err) != zhuanhua.KindConflict || try == tries {
			return u, err
		}
	}
}

func (a *App) putUser(ctx context.Context, actor, as string, u zhuanhua.User, version int64) error {
	if as != "" {
		actor = as
	}
	c := zhuanhua.Change{Batch: fmt.Sprintf("user/%s/%d", u.ID, version+1), Items: []zhuanhua.Item{on(u, version)}}
	if err := addClock(ctx, a.store, &c); err != nil {
		return err
	}
	_, err := a.store.Record(ctx, actor, c)
	return err
}

// mayAdminister says whether a user may add or change another: the system administrator makes and
// disables users, the security administrator gives roles, and neither their own (三员分立).
func (a *App) mayAdminister(ctx context.Context, as, whom string, roles bool) error {
	if as == "" {
		return nil
	}
	u, err := acting(ctx, a.store, as)
	if err != nil {
		return err
	}
	need, words := zhuanhua.RoleSystemAdmin, "系统管理员 the system administrator"
	if roles {
		need, words = zhuanhua.RoleSecurityAdmin, "安全管理员 the security administrator"
	}
	switch {
	case !u.Has(need, zhuanhua.DateOf(a.store.Now(ctx))):
		return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "user " + as, What: "这由" + words + " does this", Do: "ask one of these"}
	case as == whom:
		return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "user " + as, What: "不能改自己的角色 nobody changes their own roles", Do: "ask another administrator"}
	}
	return nil
}

// checkUser refuses roles that do not exist, or that nobody may hold together.
func checkUser(u *zhuanhua.User) error {
	for _, g := range u.Roles {
		if !slices.Contains(zhuanhua.Roles(), g.Role) {
			return zhuanhua.Invalid("role "+string(g.Role), "没有这个角色 there is no such role", "use one of "+fmt.Sprint(zhuanhua.Roles()))
		}
	}
	if u.Name == "" {
		return zhuanhua.Invalid("user "+u.ID, "没有姓名或名称 the user has no name", "give one with --name")
	}
	if pair := u.Clash(); pair != "" {
		return &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "user " + u.ID, What: "不相容的角色 nobody holds both roles: " + pair, Do: "give one of them to another user"}
	}
	return nil
}
