package app

import (
	"context"

	"zhuanhua"
	"zhuanhua/match/family"
	"zhuanhua/match/vector"
	"zhuanhua/store"
)

// FamilyOptions say how families are looked for.
type FamilyOptions struct {
	family.Options
	Encoder  vector.Encoder // nil: by titles alone
	Progress func(done, total int)
}

// Families reports which achievements may be one and the same, in other words or of another year. It
// changes nothing: whether they are one is for people to say.
func (a *App) Families(ctx context.Context, o FamilyOptions) ([]family.Family, error) {
	var items []family.Item
	var texts []string
	for row, err := range a.store.Rows(ctx, zhuanhua.NounAchievement, store.Filter{}) {
		if err != nil {
			return nil, err
		}
		r, err := store.As[zhuanhua.Achievement](row)
		if err != nil {
			return nil, err
		}
		items = append(items, family.Item{ID: r.ID, Title: r.Title, Holders: r.Units, People: r.Persons})
		texts = append(texts, meaningOf(r))
	}
	if o.Encoder != nil {
		enc := storedEncoder{Encoder: o.Encoder, store: a.store}
		vecs, err := vector.EncodeAll(ctx, enc, nil, vector.KindPassage, texts, o.Progress)
		if err != nil {
			return nil, err
		}
		for i := range items {
			items[i].Meaning = vecs[i]
		}
	}
	return family.Find(items, o.Options), nil
}

// meaningOf is the text by which an achievement is compared: what it is called and what it is.
func meaningOf(a zhuanhua.Achievement) string {
	text := a.Abstract
	if text == "" {
		text = a.Body
	}
	return a.Title + "\n" + text
}
