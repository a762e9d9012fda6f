package web

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"zhuanhua"
	"zhuanhua/intake"
)

// outlines are the drawn regions, a file each: "width height", then a line a city with its code, the point of its
// label and its outline. tools/outlines makes them.
//
//go:embed outlines/*.txt
var outlines embed.FS

// outline is one city on the map.
type outline struct {
	Region zhuanhua.Region
	X, Y   int
	Path   string
}

// drawing is the map of a region.
type drawing struct {
	Width, Height int
	Cities        []outline
}

// drawings reads the maps that there are, by the region that they show.
func drawings() (map[zhuanhua.Region]drawing, error) {
	names, err := fs.Glob(outlines, "outlines/*.txt")
	if err != nil {
		return nil, err
	}
	out := map[zhuanhua.Region]drawing{}
	for _, name := range names {
		b, err := outlines.ReadFile(name)
		if err != nil {
			return nil, err
		}
		d, err := readDrawing(string(b))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[zhuanhua.Region(strings.TrimSuffix(strings.TrimPrefix(name, "outlines/"), ".txt"))] = d
	}
	return out, nil
}

func readDrawing(text string) (drawing, error) {
	var d drawing
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if d.Width == 0 {
			if _, err := fmt.Sscan(line, &d.Width, &d.Height); err != nil {
				return d, err
			}
			continue
		}
		var o outline
		part := strings.SplitN(line, " ", 3)
		if len(part) != 3 {
			return d, fmt.Errorf("no city: %.40s", line)
		}
		if _, err := fmt.Sscanf(part[1], "%d,%d", &o.X, &o.Y); err != nil {
			return d, err
		}
		if strings.Trim(part[2], "MLZ0123456789,") != "" || !strings.HasPrefix(part[2], "M") {
			return d, fmt.Errorf("no path: %.40s", part[2])
		}
		o.Region, o.Path = zhuanhua.Region(part[0]), part[2]
		d.Cities = append(d.Cities, o)
	}
	return d, nil
}

// mapView is the cities of the plan's region with their numbers: a drawing where there is one, and always a table.
type mapView struct {
	Width, Height int
	Cities        []mapCity
	Chosen        zhuanhua.Region
	Bounds        []pair // classes of colour: name of the class, what it holds
	Drawn         bool
}

// mapCity is one city.
type mapCity struct {
	outline
	Name  string
	Count int
	Class int // of colour, 0 for none
	On    bool
}

// mapOf is the map with a number for each city.
func (c *call) mapOf(count map[zhuanhua.Region]int, chosen zhuanhua.Region) mapView {
	d, drawn := c.drawings[c.o.Pack.Region]
	v := mapView{Width: d.Width, Height: d.Height, Chosen: chosen, Drawn: drawn}
	f := speaker{c.Server, c.lang}
	most := 0
	for _, name := range intake.Regions() {
		code, ok := intake.RegionOf(name)
		if !ok || !code.Within(c.o.Pack.Region) || code.City() != code {
			continue
		}
		city := mapCity{outline: outline{Region: code}, Name: f.city(code), Count: count[code], On: code == chosen}
		if i := slices.IndexFunc(d.Cities, func(o outline) bool { return o.Region == code }); i >= 0 {
			city.outline = d.Cities[i]
		} else {
			v.Drawn = false // a map without one of its cities would say that there is none
		}
		most = max(most, city.Count)
		v.Cities = append(v.Cities, city)
	}
	v.classes(most)
	// The chosen city is drawn last, so that its edge lies above those of its neighbours.
	slices.SortStableFunc(v.Cities, func(a, b mapCity) int { return onTop(a) - onTop(b) })
	v.Drawn = v.Drawn && len(v.Cities) > 0
	return v
}

// mostClasses is how many colours there are.
const mostClasses = 4

// classes gives each city a colour by its number: each class reaches twice as far as the one before, and the last
// has no end.
func (v *mapView) classes(most int) {
	base := max(1, (most+14)/15)
	from := 1
	for class := 1; class <= mostClasses && from <= most; class++ {
		to := base<<class - base
		if class == mostClasses || to > most {
			to = most
		}
		for i := range v.Cities {
			if n := v.Cities[i].Count; n >= from && n <= to {
				v.Cities[i].Class = class
			}
		}
		text := strconv.Itoa(from)
		if to > from {
			text += "–" + strconv.Itoa(to)
		}
		v.Bounds = append(v.Bounds, pair{strconv.Itoa(class), text})
		from = to + 1
	}
}

func onTop(c mapCity) int {
	if c.On {
		return 1
	}
	return 0
}
