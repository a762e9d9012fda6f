package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// portalKind measures the portal under load: pages of a server with 100,000 achievements, asked fifty times a
// second, beside a static file of the same server.
const portalKind = "portal"

// The load that is aimed at.
const (
	portalRecords = 100_000
	portalRate    = 50 // requests a second
	portalTime    = 8 * time.Second
	portalNeeds   = 40 // needs pasted; a visitor may paste 60 a minute
)

// measurePortal prints a page of figures.
func measurePortal(ctx context.Context, o options, stdout io.Writer) error {
	if o.data == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		o.data = filepath.Join(dir, "zhuanhua", "bench-portal")
	}
	ids, err := portalData(ctx, o)
	if err != nil {
		return err
	}
	p, err := startPortal(ctx, o)
	if err != nil {
		return err
	}
	defer p.stop()
	m := describeMachine()
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s memory; %s; load average %s. %d achievements and the example needs, %d requests a second for %s each.\n\n", m.cpu, m.memory, m.kernel, m.load, portalRecords, portalRate, portalTime)
	fmt.Fprintf(&b, "Listening %.2f s after the start, %.2f s of the processors; memory %s MB.\n\n", p.ready.Seconds(), p.used.Seconds(), megabytes(p.memory()))
	b.WriteString("| page | processor time a request, ms | p50 ms | p95 ms | p99 ms | answered with 200 |\n|---|---|---|---|---|---|\n")
	for _, load := range p.loads(ids) {
		step("asking for %s", load.name)
		row, err := load.run(p)
		if err != nil {
			return err
		}
		b.WriteString(row)
	}
	fmt.Fprintf(&b, "\nMemory at the end %s MB.\n", megabytes(p.memory()))
	if err := writeOut(filepath.Join(o.root, "out"), "bench-portal.md", b.String()); err != nil {
		return err
	}
	_, err = io.WriteString(stdout, b.String())
	return err
}

// portalData makes and loads the records where that was not done yet, and returns some of their ids. Vectors
// are made then, too, which takes the longest by far.
func portalData(ctx context.Context, o options) ([]string, error) {
	var ids []string
	for i := range 400 {
		ids = append(ids, portalID(i*portalRecords/400))
	}
	done := filepath.Join(o.data, "loaded")
	if _, err := os.Stat(done); err == nil {
		return ids, nil
	}
	if err := os.MkdirAll(o.data, 0o755); err != nil {
		return nil, err
	}
	file := filepath.Join(o.data, "achievements.jsonl")
	if err := writeAchievements(o.root, file); err != nil {
		return nil, err
	}
	for _, args := range [][]string{
		{"import", "--data", filepath.Join(o.data, "records"), filepath.Join(o.root, "examples", "needs.jsonl"), file},
		{"index", "--data", filepath.Join(o.data, "records")},
	} {
		step("zhuanhua %s", args[0])
		c := exec.CommandContext(ctx, program(o), args...)
		c.Stdout, c.Stderr = io.Discard, os.Stderr
		if err := c.Run(); err != nil {
			return nil, fmt.Errorf("zhuanhua %s: %w", args[0], err)
		}
	}
	return ids, os.WriteFile(done, nil, 0o644)
}

func program(o options) string { return filepath.Join(o.root, "bin", "zhuanhua") }

func portalID(i int) string { return fmt.Sprintf("L-%06d", i) }

// writeAchievements writes records put together from the examples: what stands in one record in all fields but
// title and abstract, a title of one and two keywords of others, an abstract of three sentences.
func writeAchievements(root, file string) error {
	var records []map[string]any
	s := &source{}
	err := eachRecord(filepath.Join(root, "examples", "achievements.jsonl"), func(r map[string]any) {
		records = append(records, r)
		s.addText(str(r, "abstract"))
	})
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	rng := rand.New(rand.NewPCG(8, 8))
	for i := range portalRecords {
		r := map[string]any{}
		for k, v := range records[rng.IntN(len(records))] {
			r[k] = v
		}
		other := records[rng.IntN(len(records))]
		words := strings.Split(str(other, "keywords"), "；")
		r["id"] = portalID(i)
		r["title"] = words[rng.IntN(len(words))] + "与" + str(r, "title")
		r["abstract"] = s.sentences[rng.IntN(len(s.sentences))] + s.sentences[rng.IntN(len(s.sentences))] + s.sentences[rng.IntN(len(s.sentences))]
		delete(r, "body")
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// portalProcess is a server under way.
type portalProcess struct {
	cmd   *exec.Cmd
	root  string // the repository
	base  string
	ready time.Duration // until it listened
	used  time.Duration // of the processors until then
}

// startPortal starts the server and waits for the line that says where it is.
func startPortal(ctx context.Context, o options) (*portalProcess, error) {
	p := &portalProcess{root: o.root, cmd: exec.CommandContext(ctx, program(o), "serve", "--data", filepath.Join(o.data, "records"), "--addr", "127.0.0.1:0")}
	p.cmd.Stderr = io.Discard
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "listening "); ok {
			p.base, p.ready, p.used = at, time.Since(begun), p.cpu()
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p, nil
		}
	}
	return nil, fmt.Errorf("the server ended before it listened: %w", p.cmd.Wait())
}

// stop ends the server as an operator would.
func (p *portalProcess) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	_ = p.cmd.Wait()
}

// cpu is what the server has used of the processors, in steps of a hundredth of a second.
func (p *portalProcess) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory is what the server holds, in bytes.
func (p *portalProcess) memory() int64 {
	kb, _ := strconv.ParseInt(strings.TrimSuffix(procField(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid), "VmRSS"), " kB"), 10, 64)
	return kb << 10
}
