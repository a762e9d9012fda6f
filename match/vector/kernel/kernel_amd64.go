//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// best asks the processor and the system, which must save the wide registers.
func best() Set {
	x := &cpu.X86
	var s Set
	if x.HasAVX2 {
		s = Set{AVX2, AVX2}
	}
	wide := x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512DQ
	if wide && x.HasAVX512VNNI {
		s.Dot = AVX512
	}
	if wide && x.HasAVX512VPOPCNTDQ {
		s.Code = AVX512
	}
	return s
}

func (s Set) dots(out []int32, q, rows []int8) {
	blocks := len(q) / unit
	if s.Dot == AVX512 {
		dotsAVX512(&out[0], &q[0], &rows[0], len(out), blocks*unit, len(q))
		return
	}
	dotsAVX2(&out[0], &q[0], &rows[0], len(out), blocks*unit, len(q))
}

func (s Set) dotsAt(out []int32, q []int8, rows [][]int8) {
	blocks := len(q) / unit
	if s.Dot == AVX512 {
		dotsAtAVX512(&out[0], &q[0], &rows[0], len(out), blocks*unit)
		return
	}
	dotsAtAVX2(&out[0], &q[0], &rows[0], len(out), blocks*unit)
}

func (s Set) distances(dist []uint16, q, codes []uint64) {
	if s.Code == AVX512 {
		distancesAVX512(&dist[0], &q[0], &codes[0], len(dist), len(q)/3*8)
		return
	}
	distancesAVX2(&dist[0], &q[0], &codes[0], len(dist), len(q)/3*8)
}

func (s Set) within(masks []uint64, dist []uint16, limit uint16) {
	if s.Code == AVX512 {
		withinAVX512(&masks[0], &dist[0], len(masks), limit)
		return
	}
	withinAVX2(&masks[0], &dist[0], len(masks), limit)
}

// Lengths are in bytes: size is what is compared of a vector, a multiple of unit, stride the way to
// the next row. n is at least 1.

//go:noescape
func dotsAVX512(out *int32, q, rows *int8, n, size, stride int)

//go:noescape
func dotsAtAVX512(out *int32, q *int8, rows *[]int8, n, size int)

//go:noescape
func dotsAVX2(out *int32, q, rows *int8, n, size, stride int)

//go:noescape
func dotsAtAVX2(out *int32, q *int8, rows *[]int8, n, size int)

//go:noescape
func distancesAVX512(dist *uint16, q, codes *uint64, n, size int)

//go:noescape
func distancesAVX2(dist *uint16, q, codes *uint64, n, size int)

// n is the number of masks.

//go:noescape
func withinAVX512(masks *uint64, dist *uint16, n int, limit uint16)

//go:noescape
func withinAVX2(masks *uint64, dist *uint16, n int, limit uint16)
