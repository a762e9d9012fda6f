package main

import (
	"fmt"
	"slices"
	"syscall"
	"time"
	"unsafe"
)

// cost is what a query takes, in milliseconds: by the clock, and of the processors, which a busy machine
// moves less. Time of the processors counts every thread, so it is at least what one thread needs.
type cost struct {
	quantiles
	CPU float64 // on average
	Top float64 // its 95th percentile
}

// String is a cost in a cell of the table.
func (c cost) String() string {
	return fmt.Sprintf("%.3f / %.3f, %.3f / %.3f", c.P50, c.P95, c.CPU, c.Top)
}

// stopwatch collects what queries take. By the clock and of the processors it is measured in rounds of their
// own: reading the clock of the processors is a call of the kernel, which costs microseconds and leaves the
// caches cold for the quickest searches.
type stopwatch struct{ times, used []time.Duration }

// ask measures one query in an even round by the clock, in an odd one of the processors.
func (w *stopwatch) ask(round int, do func() error) error {
	if round%2 == 1 {
		used := cpuTime()
		err := do()
		w.used = append(w.used, cpuTime()-used)
		return err
	}
	begun := time.Now()
	err := do()
	w.times = append(w.times, time.Since(begun))
	return err
}

func (w *stopwatch) cost() cost {
	sum := time.Duration(0)
	for _, d := range w.used {
		sum += d
	}
	slices.Sort(w.used)
	return cost{quantilesOf(w.times), sum.Seconds() * 1e3 / float64(max(1, len(w.used))), quantilesOf(w.used).P95}
}

// processClock is the clock of the processor time of a process, as Linux numbers it.
const processClock = 2

// cpuTime is what this process has used of the processors.
func cpuTime() time.Duration {
	var t syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, processClock, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return 0
	}
	return time.Duration(t.Nano())
}
