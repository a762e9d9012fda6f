package match

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua/match/vector"
)

// badNeed is a need that nobody should send, and what must become of it.
type badNeed struct {
	need        Document
	first       string // the achievement that must come first; "": none must
	none        bool   // nothing fair or better may be found
	noneByWords bool   // the same where words alone rank: the encoder here knows nothing but letters
}

func badNeeds(rng *rand.Rand) map[string]badNeed {
	return map[string]badNeed{
		"three characters":          {need: doc("n", "病虫害", ""), first: "vision"},
		"one":                       {need: doc("n", "糖", "")},
		"200,000 characters":        {need: doc("n", "甘蔗渣制木糖技术", drawText(rng, 80_000))},
		"200,000 of one need":       {need: doc("n", "甘蔗渣水解制备木糖", strings.Repeat("以甘蔗渣为原料，稀酸水解半纤维素，木糖收率不低于67%。", 6500)), first: "xylose"},
		"one word 66,000 times":     {need: doc("n", "木糖", strings.Repeat("木糖，", 66_000))},
		"a sentence without an end": {need: doc("n", "甘蔗", strings.Repeat("甘蔗渣水解木糖", 30_000))},
		"English":                   {need: doc("n", "Xylose production from sugarcane bagasse", "yield of at least 67%, dilute acid hydrolysis"), first: "english"},
		"English without any":       {need: doc("n", "Violin varnish restoration", "for concert instruments"), noneByWords: true},
		"traditional":               {need: doc("n", "甘蔗渣製備木糖的水解技術", "催化劑壽命≥4000 h"), first: "xylose"},
		"numbers":                   {need: doc("n", "12345 67.8 9,000", "1 2 3 4 5 6 7 8 9 10"), none: true},
		"numbers alone":             {need: doc("n", "100 200 300", strings.Repeat("72 ", 500)), none: true},
		"marks":                     {need: doc("n", "！？。，", "……"), none: true},
		"nothing":                   {need: doc("n", "", ""), none: true},
		"bytes":                     {need: doc("n", "\xff\xfe木糖\x00", "\xe4\xb8")},
	}
}

// TestBadNeeds: whatever a need is, the answer comes in bounded time, proves what it says, and what
// says nothing finds nothing.
func TestBadNeeds(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	docs := append(slices.Clone(sugar), doc("english", "Xylose from sugarcane bagasse by hydrolysis", "Dilute acid hydrolysis of bagasse hemicellulose, xylose yield 72%."))
	for i := range 300 {
		docs = append(docs, drawDoc(rng, fmt.Sprint("d", i)))
	}
	docs = append(docs, doc("book", "甘蔗制糖全书", drawText(rng, 100_000)), doc("spam", "木糖", strings.Repeat("木糖", 10_000)))
	for name, opt := range map[string]Options{"words": {}, "whole": {Encoder: &letters{}}, "candidates": {Encoder: &letters{}, full: 50}} {
		e, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(context.Background(), docs); err != nil {
			t.Fatal(err)
		}
		for what, c := range badNeeds(rng) {
			begun := time.Now()
			r := matched(t, e, Ask{}, c.need)[0]
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("%s, %s: %v", name, what, took)
			}
			checkResult(t, c.need, r, e)
			first := ""
			if len(r.Matches) > 0 {
				first = r.Matches[0].AchievementID
			}
			if first == "spam" && what != "one word 66,000 times" || c.first != "" && first != c.first {
				t.Errorf("%s, %s: %q comes first", name, what, first)
			}
			if (c.none || c.noneByWords && name == "words") && len(r.Matches) > 0 && r.Matches[0].Level != Weak {
				t.Errorf("%s, %s: %+v", name, what, r.Matches[0])
			}
		}
	}
}

// TestSpamDoesNotWin: an achievement that repeats the words of a need 10,000 times stands behind one
// that fits it, by words, by vectors and by both, however it is ranked.
func TestSpamDoesNotWin(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	need := doc("n", "甘蔗渣水解制木糖技术", "以甘蔗渣为原料，稀酸水解半纤维素，木糖收率≥67%，纯度≥98.5%")
	docs := slices.Clone(sugar)
	for i, said := range []string{"木糖", "木糖 ", "木糖，", "甘蔗渣", "木糖收率", "水解木糖。", "xylose "} {
		docs = append(docs, doc(fmt.Sprint("spam", i), said, strings.Repeat(said, 10_000)),
			doc(fmt.Sprint("spamtitle", i), strings.Repeat(said, 10_000), ""),
			doc(fmt.Sprint("spamend", i), "糖蜜发酵生产酵母", drawText(rng, 40)+strings.Repeat(said, 10_000)))
	}
	for i := range 200 {
		docs = append(docs, drawDoc(rng, fmt.Sprint("d", i)))
	}
	for name, opt := range map[string]Options{"words": {}, "both": {Encoder: &letters{}}, "candidates": {Encoder: &letters{}, full: 50}} {
		e, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(context.Background(), docs); err != nil {
			t.Fatal(err)
		}
		if r := matched(t, e, Ask{}, need)[0]; len(r.Matches) == 0 || r.Matches[0].AchievementID != "xylose" {
			t.Errorf("%s: first is %+v", name, r.Matches)
		}
	}
}

// TestLongNeedIsCut: of a need with more terms than a query may have those that weigh most count.
func TestLongNeedIsCut(t *testing.T) {
	e := libraryOf(t, sugar...)
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "词%d ", i)
	}
	need := doc("n", "甘蔗渣制木糖", b.String())
	q, bound := e.query(e.state(), &need)
	if len(q) != mostTerms || bound <= 0 {
		t.Errorf("%d terms, %v", len(q), bound)
	}
	short := doc("n", "甘蔗渣制木糖", "")
	if all, _ := e.query(e.state(), &short); len(all) == 0 || len(all) > 20 {
		t.Errorf("%d terms of a short need", len(all))
	}
}

// stuck is an encoder that does not come back from a passage until it is let go.
type stuck struct {
	letters
	asked, let chan struct{}
}

func (s *stuck) Encode(ctx context.Context, kind vector.Kind, texts []string) ([][]float32, error) {
	if kind == vector.KindPassage && slices.Contains(texts, "卡住") {
		close(s.asked)
		<-s.let
	}
	return s.letters.Encode(ctx, kind, texts)
}

// TestReadersDoNotWait: a match, a search and a snapshot come back while one change hangs in the encoder
// and the lock of writers is held by another.
func TestReadersDoNotWait(t *testing.T) {
	enc := &stuck{asked: make(chan struct{}), let: make(chan struct{})}
	e, err := New(Options{Encoder: enc})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(context.Background(), sugar); err != nil {
		t.Fatal(err)
	}
	added := make(chan error)
	go func() { added <- e.Add(context.Background(), []Document{doc("late", "卡住", "")}) }()
	<-enc.asked
	e.writing.Lock()
	done := make(chan error)
	go func() {
		r := matched(t, e, Ask{}, doc("n", "甘蔗渣制木糖", ""))
		_, err := e.Save(t.TempDir(), "library")
		if found, err := e.Search(context.Background(), &Search{Words: "木糖"}, 5); err != nil || len(found) == 0 || len(r[0].Matches) == 0 {
			t.Errorf("found %v, matched %v, %v", found, r, err)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("a reader waits for a writer")
	}
	e.writing.Unlock()
	close(enc.let)
	if err := <-added; err != nil || e.Document("late") == nil {
		t.Error("the change was lost", err)
	}
}
