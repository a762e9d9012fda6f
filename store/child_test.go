package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"zhuanhua"
)

// child is what a test's child process does until it is killed. Each line on its standard output
// acknowledges something that must be there afterwards.
func child(mode string) error {
	ctx := context.Background()
	s, err := openSoon(ctx, Options{Dir: os.Getenv("ZHUANHUA_DIR"), URL: os.Getenv("ZHUANHUA_URL")})
	if err != nil {
		return err
	}
	out := &acks{}
	out.say("open")
	run, _ := strconv.Atoi(os.Getenv("ZHUANHUA_RUN"))
	switch mode {
	case "import":
		return childImport(ctx, s, out, run)
	case "write":
		return childWrite(ctx, s, out, run)
	case "backup":
		return childBackup(ctx, s, out)
	}
	return errors.New("unknown mode " + mode)
}

// openSoon opens records whose last writer was just killed: PostgreSQL needs a moment to notice.
func openSoon(ctx context.Context, o Options) (*Store, error) {
	for try := 0; ; try++ {
		s, err := Open(ctx, o)
		if err == nil || try == 100 || zhuanhua.KindOf(err) != zhuanhua.KindConflict {
			return s, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// acks writes lines, one write call each.
type acks struct{ mu sync.Mutex }

func (a *acks) say(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fmt.Fprintf(os.Stdout, format+"\n", args...)
}

// importRows is how many rows the imported file of one run has; every second run brings the rows of
// the one before again.
const importRows = 3000

func childImport(ctx context.Context, s *Store, out *acks, run int) error {
	for start := 0; start < importRows; start += 100 {
		var records []zhuanhua.Record
		for i := start; i < start+100; i++ {
			records = append(records, killRecord(fmt.Sprintf("I-%d-%d", run/2, i)))
		}
		if _, err := s.Record(ctx, "import", change(fmt.Sprintf("import-%d", run), records...)); err != nil {
			return err
		}
		for _, r := range records {
			out.say("%s", r.Key())
		}
	}
	out.say("done")
	select {}
}

func killRecord(id string) zhuanhua.Record {
	return zhuanhua.Achievement{ID: id, Title: "示例 " + id, Abstract: strings.Repeat("示例摘要", 20)}
}

func childWrite(ctx context.Context, s *Store, out *acks, run int) error {
	failed := make(chan error)
	for g := range 16 {
		go func() {
			for i := 0; ; i++ {
				r := killRecord(fmt.Sprintf("W-%d-%d-%d", run, g, i))
				if _, err := s.Record(ctx, "writer", change("", r)); err != nil {
					failed <- err
					return
				}
				out.say("%s", r.Key())
			}
		}()
	}
	return <-failed
}

func childBackup(ctx context.Context, s *Store, out *acks) error {
	for i := 0; ; i++ {
		r := killRecord(fmt.Sprintf("B-%s-%d", os.Getenv("ZHUANHUA_RUN"), i))
		if _, err := s.Record(ctx, "writer", change("", r)); err != nil {
			return err
		}
		out.say("%s", r.Key())
		file := filepath.Join(os.Getenv("ZHUANHUA_BACKUPS"), fmt.Sprintf("%s-%d", os.Getenv("ZHUANHUA_RUN"), i))
		if err := s.Backup(ctx, file, Lock{Recipients: []string{os.Getenv("ZHUANHUA_RECIPIENT")}}); err != nil {
			return err
		}
		out.say("backup %s", file)
	}
}

// readAcks collects whole lines; what a kill cut off is no acknowledgement.
func readAcks(r *bufio.Reader, line func(string)) {
	for {
		s, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line(strings.TrimSuffix(s, "\n"))
	}
}
