package web

import (
	"maps"
	"slices"
)

// Patterns are the addresses that a portal answers, as its table of routes has them.
func Patterns() []string { return slices.Sorted(maps.Keys((&Server{}).table())) }
