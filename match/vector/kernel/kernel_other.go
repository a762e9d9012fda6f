//go:build !amd64 || purego

package kernel

func best() Set { return Set{} }

// No processor here is ever told to compute otherwise than portably.

func (s Set) dots([]int32, []int8, []int8)           {}
func (s Set) dotsAt([]int32, []int8, [][]int8)       {}
func (s Set) distances([]uint16, []uint64, []uint64) {}
func (s Set) within([]uint64, []uint16, uint16)      {}
