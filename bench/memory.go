package main

import (
	"slices"
	"sync"
	"time"
)

// memoryName names the child that measures how fast this machine reads memory.
const memoryName = "memory"

// yardstick is what plain reading costs: nothing that looks at all the bytes can be faster.
type yardstick struct {
	Bytes            int        // of the large array
	Speed            [2]float64 // GB/s with one and with two threads
	Matrix           int        // bytes of the vectors of all documents
	ScanMS           [2]float64 // milliseconds to read them, with one and with two threads
	PieceBytes, Runs int
}

const (
	matrixPiece   = 4096 * dim // what the vector index keeps together
	yardstickRuns = 15
)

func measureMemory(sc scale) yardstick {
	y := yardstick{Bytes: sc.yardstick, Matrix: sc.docs * dim, PieceBytes: matrixPiece, Runs: yardstickRuns}
	large := [][]uint64{words(sc.yardstick)}
	var matrix [][]uint64
	for left := y.Matrix; left > 0; left -= matrixPiece {
		matrix = append(matrix, words(min(left, matrixPiece)))
	}
	for i, threads := range []int{1, 2} {
		y.Speed[i] = float64(y.Bytes) / readTime(large, threads).Seconds() / 1e9
		y.ScanMS[i] = readTime(matrix, threads).Seconds() * 1e3
	}
	return y
}

// words makes an array whose pages are all there.
func words(bytes int) []uint64 {
	w := make([]uint64, bytes/8)
	for i := range w {
		w[i] = uint64(i)
	}
	return w
}

// readTime is the median time to read everything with so many threads.
func readTime(pieces [][]uint64, threads int) time.Duration {
	var times []time.Duration
	for range yardstickRuns {
		begun := time.Now()
		var wg sync.WaitGroup
		sums := make([]uint64, threads)
		for t := range threads {
			wg.Go(func() {
				for _, p := range pieces {
					sums[t] += sum(p[t*len(p)/threads : (t+1)*len(p)/threads])
				}
			})
		}
		wg.Wait()
		times = append(times, time.Since(begun))
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// sum adds eight words a round, independently of each other, so that reading is what takes the time.
func sum(w []uint64) uint64 {
	var a, b, c, d uint64
	for len(w) >= 8 {
		x := (*[8]uint64)(w)
		a += x[0] + x[4]
		b += x[1] + x[5]
		c += x[2] + x[6]
		d += x[3] + x[7]
		w = w[8:]
	}
	for _, x := range w {
		a += x
	}
	return a + b + c + d
}
