package main

import (
	"bufio"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// quantiles of times, in milliseconds.
type quantiles struct{ P50, P95, P99 float64 }

func quantilesOf(times []time.Duration) quantiles {
	slices.Sort(times)
	at := func(p float64) float64 {
		return float64(times[min(int(p*float64(len(times))), len(times)-1)]) / 1e6
	}
	return quantiles{at(0.50), at(0.95), at(0.99)}
}

// memoryOf reads a figure of this process from the kernel, in bytes; 0 where there is none.
func memoryOf(name string) int64 {
	kb, _ := strconv.ParseInt(strings.TrimSuffix(procField("/proc/self/status", name), " kB"), 10, 64)
	return kb << 10
}

// procField returns what stands behind the name and the colon on the first such line of a file.
func procField(path, name string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// machine is where a run took place, without names of hosts.
type machine struct {
	cpu, kernel, memory, versions, load string
}

func describeMachine() machine {
	kb, _ := strconv.ParseInt(strings.TrimSuffix(procField("/proc/meminfo", "MemTotal"), " kB"), 10, 64)
	return machine{
		cpu:      procField("/proc/cpuinfo", "model name") + ", " + strconv.Itoa(runtime.NumCPU()) + " cores",
		kernel:   runtime.GOOS + " " + firstWord("/proc/sys/kernel/osrelease") + " " + runtime.GOARCH,
		memory:   strconv.FormatInt(kb>>20, 10) + " GiB",
		versions: strings.Join(versions(), ", "),
		load:     firstWord("/proc/loadavg"),
	}
}

func firstWord(path string) string {
	b, _ := os.ReadFile(path)
	if f := strings.Fields(string(b)); len(f) > 0 {
		return f[0]
	}
	return "unknown"
}

// versions of what is compared.
func versions() []string {
	out := []string{runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			switch m.Path {
			case "github.com/blevesearch/bleve/v2":
				out = append(out, "bleve "+m.Version)
			case "modernc.org/sqlite":
				out = append(out, "modernc.org/sqlite "+m.Version)
			}
		}
	}
	return out
}
