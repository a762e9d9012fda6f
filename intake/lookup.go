package intake

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"zhuanhua"
)

// RegionOf turns a name ("柳州", "广西柳州市", "越南") or a code into a region; false when it is neither, or
// could be several.
func RegionOf(s string) (zhuanhua.Region, bool) {
	code, choices := gazette().find(s)
	return code, code != "" && len(choices) == 0
}

// RegionName is the name of a region, its code where no name is known.
func RegionName(r zhuanhua.Region) string {
	if name := gazette().title(r); name != "" {
		return name
	}
	return string(r)
}

// Regions lists provinces, prefectures and countries by their names, for people to choose from: those
// of Guangxi first, for whom this was made, then the others by code.
func Regions() []string { return slices.Clone(regionNames()) }

var regionNames = sync.OnceValue(func() []string {
	var codes []zhuanhua.Region
	for code := range gazette().codes {
		if rank(code) < 2 && code != "CN" {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b zhuanhua.Region) int {
		if x, y := a.Within("450000"), b.Within("450000"); x != y {
			return map[bool]int{true: -1, false: 1}[x]
		}
		return strings.Compare(string(a), string(b))
	})
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = gazette().title(c)
	}
	return names
})

// Levels lists the levels of readiness by number and name, "6 正样级".
func Levels() []string {
	out := make([]string, len(trlNames))
	for i, name := range trlNames {
		out[i] = strconv.Itoa(i+1) + " " + name
	}
	return out
}
