package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/auth"
	"zhuanhua/flow/seal"
	"zhuanhua/store"
)

const userHelp = `user WORK --data DIR | --database URL [flags]

Who may act, and as what.
  add ID --name N       a new user, with --role (may be repeated), --organisation, --field of an expert
  role ID               give a role with --add, or take one with --remove
  relate ID             declare a relation to --organisation: the user keeps out of its cases
  disable ID            the user may act no more; enable ID: again
  key ID --out FILE     make an officer's key for sealed bids: the secret goes to FILE alone, to be kept
                        by the officer; the records learn the public half
  password ID           the password with which the user signs in to the portal, one line on stdin; with
                        --none there is none any more. The log learns nothing of it
  list, show ID         who there is

Roles: inventor organisation_admin enterprise broker recommender officer reviewer approver finance expert
auditor system_admin security_admin audit_admin. Some exclude each other: who applies does not decide,
and nobody is two administrators.`

const userExamples = `  zhuanhua user add u-corp --name 示例企业经办 --organisation 示例企业 --role enterprise --data data
  zhuanhua user add u-officer --name 示例经办 --role officer --data data
  zhuanhua user role u-officer --add reviewer --as u-security --data data
  zhuanhua user key u-officer --out officer.key --data data
  zhuanhua user password u-officer --data data < password.txt
  zhuanhua user list --data data --json
`

func runUser(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "user", userHelp, userExamples)
	o := newDesk(f, "user", args)
	f.StringVar(&o.name, "name", "", "add: the user's `name`")
	f.StringVar(&o.organisation, "organisation", "", "add: `id` of the organisation that the user belongs to; relate: that there is a relation to")
	f.Var(&o.roles, "role", "add: a `role`; may be repeated")
	f.Var(&o.fields, "field", "add: a `field` of technology that an expert knows; may be repeated")
	f.StringVar(&o.add, "add", "", "role: the `role` to give")
	f.StringVar(&o.remove, "remove", "", "role: the `role` to take")
	f.BoolVar(&o.none, "none", false, "password: the user has none any more")
	f.StringVar(&o.department, "department", "", "add, role: `code` of the department that the role is for (default: all)")
	f.StringVar(&o.region, "region", "", "add, role: `code` of the region that a recommending body is for (default: all)")
	f.StringVar(&o.out, "out", "", "key: `FILE` for the secret")
	f.StringVar(&o.recipient, "recipient", "", "key: the public half of a key that the officer made already, `age1…`")
	return userWorks().run(ctx, io, f, o)
}

func userWorks() worktable {
	return worktable{"add": userAdd, "role": userRole, "relate": userRelate, "disable": userDisable, "enable": userEnable, "key": userKey, "password": userPassword, "list": userList, "show": userShow}
}

func (o *deskFlags) grant(role string) zhuanhua.Grant {
	return zhuanhua.Grant{Role: zhuanhua.Role(role), Department: o.department, Region: zhuanhua.Region(o.region)}
}

func userAdd(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("add", args, "an ID"); err != nil {
		return err
	}
	u := zhuanhua.User{ID: args[0], Name: o.name, Organisation: o.organisation, Fields: o.fields}
	for _, r := range o.roles {
		u.Roles = append(u.Roles, o.grant(r))
	}
	return o.change(ctx, io, func(ctx context.Context, s *store.Store) error {
		u, err := app.New(s).AddUser(ctx, o.who(), o.as, u)
		return o.printUser(io, u, err)
	})
}

func userRole(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("role", args, "an ID"); err != nil {
		return err
	}
	if (o.add == "") == (o.remove == "") {
		return errUsage{fmt.Errorf("user role needs either --add ROLE or --remove ROLE")}
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		a := app.New(s)
		if o.add != "" {
			u, err := a.GrantRole(ctx, o.who(), o.as, args[0], o.grant(o.add))
			return o.printUser(io, u, err)
		}
		u, err := a.RevokeRole(ctx, o.who(), o.as, args[0], zhuanhua.Role(o.remove))
		return o.printUser(io, u, err)
	})
}

func userRelate(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("relate", args, "an ID"); err != nil {
		return err
	}
	if o.organisation == "" {
		return errUsage{fmt.Errorf("user relate needs --organisation: to whom there is a relation")}
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		u, err := app.New(s).Relate(ctx, o.who(), o.as, args[0], o.organisation)
		return o.printUser(io, u, err)
	})
}

