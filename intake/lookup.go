package intake

import (
	"strings"

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
