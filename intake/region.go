package intake

import (
	_ "embed" // the table of regions
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"zhuanhua"
)

//go:embed regions.csv
var regionsText string

// regionUnit is one way to write one region.
type regionUnit struct {
	code zhuanhua.Region
	full bool // written in full, 柳州市 and not 柳州
}

// gazetteer finds regions by their names.
type gazetteer struct {
	names   map[string][]regionUnit
	codes   map[zhuanhua.Region]string // with the official name
	longest int                        // runes of the longest name
}

var gazette = sync.OnceValue(func() *gazetteer {
	g := &gazetteer{names: map[string][]regionUnit{}, codes: map[zhuanhua.Region]string{}}
	for line := range strings.Lines(regionsText) {
		code, rest, ok := strings.Cut(strings.TrimSpace(line), ",")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		names := strings.Split(rest, "|")
		g.codes[zhuanhua.Region(code)] = names[0]
		for _, name := range names {
			g.add(zhuanhua.Region(code), name)
		}
	}
	return g
})

func (g *gazetteer) add(code zhuanhua.Region, name string) {
	for i, n := range append([]string{name}, shortNames(code, name)...) {
		n = foldRunes(norm.NFKC.String(n))
		g.names[n] = append(g.names[n], regionUnit{code, i == 0})
		g.longest = max(g.longest, len([]rune(n)))
	}
}

// peoples are the names that autonomous areas carry between their own name and their rank.
var peoples = regexp.MustCompile(`(?:(?:汉|回|藏|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|土|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|怒|保安|裕固|独龙|各|蒙古|维吾尔|哈萨克|柯尔克孜|达斡尔|鄂温克|鄂伦春|塔吉克)族|蒙古|维吾尔|哈萨克|柯尔克孜)+$`)

// shortNames are what people write in place of the full name: 广西, 柳州, 大理州, 三江.
func shortNames(code zhuanhua.Region, name string) []string {
	for _, rank := range []string{"特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区", "新区", "林区", "省", "市", "盟", "区", "县", "旗"} {
		short, ok := strings.CutSuffix(name, rank)
		if !ok {
			continue
		}
		if loc := peoples.FindStringIndex(short); loc != nil && strings.HasPrefix(rank, "自治") && len([]rune(short[:loc[0]])) >= 2 {
			short = short[:loc[0]]
		}
		if len([]rune(short)) < 2 {
			return nil
		}
		if rank == "自治州" {
			return []string{short, short + "州"}
		}
		return []string{short}
	}
	return nil
}

// found is one way to read a text as a region.
type found struct {
	code zhuanhua.Region
	used int // runes
	full bool
}

// find reads a code or a name such as 柳州, 广西柳州市 or 越南. When the text is not clear, code is ""
// and choices lists what it may mean.
func (g *gazetteer) find(text string) (code zhuanhua.Region, choices []string) {
	s := foldRunes(norm.NFKC.String(text))
	if c := zhuanhua.Region(strings.ToUpper(s)); g.codes[c] != "" {
		return c, nil
	}
	if len(s) == 2 || len(s) == 4 {
		if c := zhuanhua.Region((s + "0000")[:6]); g.codes[c] != "" {
			return c, nil
		}
	}
	runes := []rune(strings.TrimPrefix(strings.TrimPrefix(s, "中华人民共和国"), "中国"))
	if len(runes) == 0 || len(runes) > 60 {
		return g.exact(s), nil
	}
	best := g.best(g.paths(runes, "", 3))
	if len(best) > 0 && best[0].used < len(runes) && !g.address(best[0], string(runes[best[0].used:])) {
		return "", nil
	}
	if len(best) == 1 {
		return best[0].code, nil
	}
	for _, f := range best {
		choices = append(choices, string(f.code)+" "+g.title(f.code))
	}
	return "", choices
}

// exact is the country that a text names, for texts that the search for divisions consumes whole.
func (g *gazetteer) exact(s string) zhuanhua.Region {
	if units := g.names[s]; len(units) == 1 {
		return units[0].code
	}
	return ""
}

// paths lists the ways in which the text begins with a region inside within, and goes on with one
// inside that.
func (g *gazetteer) paths(runes []rune, within zhuanhua.Region, depth int) []found {
	var all []found
	for n := min(len(runes), g.longest); n >= 2; n-- {
		for _, u := range g.names[string(runes[:n])] {
			if within != "" && (u.code == within || !u.code.Within(within)) {
				continue
			}
			all = append(all, found{u.code, n, u.full})
			if depth == 1 || len(u.code) != 6 {
				continue
			}
			for _, f := range g.paths(runes[n:], u.code, depth-1) {
				f.used += n
				f.full = f.full || u.full
				all = append(all, f)
			}
		}
	}
	return all
}

// best keeps the readings that use most of the text, and of these the highest rank: 吉林 is the
// province, 朝阳 the prefecture.
func (g *gazetteer) best(all []found) []found {
	var best []found
	for _, f := range all {
		switch {
		case len(best) == 0 || f.used > best[0].used || f.used == best[0].used && rank(f.code) < rank(best[0].code):
			best = []found{f}
		case f.used == best[0].used && rank(f.code) == rank(best[0].code) && !slices.ContainsFunc(best, func(b found) bool { return b.code == f.code }):
			best = append(best, f)
		}
	}
	return best
}

// rank is 0 for countries and provinces, 1 for prefectures, 2 for counties.
func rank(code zhuanhua.Region) int {
	switch {
	case len(code) != 6 || strings.HasSuffix(string(code), "0000"):
		return 0
	case strings.HasSuffix(string(code), "00"):
		return 1
	}
	return 2
}

// address reports whether rest may be the remainder of an address below the region found: 广西大学
// is no place in 广西, 柳州市官塘大道 and 柳州高新区 are.
func (g *gazetteer) address(f found, rest string) bool {
	return f.full || strings.HasSuffix(rest, "区") || strings.HasSuffix(rest, "镇") || strings.HasSuffix(rest, "园")
}

// title is the official name with the province before it.
func (g *gazetteer) title(code zhuanhua.Region) string {
	parts := []string{}
	for _, c := range []zhuanhua.Region{code.Province(), code.City(), code} {
		if n := g.codes[c]; n != "" && !slices.Contains(parts, n) {
			parts = append(parts, n)
		}
	}
	return strings.Join(parts, "")
}
