package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"zhuanhua"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// checkSeen refuses to act on a case that has changed since it was looked at.
func (d *Desk) checkSeen(ctx context.Context, u *zhuanhua.User, id string, seen int64) error {
	_, version, err := d.readCase(ctx, u, id)
	if err != nil || version == seen {
		return err
	}
	return d.overtaken(ctx, u, id, seen)
}

// overtaken tells who lost a race what happened since the version that they saw: who did what, and
// which fields differ. They see no more of it than of the case.
func (d *Desk) overtaken(ctx context.Context, u *zhuanhua.User, id string, seen int64) error {
	now, version, err := d.readCase(ctx, u, id)
	if err != nil {
		return err
	}
	lost := &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "case " + id, Do: "look at it again with zhuanhua case show " + id + " and decide anew; nothing of yours was recorded"}
	row, err := d.store.Version(ctx, zhuanhua.NounCase, id, seen)
	if zhuanhua.KindOf(err) == zhuanhua.KindNotFound {
		lost.What = fmt.Sprintf("办件没有第 %d 版，现为第 %d 版 the case has no version %d, it has version %d", seen, version, seen, version)
		return lost
	}
	if err != nil {
		return err
	}
	before, err := store.As[zhuanhua.Case](row)
	if err != nil {
		return err
	}
	how := d.sight(&now, u, d.store.Now(ctx))
	did, err := d.since(ctx, &now, before.Steps, u, how)
	if err != nil {
		return err
	}
	old, new := d.redact(before, u, how), d.redact(now, u, how)
	lost.What = fmt.Sprintf("办件在您查看之后已有变动（第 %d 版 → 第 %d 版）it was changed after you looked at it: %s", seen, version, strings.Join(did, "；"))
	if changed := differences(&old, &new); len(changed) > 0 {
		lost.What += "。不同之处 what differs: " + strings.Join(changed, "；")
	}
	return lost
}

// tooLate adds to a refusal because of the case's state who brought the case there.
func (a *attempt) tooLate(ctx context.Context, err error) error {
	var refused *flow.Refused
	if a.user == nil || !errors.As(err, &refused) || len(refused.Reasons) == 0 || refused.Reasons[0].Check != "state" {
		return err
	}
	d := a.desk
	last, readErr := d.since(ctx, &a.before, a.before.Steps-1, a.user, d.sight(&a.before, a.user, d.store.Now(ctx)))
	if readErr != nil {
		return readErr
	}
	return fmt.Errorf("%w；此前一步 the step before: %s", err, last[0])
}

// since says who did what after the nth step.
func (d *Desk) since(ctx context.Context, c *zhuanhua.Case, n int, u *zhuanhua.User, how sight) ([]string, error) {
	steps, err := d.steps(ctx, c, u, how)
	var did []string
	for _, s := range steps {
		if s.N > n {
			did = append(did, fmt.Sprintf("%s %s %s", s.By, s.At.In(zhuanhua.Shanghai()).Format("2006-01-02 15:04:05"), s.Action))
		}
	}
	if len(did) == 0 {
		did = []string{"其他人 somebody else"}
	}
	return did, err
}

// differences says what differs between two images of a case, for people.
func differences(a, b *zhuanhua.Case) []string {
	var list []string
	add := func(what, was, is string) {
		if was != is {
			list = append(list, fmt.Sprintf("%s %q → %q", what, was, is))
		}
	}
	add("state", a.State, b.State)
	forms := map[string]bool{}
	for id := range a.Forms {
		forms[id] = true
	}
	for id := range b.Forms {
		forms[id] = true
	}
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		was, is := a.Forms[form], b.Forms[form]
		fields := map[string]bool{}
		for f := range was.Values {
			fields[f] = true
		}
		for f := range is.Values {
			fields[f] = true
		}
		for _, f := range slices.Sorted(maps.Keys(fields)) {
			add(form+"."+f, was.Values[f], is.Values[f])
		}
		for f := range is.Files {
			add(form+"."+f, short(was.Files[f]), short(is.Files[f]))
		}
	}
	add("amount", amountOf(a.Amount), amountOf(b.Amount))
	add("reviews", handedIn(a), handedIn(b))
	add("bids", fmt.Sprint(len(a.Bids)), fmt.Sprint(len(b.Bids)))
	return list
}

// short names files by the beginnings of their hashes.
func short(sums []string) string {
	var list []string
	for _, s := range sums {
		list = append(list, s[:min(8, len(s))])
	}
	return strings.Join(list, " ")
}

func amountOf(m *zhuanhua.Money) string {
	if m == nil {
		return ""
	}
	return AmountText(zhuanhua.UnitCNY, int64(*m))
}

func handedIn(c *zhuanhua.Case) string {
	n := 0
	for _, r := range c.Reviews {
		if !r.At.IsZero() {
			n++
		}
	}
	return fmt.Sprintf("%d/%d", n, len(c.Reviews))
}
