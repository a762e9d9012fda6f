package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/match"
	"zhuanhua/store"
)

// files are the contents of a folder by name.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name()] = b
	}
	return out
}

// inOrder are the names of the files of a snapshot in the order in which they are written.
func inOrder(of map[string][]byte) []string {
	var names []string
	for _, noun := range []string{"achievement", "need"} {
		for _, kind := range []string{".documents", ".lexical", ".vectors"} {
			for name := range of {
				if strings.HasPrefix(name, noun+"-") && strings.HasSuffix(name, kind) {
					names = append(names, name)
				}
			}
		}
	}
	return append(names, "index.json")
}

// killed is the folder as a process leaves it that is killed while it replaces one snapshot by the next:
// so many of the new files are there, the next of them up to any byte, and of the old ones, once the list
// of files is the new one, any may be gone.
func killed(rng *rand.Rand, before, after map[string][]byte) map[string][]byte {
	left := map[string][]byte{}
	for name, b := range before {
		left[name] = b
	}
	names := inOrder(after)
	k := rng.IntN(len(names) + 1)
	for _, name := range names[:k] {
		left[name] = after[name]
	}
	if k == len(names) {
		for name := range before {
			if _, stays := after[name]; !stays && rng.IntN(2) == 0 {
				delete(left, name)
			}
		}
		return left
	}
	name := names[k]
	if name == "index.json" || rng.IntN(2) == 0 {
		name += ".new" // it is written beside its place first
	}
	left[name] = after[names[k]][:rng.IntN(len(after[names[k]])+1)]
	return left
}

