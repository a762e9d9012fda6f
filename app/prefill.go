package app

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// prefill adds to the values of an act what the records know: fields of its form that say where they
// come from, and that neither the act nor the applicant's form has yet. Where fields were sent back,
// only the applicant's own hand changes them.
func (d *Desk) prefill(ctx context.Context, c *zhuanhua.Case, a *plan.Action, values map[string]string) (map[string]string, error) {
	form := d.plan.FormFor(a, c)
	if form == nil || a.IsBy("applicant") && len(c.Marks) > 0 {
		return values, nil
	}
	k := knowledge{ctx: ctx, store: d.store, c: c}
	before := c.Forms[form.ID]
	goesOn := a.IsBy("applicant") && !before.Done
	out := maps.Clone(values)
	for _, f := range form.Fields {
		_, given := values[f.ID]
		if f.Prefill == "" || given || goesOn && before.Values[f.ID] != "" {
			continue
		}
		v, err := k.word(f.Prefill)
		if err != nil {
			return nil, err
		}
		if v == "" {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[f.ID] = v
	}
	return out, nil
}

// knowledge is what the records say about a case: its organisation and what it is linked to.
type knowledge struct {
	ctx   context.Context
	store *store.Store
	c     *zhuanhua.Case
}

// word is what a prefill word stands for, "" where the records do not say.
func (k *knowledge) word(word string) (string, error) {
	noun, _, _ := strings.Cut(word, ".")
	switch zhuanhua.Noun(noun) {
	case zhuanhua.NounOrganisation:
		o, err := kept[zhuanhua.Organisation](k, k.c.Organisation)
		return map[string]string{"organisation.id": k.c.Organisation, "organisation.name": o.Name, "organisation.region": string(o.Region), "organisation.uscc": o.USCC}[word], err
	case zhuanhua.NounContract:
		c, err := kept[zhuanhua.Contract](k, k.linked(zhuanhua.NounContract))
		return contractWord(&c, word), err
	case zhuanhua.NounNeed:
		n, err := kept[zhuanhua.Need](k, k.linked(zhuanhua.NounNeed))
		return map[string]string{"need.id": n.ID, "need.title": n.Title, "need.indicators": n.Indicators, "need.budget": fen(n.Budget)}[word], err
	case zhuanhua.NounAchievement:
		a, err := kept[zhuanhua.Achievement](k, k.linked(zhuanhua.NounAchievement))
		return map[string]string{"achievement.id": a.ID, "achievement.title": a.Title}[word], err
	case zhuanhua.NounCase:
		// Year is 0 until the first year has been approved.
		return map[string]string{"case.year": fmt.Sprint(max(1, k.c.Year)), "case.next_year": fmt.Sprint(k.c.Year + 1)}[word], nil
	}
	return "", nil
}

func contractWord(c *zhuanhua.Contract, word string) string {
	if c.ID == "" {
		return ""
	}
	switch word {
	case "contract.id":
		return c.ID
	case "contract.title":
		return c.Title
	case "contract.amount":
		return fen(c.Amount)
	case "contract.tech_verified":
		return fen(c.TechVerified)
	case "contract.registered":
		return fmt.Sprint(c.NationalNo != "")
	case "contract.signed":
		return c.Signed.String()
	case "contract.buyer":
		return c.Buyer
	case "contract.seller":
		return c.Seller
	}
	return ""
}

// fen writes an amount with its unit, so that nobody reads it in another.
func fen(m *zhuanhua.Money) string {
	if m == nil {
		return ""
	}
	return fmt.Sprintf("%d 分", int64(*m))
}

// linked is the first record of a kind that the case is linked to.
func (k *knowledge) linked(kind zhuanhua.Noun) string {
	for _, l := range k.c.Links {
		if l.Kind == string(kind) {
			return l.ID
		}
	}
	return ""
}

// kept reads a record, the zero one where there is none.
func kept[T zhuanhua.Record](k *knowledge, id string) (T, error) {
	var none T
	if id == "" {
		return none, nil
	}
	row, err := find(k.ctx, k.store, none.Noun(), id)
	if err != nil || row == nil {
		return none, err
	}
	return store.As[T](*row)
}
