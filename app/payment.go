package app

import (
	"context"

	"zhuanhua"
	"zhuanhua/store"
)

// Payments lists the batches of payments in the order of their ids.
func (d *Desk) Payments(ctx context.Context) ([]zhuanhua.Payment, error) {
	list := []zhuanhua.Payment{}
	err := each(ctx, d.store, store.Filter{}, func(p zhuanhua.Payment, _ int64) error {
		list = append(list, p)
		return nil
	})
	return list, err
}