// torn is a whole snapshot of which the disk lost the end of a file, or bytes of it.
func torn(rng *rand.Rand, whole map[string][]byte) map[string][]byte {
	left := map[string][]byte{}
	for name, b := range whole {
		left[name] = b
	}
	names := inOrder(whole)
	name := names[rng.IntN(len(names))]
	b := bytes.Clone(whole[name])
	if rng.IntN(2) == 0 {
		b = b[:rng.IntN(len(b))]
	} else {
		b[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
	}
	left[name] = b
	return left
}

// crashWorld is an index on disk over a store.
type crashWorld struct {
	t   *testing.T
	rng *rand.Rand
	s   *store.Store
	enc *counting
	dir string
}

// change records, replaces and deletes.
func (w *crashWorld) change() {
	w.t.Helper()
	words := strings.Fields("甘蔗 木糖 赤泥 陶粒 酵母 发酵 水解 催化剂 传感器 电池 石墨烯 激光 遥感 种苗 茉莉 芒果 木薯 淀粉 秸秆 沼气")
	title := "示例"
	for range 1 + w.rng.IntN(6) {
		title += words[w.rng.IntN(len(words))]
	}
	var c zhuanhua.Change
	for range 1 + w.rng.IntN(8) {
		n := w.rng.IntN(40)
		switch w.rng.IntN(5) {
		case 0:
			id := fmt.Sprint("A-", n)
			for _, err := range w.s.Rows(w.t.Context(), zhuanhua.NounAchievement, store.Filter{IDs: []string{id}}) {
				if err != nil {
					w.t.Fatal(err)
				}
				c.Items = append(c.Items, zhuanhua.Delete(zhuanhua.NounAchievement, id))
			}
		case 1:
			c.Items = append(c.Items, zhuanhua.Put(zhuanhua.Need{ID: fmt.Sprint("N-", n), Title: title}, zhuanhua.Source{}))
		default:
			c.Items = append(c.Items, zhuanhua.Put(zhuanhua.Achievement{ID: fmt.Sprint("A-", n), Title: title + fmt.Sprint(n)}, zhuanhua.Source{}))
		}
		if _, err := w.s.Record(w.t.Context(), "test", c); err != nil {
			w.t.Fatal(err)
		}
		c = zhuanhua.Change{}
	}
}

// open opens the index of a folder; told is what its user is told.
func (w *crashWorld) open(dir string, write bool) (x *app.Index, told error) {
	w.t.Helper()
	x, err := app.OpenIndex(w.t.Context(), w.s, app.IndexOptions{Dir: dir, Encoder: w.enc, Write: write, Notice: func(err error) { told = err }})
	if err != nil {
		w.t.Fatal(err)
	}
	return x, told
}

// lay makes the folder hold these files and no others. New files are made: the old ones may be mapped.
func (w *crashWorld) lay(of map[string][]byte) {
	w.t.Helper()
	err := errors.Join(os.RemoveAll(w.dir), os.MkdirAll(w.dir, 0o700))
	for name, b := range of {
		err = errors.Join(err, os.WriteFile(filepath.Join(w.dir, name), b, 0o600))
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// answers are what an index says to all needs, and which records it holds.
func (w *crashWorld) answers(x *app.Index) string {
	w.t.Helper()
	e := x.Engine(zhuanhua.NounAchievement)
	var needs []match.Document
	for _, id := range slices.Sorted(slices.Values(x.Engine(zhuanhua.NounNeed).IDs())) {
		needs = append(needs, *x.Engine(zhuanhua.NounNeed).Document(id))
	}
	r, err := e.Match(w.t.Context(), needs, match.Ask{Top: 50})
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return fmt.Sprint(slices.Sorted(slices.Values(e.IDs())), string(b))
}

// TestKilledWhileSaving: wherever in the writing of a snapshot a process is killed, and whatever the disk
// loses of one, the index that is opened next answers as one made from the records alone. A kill is made
// up for from the snapshot of before or the new one, without a word; a loss is told. No text is encoded
// again.
func TestKilledWhileSaving(t *testing.T) {
	o := store.Options{Dir: filepath.Join(t.TempDir(), "data")}
	_, s := open(t, o)
	w := &crashWorld{t: t, rng: rand.New(rand.NewPCG(11, 12)), s: s, enc: &counting{}, dir: filepath.Join(o.Dir, "index")}
	w.change()
	w.open(w.dir, true)
	for round := range 16 {
		before := files(t, w.dir)
		for range 1 + w.rng.IntN(3) {
			w.change()
		}
		w.open(w.dir, true) // takes the changes and saves
		after := files(t, w.dir)
		fresh, _ := w.open("", false)
		want, encoded := w.answers(fresh), w.enc.texts
		lost := round%3 == 2
		left := killed(w.rng, before, after)
		if lost {
			left = torn(w.rng, after)
		}
		w.lay(left)
		x, told := w.open(w.dir, round%2 == 0)
		if got := w.answers(x); got != want {
			t.Fatalf("round %d, %v: got %s\nwant %s", round, told, got, want)
		}
		if lost != (told != nil) || told != nil && !strings.Contains(told.Error(), "made again") {
			t.Errorf("round %d, lost %v: told %v", round, lost, told)
		}
		if w.enc.texts != encoded {
			t.Errorf("round %d: %d texts are encoded again", round, w.enc.texts-encoded)
		}
		x, _ = w.open(w.dir, true)
		c, err := x.Verify(t.Context())
		sound(t, fmt.Sprint("round ", round), c, err)
	}
}

// killedDir names the folder, in the environment of a child that is to be killed.
const killedDir = "ZHUANHUA_TEST_KILLED"

// TestToBeKilled is no test but the child of TestKilled: it records and saves until it is killed.
func TestToBeKilled(t *testing.T) {
	dir := os.Getenv(killedDir)
	if dir == "" {
		t.Skip("it only runs as the child of TestKilled")
	}
	_, s := open(t, store.Options{Dir: dir})
	w := &crashWorld{t: t, rng: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1)), s: s, enc: &counting{}, dir: filepath.Join(dir, "index")}
	x, _ := w.open(w.dir, true)
	fmt.Println("begun")
	for {
		w.change()
		if _, err := x.Update(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := x.Save(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKilled kills a process that records and saves, again and again: the snapshot that it leaves can be
// used as it is, and with what the log tells since it answers as an index made from the records alone.
func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	rng := rand.New(rand.NewPCG(13, 14))
	for round := range 14 {
		child := exec.Command(os.Args[0], "-test.run", "^TestToBeKilled$")
		child.Env = append(os.Environ(), killedDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || line != "begun\n" {
			t.Fatalf("the child says %q, %v", line, err)
		}
		time.Sleep(time.Duration(20+rng.IntN(60_000)) * time.Microsecond)
		_ = child.Process.Kill() // it is gone or goes
		_ = child.Wait()
		w := &crashWorld{t: t, enc: &counting{}, dir: filepath.Join(dir, "index")}
		s, err := store.Open(t.Context(), store.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		w.s = s
		x, told := w.open(w.dir, false)
		fresh, _ := w.open("", false)
		if got, want := w.answers(x), w.answers(fresh); told != nil || got != want {
			t.Errorf("round %d, told %v: got %s\nwant %s", round, told, got, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
