// Command outlines makes the map of a province for the portal from a file of outlines (GeoJSON, one feature a city
// with its code as id): borders that two cities share are simplified once, so that they
// still meet. go run ./tools/outlines FILE > web/outlines/450000.txt
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// width of the drawing in its own units, and how far a simplified border may lie from the true one.
const (
	width     = 720.0
	tolerance = 2.4
	margin    = 4.0
)

type point struct{ x, y float64 }

type city struct {
	id    string
	label point
	rings [][]point
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "outlines needs one FILE of outlines")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string) error {
	cities, err := read(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	height := project(cities)
	for i := range cities {
		cities[i].label = middle(cities[i].rings)
	}
	owners := map[point]string{}
	for i, c := range cities {
		for _, r := range c.rings {
			for _, p := range r {
				if mark := fmt.Sprintf(",%d,", i); !strings.Contains(owners[p], mark) {
					owners[p] += mark
				}
			}
		}
	}
	fmt.Printf("# made by go run ./tools/outlines; size, then a line a city: code, label, path\n%.0f %.0f\n", width, height)
	for _, c := range cities {
		var d strings.Builder
		for _, r := range c.rings {
			simple := simplify(r, owners)
			if len(simple) < 4 {
				continue // an island too small to be seen
			}
			for i, p := range simple[:len(simple)-1] {
				fmt.Fprintf(&d, "%s%.0f,%.0f", map[bool]string{true: "M", false: "L"}[i == 0], p.x, p.y)
			}
			d.WriteString("Z")
		}
		fmt.Printf("%s %.0f,%.0f %s\n", c.id, c.label.x, c.label.y, d.String())
	}
	return nil
}

func read(path string) ([]city, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var in struct {
		Features []struct {
			ID       string
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return nil, err
	}
	var out []city
	for _, f := range in.Features {
		var many [][][][2]float64
		if f.Geometry.Type == "Polygon" {
			many = make([][][][2]float64, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &many[0])
		} else {
			err = json.Unmarshal(f.Geometry.Coordinates, &many)
		}
		if err != nil {
			return nil, err
		}
		c := city{id: f.ID}
		for _, polygon := range many {
			ring := make([]point, len(polygon[0]))
			for i, p := range polygon[0] {
				ring[i] = point{p[0], p[1]}
			}
			c.rings = append(c.rings, ring)
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b city) int { return strings.Compare(a.id, b.id) })
	return out, nil
}

// project puts degrees onto the drawing, north up, with a degree of longitude as long as it is in the middle.
func project(cities []city) (height float64) {
	lo, hi := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, c := range cities {
		for _, r := range c.rings {
			for _, p := range r {
				lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
			}
		}
	}
	narrow := math.Cos((lo.y + hi.y) / 2 * math.Pi / 180)
	scale := (width - 2*margin) / ((hi.x - lo.x) * narrow)
	at := func(p point) point {
		return point{margin + (p.x-lo.x)*narrow*scale, margin + (hi.y-p.y)*scale}
	}
	for i := range cities {
		for _, r := range cities[i].rings {
			for j := range r {
				r[j] = at(r[j])
			}
		}
	}
	return 2*margin + (hi.y-lo.y)*scale
}

// middle is where a city's name stands: the middle of the largest of its pieces.
func middle(rings [][]point) point {
	var best point
	largest := 0.0
	for _, r := range rings {
		area, x, y := 0.0, 0.0, 0.0
		for i := range len(r) - 1 {
			cross := r[i].x*r[i+1].y - r[i+1].x*r[i].y
			area, x, y = area+cross, x+(r[i].x+r[i+1].x)*cross, y+(r[i].y+r[i+1].y)*cross
		}
		if math.Abs(area) > largest {
			largest, best = math.Abs(area), point{x / (3 * area), y / (3 * area)}
		}
	}
	return best
}

// simplify cuts a ring where the neighbour changes and simplifies each piece by itself, in one direction whoever
// owns it.
func simplify(ring []point, owners map[point]string) []point {
	n := len(ring) - 1
	start := 0
	for i := range n {
		if owners[ring[i]] != owners[ring[(i+n-1)%n]] {
			start = i
			break
		}
	}
	turned := append(slices.Clone(ring[start:n]), ring[:start+1]...)
	out := []point{turned[0]}
	from := 0
	for i := 1; i < len(turned); i++ {
		if i < len(turned)-1 && owners[turned[i]] == owners[turned[i-1]] {
			continue
		}
		out = append(out, piece(turned[from : i+1])[1:]...)
		from = i
	}
	return out
}

func piece(line []point) []point {
	first, last := line[0], line[len(line)-1]
	if first.x > last.x || first.x == last.x && first.y > last.y {
		back := slices.Clone(line)
		slices.Reverse(back)
		out := douglas(back)
		slices.Reverse(out)
		return out
	}
	return douglas(line)
}

// douglas is the algorithm of Douglas and Peucker.
func douglas(line []point) []point {
	if len(line) < 3 {
		return slices.Clone(line)
	}
	far, at := 0.0, 0
	for i := 1; i < len(line)-1; i++ {
		if d := distance(line[i], line[0], line[len(line)-1]); d > far {
			far, at = d, i
		}
	}
	if far <= tolerance {
		return []point{line[0], line[len(line)-1]}
	}
	return append(douglas(line[:at+1]), douglas(line[at:])[1:]...)
}

func distance(p, a, b point) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	if dx == 0 && dy == 0 {
		return math.Hypot(p.x-a.x, p.y-a.y)
	}
	return math.Abs(dy*(p.x-a.x)-dx*(p.y-a.y)) / math.Hypot(dx, dy)
}
