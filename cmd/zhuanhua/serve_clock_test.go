package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// lines collects what several goroutines print.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// asked keeps records in which somebody posed a question of the example plan at a time: after 90 days without an
// answer the clock closes it.
func asked(t *testing.T, dir string, at func() time.Time) (s *store.Store, d *app.Desk, id string) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Dir: dir, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	p, err := (&planFlags{plan: "example-region"}).load(stdio{out: &lines{}, err: &lines{}})
	if err != nil {
		t.Fatal(err)
	}
	a := app.New(s)
	u := zhuanhua.User{ID: "corp", Name: "示例", Organisation: "示例单位", Roles: []zhuanhua.Grant{{Role: zhuanhua.RoleEnterprise}}}
	if _, err := a.AddUser(t.Context(), "test", "", u); err != nil {
		t.Fatal(err)
	}
	d = a.Desk(p)
	done, err := d.NewCase(t.Context(), "corp", flow.Beginning{Workflow: "open-question"})
	if err != nil {
		t.Fatal(err)
	}
	form := map[string]string{}
	for _, f := range p.Form("question").Fields {
		form[f.ID] = "示例"
	}
	if _, err := d.Act(t.Context(), "corp", done.ID, app.Doing{Act: flow.Act{Action: "pose", Values: form}}); err != nil {
		t.Fatal(err)
	}
	return s, d, done.ID
}

// stateOf is the state that the records have, without a look that would bring the case up to date.
func stateOf(t *testing.T, s *store.Store, id string) string {
	t.Helper()
	row, err := s.Get(context.WithoutCancel(t.Context()), zhuanhua.NounCase, id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := store.As[zhuanhua.Case](row)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not happen", what)
		}
	}
}

// TestServeKeepsTime: a period that ended while nobody looked has its consequence in a running server, and a stopped
// server does nothing more.
func TestServeKeepsTime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, _, id := asked(t, dir, func() time.Time { return time.Now().AddDate(0, 0, -100) })
	if got := stateOf(t, s, id); got != "open" {
		t.Fatal(got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var out, log lines
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, stdio{out: &out, err: &log}, []string{"serve", "--data", dir, "--addr", "127.0.0.1:0", "--mode", "lexical", "--plan", "example-region"})
	}()
	until(t, "the end of the period", func() bool { return strings.Contains(log.String(), "close → unanswered") })
	until(t, "listening", func() bool { return strings.Contains(out.String(), "listening") })
	stop()
	if got := <-code; got != exitOK || !strings.Contains(log.String(), "stopped") || strings.Contains(log.String(), "未能") {
		t.Errorf("exit code %d:\n%s", got, log.String())
	}
	s, err := store.Open(t.Context(), store.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := stateOf(t, s, id); got != "unanswered" {
		t.Errorf("the question is %q after the server ran", got)
	}
}

// TestTimekeeperGoesOn: it looks again and again, says what fails and tries it again, and ends with the context.
func TestTimekeeperGoesOn(t *testing.T) {
	var mu sync.Mutex
	ahead := 0
	days := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		ahead += n
		return ahead
	}
	s, d, id := asked(t, filepath.Join(t.TempDir(), "data"), func() time.Time { return time.Now().AddDate(0, 0, days(0)) })
	var log lines
	looks := make(chan time.Time, 1000)
	k := newTimekeeper(app.New(s), d, &log)
	k.wait = func(now time.Time) time.Duration {
		looks <- now
		return 5 * time.Millisecond
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		k.run(ctx)
	}()
	<-looks
	<-looks
	if got := stateOf(t, s, id); got != "open" {
		t.Fatalf("the question is %q before its time", got)
	}
	days(100)
	until(t, "the end of the period", func() bool { return stateOf(t, s, id) == "unanswered" })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "a failure and another try", func() bool { return strings.Count(log.String(), "时限未能办理，稍后再试") > 1 })
	stop()
	<-ended
}

// TestTimekeeperLeavesRehearsals: the time of a rehearsal is that of its commands.
func TestTimekeeperLeavesRehearsals(t *testing.T) {
	s, d, id := asked(t, filepath.Join(t.TempDir(), "data"), func() time.Time { return time.Now().AddDate(0, 0, -100) })
	defer s.Close()
	put := zhuanhua.Change{Items: []zhuanhua.Item{zhuanhua.Put(zhuanhua.Setting{ID: "clock", Value: "rehearsal"}, zhuanhua.Source{})}}
	if _, err := s.Record(t.Context(), "test", put); err != nil {
		t.Fatal(err)
	}
	if err := newTimekeeper(app.New(s), d, &lines{}).tick(store.At(t.Context(), time.Now())); err != nil || stateOf(t, s, id) != "open" {
		t.Errorf("%v, the question is %q", err, stateOf(t, s, id))
	}
}

// TestUntilTick: every few minutes, and soon after midnight in Beijing.
func TestUntilTick(t *testing.T) {
	for _, x := range []struct {
		now  string
		want time.Duration
	}{
		{"2026-03-02T09:00:00", tickEvery},
		{"2026-03-02T23:54:00", tickEvery},
		{"2026-03-02T23:58:00", 2*time.Minute + afterMidnight},
		{"2026-12-31T23:59:59", time.Second + afterMidnight},
		{"2026-03-03T00:00:00", tickEvery},
	} {
		now, err := time.ParseInLocation("2006-01-02T15:04:05", x.now, zhuanhua.Shanghai())
		if err != nil {
			t.Fatal(err)
		}
		if got := untilTick(now.UTC()); got != x.want {
			t.Errorf("%s: looks again in %s, want %s", x.now, got, x.want)
		}
	}
}
