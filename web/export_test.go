package web

import (
	"maps"
	"slices"

	"zhuanhua/match"
)

// Patterns are the addresses that a portal answers, as its table of routes has them.
func Patterns() []string { return slices.Sorted(maps.Keys((&Server{}).table())) }

// Trimmed is the context that is left of from … to around a quotation.
func Trimmed(s string, quote match.Span, from, to int) string {
	runes := []rune(s)
	from, to = trimmed(runes, quote, from, to)
	return string(runes[from:to])
}
