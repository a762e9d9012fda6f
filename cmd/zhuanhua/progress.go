package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// progress returns a function that shows how far a long step has come: a bar on a terminal, a line
// every few seconds elsewhere. Steps that end within a second show nothing.
func progress(io stdio, what string) func(done, total int) {
	p := &progressBar{out: io.err, what: what, terminal: isTerminal(io.err)}
	return p.tell
}

type progressBar struct {
	mu       sync.Mutex
	out      io.Writer
	what     string
	terminal bool
	total    int
	begun    time.Time
	shown    time.Time
}

func (p *progressBar) tell(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if total != p.total || p.begun.IsZero() {
		p.total, p.begun, p.shown = total, now, now
	}
	pause := 5 * time.Second
	if p.terminal {
		pause = 200 * time.Millisecond
	}
	finished := done >= total
	if now.Sub(p.begun) < time.Second && !finished || now.Sub(p.shown) < pause && !finished || finished && now.Sub(p.begun) < time.Second {
		return
	}
	p.shown = now
	const width = 30
	full := width * done / max(1, total)
	if p.terminal {
		fmt.Fprintf(p.out, "\r%s [%s%s] %d/%d ", p.what, strings.Repeat("█", full), strings.Repeat("░", width-full), done, total)
		if finished {
			fmt.Fprintln(p.out)
		}
		return
	}
	fmt.Fprintf(p.out, "%s %d/%d\n", p.what, done, total)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
