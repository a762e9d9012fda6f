package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// The definitions that every way must agree with, written so that nothing in them can be wrong.

func plainDot(a, b []int8) int32 {
	var sum int32
	for i := range a {
		sum += int32(a[i]) * int32(b[i])
	}
	return sum
}

func plainDistance(q, code []uint64) (n uint16) {
	words := len(code)
	for i := range code {
		for bit := range 64 {
			if (code[i]^q[i])>>bit&1 == 1 {
				n += uint16(q[words+i]>>bit&1 + 2*(q[2*words+i]>>bit&1))
			}
		}
	}
	return n
}

// fills are the contents that numbers go wrong with.
var fills = map[string]func(rnd *rand.Rand) int8{
	"random":  func(rnd *rand.Rand) int8 { return int8(rnd.Uint32()) },
	"least":   func(*rand.Rand) int8 { return -128 },
	"most":    func(*rand.Rand) int8 { return 127 },
	"ends":    func(rnd *rand.Rand) int8 { return []int8{-128, 127}[rnd.IntN(2)] },
	"zero":    func(*rand.Rand) int8 { return 0 },
	"nearly0": func(rnd *rand.Rand) int8 { return int8(rnd.IntN(3) - 1) },
}

func names() []string {
	var out []string
	for name := range fills {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// values makes n values that begin off bytes after a slice's beginning, and before guard values that
// would change any sum they entered.
func values(rnd *rand.Rand, n, off int, fill func(*rand.Rand) int8) []int8 {
	all := make([]int8, off+n+64)
	for i := range all {
		all[i] = 99
	}
	for i := range n {
		all[off+i] = fill(rnd)
	}
	return all[off : off+n : off+n]
}

// TestDots compares every way with the definition: lengths around the units, all beginnings within
// a cache line, numbers of rows around the four that go at a time.
func TestDots(t *testing.T) {
	t.Log("sets:", All())
	for _, s := range All() {
		rnd := rand.New(rand.NewPCG(1, 1))
		for _, dim := range []int{0, 1, 15, 16, 24, 63, 64, 65, 127, 128, 192, 384, 511, 512, 513, 768, 1000, 1024, 4096} {
			for _, query := range names() {
				for _, content := range names() {
					n, off := rnd.IntN(23), rnd.IntN(64)
					checkDots(t, s, values(rnd, dim, rnd.IntN(64), fills[query]), values(rnd, dim*n, off, fills[content]), n,
						fmt.Sprintf("%v: %d values, %d rows, %s by %s, offset %d", s, dim, n, query, content, off))
				}
			}
		}
		for off := range 64 {
			for n := range 9 {
				checkDots(t, s, values(rnd, 512, off, fills["random"]), values(rnd, 512*n, 63-off, fills["random"]), n,
					fmt.Sprintf("%v: %d rows, offset %d", s, n, off))
			}
		}
	}
}

// checkDots asks for n rows, and for the same in any order.
func checkDots(t *testing.T, s Set, q, rows []int8, n int, what string) {
	t.Helper()
	want, out := make([]int32, n), make([]int32, n+1)
	at := make([][]int8, n)
	out[n] = 7 // must stay
	for i := range n {
		at[i] = rows[i*len(q) : (i+1)*len(q) : (i+1)*len(q)]
		want[i] = plainDot(q, at[i])
	}
	s.Dots(out[:n], q, rows)
	if !slices.Equal(out[:n], want) || out[n] != 7 {
		t.Fatalf("%s: %v, want %v", what, out, want)
	}
	clear(out)
	rand.New(rand.NewPCG(uint64(n), 5)).Shuffle(n, func(i, j int) {
		at[i], at[j], want[i], want[j] = at[j], at[i], want[j], want[i]
	})
	s.DotsAt(out[:n], q, at)
	if !slices.Equal(out[:n], want) || out[n] != 0 {
		t.Fatalf("%s, anywhere: %v, want %v", what, out, want)
	}
}

// TestDistances does the same for codes, whose bits are mixed, all alike, or all different, and count
// in every way from not at all to three times.
func TestDistances(t *testing.T) {
	for _, s := range All() {
		rnd := rand.New(rand.NewPCG(2, 2))
		some := func(i int) uint64 { return []uint64{rnd.Uint64(), 0, ^uint64(0)}[i%3] }
		for n := range 70 {
			for _, words := range []int{0, 1, 7, 8, 12, 16, 24, 64, 256} {
				q, codes := make([]uint64, 3*words), make([]uint64, words*n+1)[1:]
				for i := range words {
					q[i], q[words+i], q[2*words+i] = some(n), some(n/9), some(n/27)
				}
				for i := range codes {
					codes[i] = some(n / 3)
				}
				checkDistances(t, s, q, codes, n)
			}
		}
	}
}

func checkDistances(t *testing.T, s Set, q, codes []uint64, n int) {
	t.Helper()
	dist, words := make([]uint16, n+1), len(q)/3
	dist[n] = 77
	s.Distances(dist[:n], q, codes)
	for i := range n {
		if want := plainDistance(q, codes[i*words:(i+1)*words]); dist[i] != want {
			t.Fatalf("%v: code %d of %d with %d words: %d, want %d", s, i, n, words, dist[i], want)
		}
	}
	if dist[n] != 77 {
		t.Fatalf("%v: %d codes: written beyond the end", s, n)
	}
}

func TestWithin(t *testing.T) {
	for _, s := range All() {
		rnd := rand.New(rand.NewPCG(3, 3))
		for n := range 200 {
			limit := []uint16{0, 1, 255, 256, 32767, 32768, 65535, uint16(rnd.Uint32())}[n%8]
			dist := make([]uint16, n)
			for i := range dist {
				dist[i] = limit + uint16(rnd.IntN(5)) - 2
			}
			masks := make([]uint64, (n+63)/64+1)
			masks[len(masks)-1] = 5
			s.Within(masks[:len(masks)-1], dist, limit)
			for i := range 64 * (len(masks) - 1) {
				if got := masks[i/64]>>(i%64)&1 == 1; got != (i < n && dist[i] <= limit) {
					t.Fatalf("%v: %d distances, limit %d: bit %d is %v", s, n, limit, i, got)
				}
			}
			if masks[len(masks)-1] != 5 {
				t.Fatalf("%v: %d distances: written beyond the end", s, n)
			}
		}
	}
}

// TestShort: slices that do not fit each other stop the program rather than read what is not theirs.
func TestShort(t *testing.T) {
	q, row := make([]int8, 512), make([]int8, 511)
	code := make([]uint64, 3*CodeWords)
	for _, s := range All() {
		for name, f := range map[string]func(){
			"dots":      func() { s.Dots(make([]int32, 1), q, row) },
			"dotsAt":    func() { s.DotsAt(make([]int32, 1), q, [][]int8{row}) },
			"fewer":     func() { s.DotsAt(make([]int32, 2), q, [][]int8{q}) },
			"distances": func() { s.Distances(make([]uint16, 4), code, code) },
			"within":    func() { s.Within(nil, make([]uint16, 1), 3) },
		} {
			if !stops(f) {
				t.Errorf("%v: %s reads beyond the end", s, name)
			}
		}
	}
}

func stops(f func()) (stopped bool) {
	defer func() { stopped = recover() != nil }()
	f()
	return false
}

// TestAll: plain Go is always there, and what is forced is what runs.
func TestAll(t *testing.T) {
	all := All()
	if all[0] != (Set{}) || all[len(all)-1] != Best() {
		t.Errorf("sets %v, the best %v", all, Best())
	}
	if s := (Set{AVX512, AVX2}).String(); s != "avx512 and avx2" || (Set{}).String() != "portable" {
		t.Error(s)
	}
}