func userDisable(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	return userAble(ctx, io, o, args, true)
}

func userEnable(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	return userAble(ctx, io, o, args, false)
}

func userAble(ctx context.Context, io stdio, o *deskFlags, args []string, disabled bool) error {
	if err := o.exactly("disable or enable", args, "an ID"); err != nil {
		return err
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		u, err := app.New(s).DisableUser(ctx, o.who(), o.as, args[0], disabled)
		return o.printUser(io, u, err)
	})
}

// userKey makes the key here, in the process of who asks, so that a server never has the secret.
func userKey(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("key", args, "an ID"); err != nil {
		return err
	}
	if io.server == nil && o.recipient == "" {
		if o.out == "" {
			return errUsage{fmt.Errorf("user key needs --out FILE for the secret, or --recipient age1… of a key made elsewhere")}
		}
		secret, recipient, err := seal.Identity()
		if err != nil {
			return err
		}
		if err := writeSecret(io.path(o.out), fmt.Sprintf("# public key: %s\n%s\n", recipient, secret)); err != nil {
			return err
		}
		o.recipient = recipient
		o.line = append([]string{"--recipient", recipient}, o.line...)
	}
	return o.look(ctx, io, func(ctx context.Context, s *store.Store) error {
		u, err := app.New(s).SetRecipient(ctx, o.who(), args[0], o.recipient)
		return o.printUser(io, u, err)
	})
}

// userPassword keeps the hash of a password beside the records. It is done in the process of who asks: a
// running server reads the file when somebody signs in.
func userPassword(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("password", args, "an ID"); err != nil {
		return err
	}
	dir, err := o.dir(io)
	if err != nil {
		return err
	}
	err = o.reading(ctx, io, func(s *store.Store) error {
		_, err := app.New(s).User(ctx, args[0])
		return err
	})
	if err != nil {
		return err
	}
	kept := passwordsIn(dir)
	if o.none {
		if err := kept.Remove(args[0]); err != nil {
			return err
		}
		fmt.Fprintln(io.out, "已没有密码 no password any more: "+args[0])
		return nil
	}
	line := ""
	if io.in != nil {
		line, _ = bufio.NewReader(io.in).ReadString('\n') // the last line need not end
	}
	if line == "" {
		return errUsage{fmt.Errorf("user password reads the password from stdin, one line; there was none")}
	}
	hash, err := auth.Hash(args[0], strings.TrimRight(line, "\r\n"))
	if err == nil {
		err = kept.Set(args[0], hash)
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(io.out, "已设置密码 the password is set: "+args[0])
	return nil
}

// passwordsIn are the passwords that belong to a data directory.
func passwordsIn(dir string) auth.Passwords {
	return auth.OpenPasswords(filepath.Join(dir, "passwords"))
}

func userList(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("list", args); err != nil {
		return err
	}
	return o.reading(ctx, io, func(s *store.Store) error {
		list, err := app.New(s).Users(ctx)
		if err != nil {
			return err
		}
		return o.print(io, list, func() {
			for _, u := range list {
				fmt.Fprintln(io.out, userLine(u))
			}
		})
	})
}

func userShow(ctx context.Context, io stdio, o *deskFlags, args []string) error {
	if err := o.exactly("show", args, "an ID"); err != nil {
		return err
	}
	return o.reading(ctx, io, func(s *store.Store) error {
		u, err := app.New(s).User(ctx, args[0])
		return o.printUser(io, u, err)
	})
}

func (o *deskFlags) printUser(io stdio, u zhuanhua.User, err error) error {
	if err != nil {
		return err
	}
	return o.print(io, u, func() { fmt.Fprintln(io.out, userLine(u)) })
}

func userLine(u zhuanhua.User) string {
	var roles []string
	for _, g := range u.Roles {
		r := string(g.Role)
		if g.Department != "" {
			r += "@" + g.Department
		}
		if g.Region != "" {
			r += "@" + string(g.Region)
		}
		roles = append(roles, r)
	}
	line := fmt.Sprintf("%s  %s  %s  %s", u.ID, u.Name, u.Organisation, strings.Join(roles, " "))
	if u.Disabled {
		line += "  已停用 disabled"
	}
	return line
}

// writeSecret writes a file for the eyes of its owner alone, where there is none.
func writeSecret(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: path, What: "the file is there already", Do: "name another, or remove it first"}
	}
	if err != nil {
		return cannotWrite(path, err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}
