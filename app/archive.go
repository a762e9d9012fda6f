package app

import (
	"context"
	"io"
	"maps"
	"slices"

	"zhuanhua"
	"zhuanhua/flow/archive"
	"zhuanhua/store"
)

// Archive writes the package of a closed case (归档包) for who may see all of it: the authority and the
// auditors. Experts' sheets and other bids are in it, so the applicant's side does not get it.
func (d *Desk) Archive(ctx context.Context, w io.Writer, as, id string) (archive.Manifest, error) {
	u, _, err := get[zhuanhua.User](ctx, d.store, as)
	if err != nil {
		return archive.Manifest{}, err
	}
	if !archives(&u, zhuanhua.DateOf(d.store.Now(ctx))) {
		return archive.Manifest{}, &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: as, What: "归档由经办、审核、审批、财务或审计人员办理 (only the authority and auditors archive)",
			Do: "请经办人员归档 (ask an officer)"}
	}
	c, _, err := d.readCase(ctx, &u, id)
	if err != nil {
		return archive.Manifest{}, err
	}
	content, err := d.content(ctx, c)
	if err != nil {
		return archive.Manifest{}, err
	}
	return archive.Write(w, content)
}

// archives reports whether a user sees whole cases.
func archives(u *zhuanhua.User, on zhuanhua.Date) bool {
	return slices.ContainsFunc(u.Roles, func(g zhuanhua.Grant) bool {
		return u.Has(g.Role, on) && (g.Role.Decides() || g.Role == zhuanhua.RoleAuditor || g.Role == zhuanhua.RoleAuditAdmin)
	})
}

// archiveWords are what the plan calls the states and actions, and the ids where it has changed since.
func (d *Desk) archiveWords(c zhuanhua.Case) archive.Words {
	w := d.plan.Workflow(c.Workflow)
	if w == nil {
		plain := func(id string) string { return id }
		return archive.Words{Workflow: c.Workflow, State: plain, Action: plain}
	}
	return archive.Words{Workflow: w.Title.ZH,
		State: func(id string) string {
			if s := w.State(id); s != nil {
				return s.Title.ZH
			}
			return id
		},
		Action: func(id string) string {
			if a := w.Action(id); a != nil {
				return a.Title.ZH
			}
			return id
		}}
}

// content gathers what belongs to a case.
func (d *Desk) content(ctx context.Context, c zhuanhua.Case) (archive.Content, error) {
	out := archive.Content{Case: c, Words: d.archiveWords(c), Archived: c.Closed}
	files := map[string]bool{}
	add := func(sums ...string) {
		for _, s := range sums {
			files[s] = true
		}
	}
	of := store.Filter{Is: map[string]any{"case_id": c.ID}}
	err := each(ctx, d.store, of, func(s zhuanhua.Step, _ int64) error {
		out.Steps = append(out.Steps, s)
		for _, sums := range s.Files {
			add(sums...)
		}
		return nil
	})
	if err == nil {
		err = each(ctx, d.store, of, func(e zhuanhua.Entry, _ int64) error {
			out.Entries = append(out.Entries, e)
			return nil
		})
	}
	if err != nil {
		return out, err
	}
	slices.SortFunc(out.Steps, func(a, b zhuanhua.Step) int { return a.N - b.N })
	for _, o := range c.Objections {
		add(o.Files...)
	}
	for _, b := range c.Bids {
		add(b.File)
		for _, sum := range b.Files {
			add(sum...)
		}
	}
	if out.Example, err = (&App{d.store}).Rehearsal(ctx); err != nil {
		return out, err
	}
	if err := d.archiveEvents(ctx, &out); err != nil {
		return out, err
	}
	return out, d.archiveFiles(ctx, &out, files)
}

// archiveEvents takes the log's lines about the case, its steps and its entries.
func (d *Desk) archiveEvents(ctx context.Context, out *archive.Content) error {
	subjects := []string{string(zhuanhua.NounCase) + "/" + out.Case.ID}
	for _, s := range out.Steps {
		subjects = append(subjects, string(zhuanhua.NounStep)+"/"+s.ID)
	}
	for _, e := range out.Entries {
		subjects = append(subjects, string(zhuanhua.NounEntry)+"/"+e.ID)
	}
	for _, subject := range subjects {
		for e, err := range d.store.Events(ctx, store.EventFilter{Subject: subject}) {
			if err != nil {
				return err
			}
			out.Events = append(out.Events, e)
		}
	}
	slices.SortFunc(out.Events, func(a, b zhuanhua.Event) int { return int(a.Seq - b.Seq) })
	return nil
}

func (d *Desk) archiveFiles(ctx context.Context, out *archive.Content, sums map[string]bool) error {
	for _, sum := range slices.Sorted(maps.Keys(sums)) {
		r, a, err := d.store.OpenAttachment(ctx, sum)
		if err != nil {
			return err
		}
		if err := r.Close(); err != nil {
			return err
		}
		out.Files = append(out.Files, archive.File{SHA256: sum, Name: a.Name, Type: a.Type, Size: a.Size, Open: func() (io.ReadCloser, error) {
			r, _, err := d.store.OpenAttachment(ctx, sum)
			return r, err
		}})
	}
	return nil
}
