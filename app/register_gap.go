package app

import (
	"context"

	"zhuanhua"
	"zhuanhua/indicator"
	"zhuanhua/store"
)

// Gap says how far an entry is from the next step of its register's ladder, to its holder and to the authority:
// the figures behind it are not public.
func (d *Desk) Gap(ctx context.Context, as, id string, f RegisterFilter) (indicator.Gap, error) {
	v, err := d.Entry(ctx, as, id, f, false)
	switch {
	case err != nil:
		return indicator.Gap{}, err
	case v.SeenAs == string(sightPublic):
		return indicator.Gap{}, &zhuanhua.Error{Kind: zhuanhua.KindForbidden, Where: "entry " + id, What: "差距只给持有人和主管部门看 the gap is for its holder and the authority", Do: "name a user of theirs with --as"}
	case v.Gap == nil:
		return indicator.Gap{}, zhuanhua.Invalid("entry "+id, "名录没有梯次，或条目当日不是有效状态 the register has no ladder, or the entry is not active on the day", "name an active entry of a register with a ladder")
	}
	return *v.Gap, nil
}

// gap is how far an entry is from its next step, nil where that is no question or not the reader's.
func (d *Desk) gap(ctx context.Context, who reader, f RegisterFilter, e *zhuanhua.Accreditation, on zhuanhua.Date) (*indicator.Gap, error) {
	r := d.plan.Register(e.Register)
	if r == nil || r.Ladder == nil || d.entrySight(who, e) == sightPublic {
		return nil, nil
	}
	var behind indicator.Behind
	if e.Organisation != "" {
		row, err := find(ctx, d.store, zhuanhua.NounOrganisation, e.Organisation)
		if err != nil {
			return nil, err
		}
		if row != nil && !row.Forgotten {
			o, err := store.As[zhuanhua.Organisation](*row)
			if err != nil {
				return nil, err
			}
			behind.Holder = &o
		}
	}
	for _, k := range r.Ladder.Known {
		if k.Entries.ID == "" || e.Organisation == "" {
			continue
		}
		err := d.eachEntry(ctx, who, RegisterFilter{Known: f.Known}, k.Entries.ID, func(o *zhuanhua.Accreditation) error {
			if o.Organisation == e.Organisation {
				behind.Entries = append(behind.Entries, *o)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return indicator.GapOf(d.plan, e, behind, on)
}
