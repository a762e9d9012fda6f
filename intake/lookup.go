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

// RegionName is the name of a region as one writes it ("广西柳州市", "广东省", "越南"): below a province
// the province's short name stands before. Where no name is known it is the code.
func RegionName(r zhuanhua.Region) string {
	g := gazette()
	name := g.codes[r]
	if name == "" {
		return string(r)
	}
	province := g.codes[r.Province()]
	if r == r.Province() || province == "" {
		return name
	}
	for _, suffix := range []string{"壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "省", "市"} {
		if short, ok := strings.CutSuffix(province, suffix); ok {
			province = short
			break
		}
	}
	if city := g.codes[r.City()]; city != "" && city != name {
		name = city + name
	}
	if strings.HasPrefix(name, province) {
		return name
	}
	return province + name
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
