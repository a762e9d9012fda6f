package main

import (
	"zhuanhua/match"
	"zhuanhua/match/rank"
	"zhuanhua/match/vector"
)

// judged are the options of an engine that ranks as the product does. The weights that it comes with were
// learned with the product's encoder and are refused beside any other; here, where vectors are handed out
// that were made before, they are told that they fit, because what they cost is what is measured.
func judged(enc vector.Encoder) (match.Options, error) {
	r, err := rank.Shipped()
	if err != nil {
		return match.Options{}, err
	}
	r.Encoder = rank.StampOf(enc.Model().Revision)
	return match.Options{Encoder: enc, Ranker: r}, nil
}
