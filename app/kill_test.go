package app_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/internal/pgtest"
	"zhuanhua/store"
)

// kills is how often the child is killed: ZHUANHUA_KILLS, 20 where it is not set, fewer under the race
// detector, which sees nothing of a killed process.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("ZHUANHUA_KILLS")); err == nil {
		return n
	}
	if testing.Short() || slow {
		return 3
	}
	return 20
}

// childSubmits hands in filings with attachments from eight goroutines until it is killed. Each line on
// its standard output acknowledges a step.
func childSubmits() error {
	ctx := context.Background()
	s, err := openSoon(ctx, store.Options{Dir: os.Getenv("ZHUANHUA_DIR"), URL: os.Getenv("ZHUANHUA_URL")})
	if err != nil {
		return err
	}
	p, err := loadPack(guangxi)
	if err != nil {
		return err
	}
	desk := app.New(s).Desk(p)
	fmt.Println("open")
	failed := make(chan error)
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				if err := submitOne(ctx, desk, fmt.Sprintf("%s-%d-%d", os.Getenv("ZHUANHUA_RUN"), g, i)); err != nil {
					failed <- err
					return
				}
			}
		}()
	}
	return <-failed
}

// filing is what R05 asks for, with two attachments. One of them is the same in every second filing.
func filing(name string) app.Doing {
	pdf := func(field, text string) app.File {
		content := []byte("%PDF-1.7 " + text)
		return app.File{Field: field, Name: "示例.pdf", Size: int64(len(content)), Content: bytes.NewReader(content)}
	}
	shared := name
	if strings.HasSuffix(name, "0") {
		shared = "示例合同范本"
	}
	return app.Doing{Act: flow.Act{Action: "submit", Values: map[string]string{"base": "C-" + name, "project_title": "示例横向项目 " + name, "partner": "示例企业",
		"received_fen": "50 万元", "fiscal_fen": "0 元", "non_fiscal_pledge": "是"}},
		Files: []app.File{pdf("contract_text", shared), pdf("vouchers", "凭证 "+name)}}
}

func submitOne(ctx context.Context, desk *app.Desk, name string) error {
	done, err := desk.NewCase(ctx, "uni", flow.Beginning{Workflow: "horizontal-project", Rule: "R05"})
	if err != nil {
		return err
	}
	fmt.Println(done.Step.ID)
	out, err := desk.Do(ctx, "uni", done.ID, filing(name))
	if err != nil {
		return err
	}
	fmt.Println(out.Step.ID)
	return nil
}

// openSoon opens records whose last writer was just killed: PostgreSQL needs a moment to notice.
func openSoon(ctx context.Context, o store.Options) (*store.Store, error) {
	for try := 0; ; try++ {
		s, err := store.Open(ctx, o)
		if err == nil || try == 100 || zhuanhua.KindOf(err) != zhuanhua.KindConflict {
			return s, err
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// TestKillSubmissions kills a process with signal 9 amid concurrent submissions with attachments: every
// step that was acknowledged is there, the log verifies, and no attachment is orphaned or missing.
func TestKillSubmissions(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		acked, all := map[string]bool{}, 0
		for run := range kills() {
			if run%10 == 0 { // a new set now and then keeps the checks short
				o.Dir = filepath.Join(t.TempDir(), "data")
				if o.URL != "" {
					o.URL = pgtest.Database(t)
				}
				acked = map[string]bool{}
				prepareKill(t, o)
			}
			for _, id := range submitAndKill(t, o, run) {
				acked[id] = true
				all++
			}
			checkKilled(t, o, acked)
		}
		t.Logf("%d kills, %d steps acknowledged", kills(), all)
		if all == 0 {
			t.Error("nothing was acknowledged: the test shows nothing")
		}
	})
}

func prepareKill(t *testing.T, o store.Options) {
	t.Helper()
	a, s := open(t, o)
	u := zhuanhua.User{ID: "uni", Name: "示例高校", Organisation: "O-3", Roles: []zhuanhua.Grant{{Role: zhuanhua.RoleOrganisationAdmin}}}
	if _, err := a.AddUser(t.Context(), "test", "", u); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func submitAndKill(t *testing.T, o store.Options, run int) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe)
	c.Env = append(os.Environ(), "ZHUANHUA_CHILD=submit", "ZHUANHUA_DIR="+o.Dir, "ZHUANHUA_URL="+o.URL, fmt.Sprintf("ZHUANHUA_RUN=%d", run))
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
	for r := bufio.NewReader(pipe); ; {
		line, err := r.ReadString('\n')
		if err != nil {
			break // what a kill cut off is no acknowledgement
		}
		if line == "open\n" {
			time.AfterFunc(time.Duration(50+rand.IntN(450))*time.Millisecond, func() { c.Process.Kill() })
			continue
		}
		said = append(said, strings.TrimSuffix(line, "\n"))
	}
	c.Wait()
	if stderr.Len() > 0 {
		t.Fatalf("the child of run %d says: %s", run, stderr.String())
	}
	return said
}

// checkKilled opens what a killed process left.
func checkKilled(t *testing.T, o store.Options, acked map[string]bool) {
	t.Helper()
	s, err := openSoon(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	named := map[string]bool{}
	for row, err := range s.Rows(t.Context(), zhuanhua.NounStep, store.Filter{}) {
		step, err2 := store.As[zhuanhua.Step](row)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		delete(acked, step.ID)
		for _, sums := range step.Files {
			for _, sum := range sums {
				named[sum] = true
			}
		}
	}
	for id := range acked {
		t.Errorf("%s was acknowledged and is lost", id)
	}
	v, err := s.Verify(t.Context())
	if err != nil || len(v.Findings) > 0 {
		t.Errorf("%+v %v", v.Findings, err)
	}
	for sum := range named {
		r, _, err := s.OpenAttachment(t.Context(), sum)
		if err != nil {
			t.Errorf("an attachment is missing: %v", err)
			continue
		}
		r.Close()
	}
	if v.Attachments != len(named) {
		t.Errorf("%d attachments are kept, %d are named by steps", v.Attachments, len(named))
	}
	if left, _ := os.ReadDir(filepath.Join(o.Dir, "attachments", ".waiting")); len(left) > 0 {
		t.Errorf("left over in the waiting room: %v", left)
	}
}
