package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"zhuanhua"
)

// kills is how often each kind of work is killed: ZHUANHUA_KILLS, 20 where it is not set.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("ZHUANHUA_KILLS")); err == nil {
		return n
	}
	if testing.Short() {
		return 3
	}
	return 20
}

// runAndKill starts a child and kills it with signal 9 at a random moment after it opened the records.
// It returns what the child acknowledged.
func runAndKill(t *testing.T, o Options, mode string, run int, env ...string) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), "ZHUANHUA_CHILD="+mode, "ZHUANHUA_DIR="+o.Dir, "ZHUANHUA_URL="+o.URL, fmt.Sprintf("ZHUANHUA_RUN=%d", run))
	c.Env = append(c.Env, env...)
	var stderr strings.Builder
	c.Stderr = &stderr
	pipe, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	readAcks(bufio.NewReader(pipe), func(s string) {
		if s == "open" {
			time.AfterFunc(time.Duration(rand.IntN(250_000))*time.Microsecond, func() { c.Process.Kill() })
			return
		}
		said = append(said, s)
	})
	c.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("the child of run %d says: %s", run, stderr.String())
	}
	return said
}

// checkKilled opens what a killed process left and looks for everything it acknowledged.
func checkKilled(t *testing.T, o Options, acked map[string]bool) {
	t.Helper()
	s, err := openSoon(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	events := map[string]int{}
	for e, err := range s.Events(t.Context(), EventFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		events[e.Subject]++
	}
	for id := range acked {
		if events["achievement/"+id] == 0 {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	for subject, n := range events {
		if n != 1 {
			t.Errorf("%s has %d events", subject, n)
		}
	}
	rows := 0
	for r, err := range s.Rows(t.Context(), zhuanhua.NounAchievement, Filter{}) {
		if err != nil || r.Version != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		rows++
	}
	if rows != len(events) {
		t.Errorf("%d rows, %d events", rows, len(events))
	}
	mustVerify(t, s)
}

// TestKill kills a process with signal 9 while it imports, and while it writes from 16 goroutines.
func TestKill(t *testing.T) {
	for _, mode := range []string{"import", "write"} {
		t.Run(mode, func(t *testing.T) {
			onBoth(t, func(t *testing.T, o Options) {
				acked, all := map[string]bool{}, 0
				for run := range kills() {
					if run%10 == 9 { // a new set now and then keeps the checks short
						o, acked = fresh(t, o), map[string]bool{}
					}
					for _, id := range runAndKill(t, o, mode, run) {
						if id != "done" {
							acked[id] = true
							all++
						}
					}
					checkKilled(t, o, acked)
				}
				t.Logf("%d kills, %d rows acknowledged", kills(), all)
			})
		})
	}
}

func fresh(t *testing.T, o Options) Options {
	o.Dir = filepath.Join(t.TempDir(), "data")
	if o.URL != "" {
		o.URL = newDatabase(t)
	}
	return o
}

// TestKillBackup kills a process while it backs up: the files that have their name are whole.
func TestKillBackup(t *testing.T) {
	onBoth(t, func(t *testing.T, o Options) {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		acked := map[string]bool{}
		whole := 0
		for run := range kills() {
			said := runAndKill(t, o, "backup", run, "ZHUANHUA_BACKUPS="+dir, "ZHUANHUA_RECIPIENT="+id.Recipient().String())
			for _, s := range said {
				if file, ok := strings.CutPrefix(s, "backup "); ok {
					if _, err := os.Stat(file); err != nil {
						t.Errorf("an acknowledged backup is lost: %v", err)
					}
					continue
				}
				acked[s] = true
			}
			checkKilled(t, o, acked)
			files, _ := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%d-*[0-9]", run)))
			if len(files) == 0 {
				continue
			}
			newest := files[rand.IntN(len(files))]
			if err := Restore(t.Context(), newest, Key{Identities: []string{id.String()}}, Options{Dir: filepath.Join(t.TempDir(), "data")}); err != nil {
				t.Errorf("a backup that has its name: %v", err)
			}
			whole++
		}
		t.Logf("%d kills, %d rows acknowledged, %d backups restored", kills(), len(acked), whole)
	})
}
