package main

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func testCorpus(t *testing.T) *corpus {
	t.Helper()
	src, err := readSource("", "..")
	if err != nil {
		t.Fatal(err)
	}
	return makeCorpus(src, scale{docs: 300, short: 200, long: 10})
}

func TestCorpusIsTheSameEveryTime(t *testing.T) {
	a, b := testCorpus(t), testCorpus(t)
	same := func(x, y document) bool {
		return x.Title == y.Title && x.Text == y.Text && slices.Equal(x.Units, y.Units)
	}
	if !slices.EqualFunc(a.docs, b.docs, same) || !slices.Equal(a.short, b.short) || !slices.Equal(a.long, b.long) {
		t.Error("two corpora of one seed differ")
	}
}

func TestQueries(t *testing.T) {
	c := testCorpus(t)
	for _, q := range c.short {
		if n := utf8.RuneCountInString(q.Text); n < shortest || n > longest {
			t.Errorf("a short query has %d characters", n)
		}
		if d := c.docs[q.Doc]; !strings.Contains(d.Title+"\n"+d.Text, q.Text) || !c.found(q, q.Doc) {
			t.Errorf("query %q does not stand in its document", q.Text)
		}
	}
	for _, q := range c.long {
		if n := utf8.RuneCountInString(q.Text); n != longQuery || !c.found(q, q.Doc) || c.found(q, (q.Doc+1)%len(c.docs)) {
			t.Errorf("a long query has %d characters, or another document answers it", n)
		}
	}
}

func TestSavedAndRead(t *testing.T) {
	c, work := testCorpus(t), t.TempDir()
	if err := c.save(work); err != nil {
		t.Fatal(err)
	}
	docs, err := loadDocs(work)
	if err != nil || len(docs) != len(c.docs) || docs[7].Text != c.docs[7].Text {
		t.Errorf("%d documents read of %d, %v", len(docs), len(c.docs), err)
	}
	short, long, err := loadQueries(work)
	if err != nil || !slices.Equal(short, c.short) || !slices.Equal(long, c.long) {
		t.Errorf("queries read differ, %v", err)
	}
}

// TestEnginesFind holds every engine without vectors to finding what is there word for word.
func TestEnginesFind(t *testing.T) {
	c, o := testCorpus(t), options{work: t.TempDir()}
	if err := c.save(o.work); err != nil {
		t.Fatal(err)
	}
	for _, e := range engines {
		if slices.Contains([]string{"dense", "codes", "hybrid", "reasons"}, e.name) {
			continue
		}
		r, err := measure(t.Context(), o, scale{rounds: 1}, e)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		r.check(c)
		if r.FoundShort < 0.9 || r.FoundLong < 0.9 || r.AnswersMissed > 0 {
			t.Errorf("%s finds %.2f and %.2f, %d without an answer", e.name, r.FoundShort, r.FoundLong, r.AnswersMissed)
		}
	}
}

func TestSplit(t *testing.T) {
	got := split("密度为1.80 g/cm3,精度高.方法简单;适用于A.B型。")
	want := []string{"密度为1.80 g/cm3,精度高.", "方法简单;", "适用于A.B型。", ""}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTrigrams(t *testing.T) {
	if got := trigrams(`氧"化锰`); got != `"氧""化" OR """化锰"` {
		t.Errorf("%s", got)
	}
}

func TestQuantiles(t *testing.T) {
	var times []time.Duration
	for i := range 100 {
		times = append(times, time.Duration(100-i)*time.Millisecond)
	}
	if q := quantilesOf(times); q != (quantiles{51, 96, 100}) {
		t.Errorf("%v", q)
	}
}

// TestStopwatch: time that passes counts by the clock, work also of the processor.
func TestStopwatch(t *testing.T) {
	both := func(do func() error) cost {
		var w stopwatch
		for round := range 2 {
			if err := w.ask(round, do); err != nil {
				t.Fatal(err)
			}
		}
		return w.cost()
	}
	slept := both(func() error { time.Sleep(30 * time.Millisecond); return nil })
	if slept.P50 < 30 || slept.Top > 25 {
		t.Errorf("sleeping costs %v", slept)
	}
	sum := 0
	worked := both(func() error {
		for begun := cpuTime(); cpuTime()-begun < 30*time.Millisecond; {
			sum++
		}
		return nil
	})
	if worked.Top < 30 || worked.CPU < 30 || worked.P50 < 25 {
		t.Errorf("working costs %v", worked)
	}
}
