//go:build unix

package kernel

import (
	"math/rand/v2"
	"os"
	"slices"
	"syscall"
	"testing"
	"unsafe"
)

// guarded is memory for n values right before a page that must not be touched.
func guarded[T any](t *testing.T, n int) []T {
	t.Helper()
	page, size := os.Getpagesize(), n*int(unsafe.Sizeof(*new(T)))
	whole := (size+page-1)/page*page + page
	b, err := syscall.Mmap(-1, 0, whole, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(b) })
	if err := syscall.Mprotect(b[whole-page:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[whole-page-size])), n)
}

// TestNothingBeyond: a read or write behind the end of anything stops the test.
func TestNothingBeyond(t *testing.T) {
	const dim, words = 512, 2 * CodeWords
	rnd := rand.New(rand.NewPCG(6, 6))
	q, code := guarded[int8](t, dim), guarded[uint64](t, 3*words)
	for i := range q {
		q[i] = int8(rnd.Uint32())
	}
	for i := range code {
		code[i] = rnd.Uint64()
	}
	for n := range 22 {
		rows, codes := guarded[int8](t, n*dim), guarded[uint64](t, n*words)
		out, dist, at := guarded[int32](t, n), guarded[uint16](t, n), guarded[[]int8](t, n)
		near, masks := guarded[uint16](t, 64*n), guarded[uint64](t, n)
		for i := range n {
			at[i] = rows[i*dim : (i+1)*dim]
			rows[i*dim+i], codes[i*words] = 5, rnd.Uint64()
		}
		for _, s := range All() {
			s.Dots(out, q, rows)
			for i, x := range out {
				if x != 5*int32(q[i]) {
					t.Fatalf("%v: %d is %d", s, i, x)
				}
			}
			want := slices.Clone(out)
			clear(out)
			if s.DotsAt(out, q, at); !slices.Equal(out, want) {
				t.Fatalf("%v: %v, want %v", s, out, want)
			}
			for _, width := range []int{words, CodeWords} {
				s.Distances(dist, code[3*words-3*width:], codes[n*(words-width):])
			}
			s.Within(masks, near, 0)
			if slices.ContainsFunc(masks, func(m uint64) bool { return m != ^uint64(0) }) {
				t.Fatalf("%v: masks %x", s, masks)
			}
		}
	}
}
