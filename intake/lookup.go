package intake

import "zhuanhua"

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
