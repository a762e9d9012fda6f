package match

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"zhuanhua/intake"
	"zhuanhua/match/rank"
)

// lettersRanker is the shipped ranker made to fit the encoder that counts letters: what it says is of no
// use, but every part of it takes part.
func lettersRanker(t testing.TB) *rank.Ranker {
	t.Helper()
	r, err := rank.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	r.Encoder = rank.StampOf((&letters{}).Model().Revision)
	r.Centre = make([]float32, lettersDim)
	for i := range r.Centre {
		r.Centre[i] = float32(1 / math.Sqrt(lettersDim))
	}
	return r
}

// examples reads the invented achievements and needs.
func examples(t *testing.T) (achievements, needs []Document) {
	t.Helper()
	a, err := intake.Achievements(filepath.Join("..", "examples", "achievements.jsonl"), intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := intake.Needs(filepath.Join("..", "examples", "needs.jsonl"), intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		achievements = append(achievements, AchievementDocument(&a[i].Value, &a[i].Source))
	}
	for i := range n {
		needs = append(needs, NeedDocument(&n[i].Value, &n[i].Source))
	}
	return achievements, needs
}

// TestFallsAreTrue: 500 matches rescored without the quoted passage give the stated fall to 1e-6, and
// the whole text gives the score of the match, with every way of ranking.
func TestFallsAreTrue(t *testing.T) {
	achievements, needs := examples(t)
	for _, a := range achievements {
		needs = append(needs, doc("of-"+a.ID, a.Title(), "")) // who asks for what there is finds it and its like
	}
	matches := 0
	for _, c := range []struct {
		name string
		opt  Options
		want int // matches
	}{
		{"words", Options{}, 300},
		{"both", Options{Encoder: &letters{}, Ranker: lettersRanker(t)}, 200},
		{"both, without a ranker", Options{Encoder: &letters{}, Plain: true}, 100},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := New(c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Add(context.Background(), achievements); err != nil {
				t.Fatal(err)
			}
			all := &falls{t: t, e: e}
			for i, r := range matched(t, e, Ask{Top: 20, Prove: 2, Apart: true}, needs...) {
				all.check(&needs[i], r)
			}
			if all.matches < c.want {
				t.Errorf("%d matches were rescored, want %d at least", all.matches, c.want)
			}
			matches += all.matches
			if all.moved*2 < all.matches {
				t.Errorf("only %d of %d scores move without their first passage", all.moved, all.matches)
			}
		})
	}
	if matches < 500 {
		t.Errorf("%d matches were rescored in all, want 500", matches)
	}
}

// falls counts what was rescored.
type falls struct {
	t              *testing.T
	e              *Engine
	matches, moved int
}

func (f *falls) check(need *Document, r Result) {
	f.t.Helper()
	h, err := f.e.Still(context.Background(), need, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, m := range r.Matches {
		d := f.e.Document(m.AchievementID)
		docs := []Document{*d}
		for _, reason := range m.Reasons[:min(2, len(m.Reasons))] {
			if reason.Fall == nil {
				f.t.Fatalf("%s, %s: a reason does not say by how much the score falls", r.NeedID, m.AchievementID)
			}
			docs = append(docs, cutOut(f.t, d, reason))
		}
		scores, err := h.Score(context.Background(), docs)
		if err != nil {
			f.t.Fatal(err)
		}
		if m.Score != unproven && math.Abs(scores[0]-m.Score) > 1e-6 {
			f.t.Errorf("%s, %s: the whole text scores %.8f, the match %.8f", r.NeedID, m.AchievementID, scores[0], m.Score)
		}
		for i, s := range scores[1:] {
			if fall := *m.Reasons[i].Fall; math.Abs(scores[0]-s-fall) > 1e-6 {
				f.t.Errorf("%s, %s: the score falls by %.8f, stated %.8f", r.NeedID, m.AchievementID, scores[0]-s, fall)
			}
		}
		f.matches++
		if math.Abs(scores[0]-scores[1]) > 1e-6 {
			f.moved++
		}
	}
}

// cutOut takes the quoted passage out of a document, in plain steps.
func cutOut(t *testing.T, d *Document, r Reason) Document {
	t.Helper()
	out := *d
	out.Parts = nil
	cut := false
	for _, p := range d.Parts {
		raw := []rune(p.Raw)
		if p.Column == r.Achievement.Field && !cut && r.Kind != ReasonField {
			if string(raw[r.Achievement.Start:r.Achievement.End]) != r.Achievement.Text {
				t.Fatalf("%s: the span is not what it quotes", d.ID)
			}
			p.Raw, cut = string(raw[:r.Achievement.Start])+string(raw[r.Achievement.End:]), true
		}
		out.Parts = append(out.Parts, p)
	}
	if r.Kind == ReasonField && d.Facts.TechField.Column == r.Achievement.Field && d.Facts.TechField.Value == r.Achievement.Text {
		out.Facts.TechField, cut = Fact{}, true
	}
	for i, x := range d.Facts.Industries {
		if r.Kind == ReasonField && !cut && x.Column == r.Achievement.Field && x.span() == r.Achievement {
			out.Facts.Industries = append(append([]Fact{}, d.Facts.Industries[:i]...), d.Facts.Industries[i+1:]...)
			cut = true
		}
	}
	if !cut {
		t.Fatalf("%s: nothing to cut for a reason of kind %s", d.ID, r.Kind)
	}
	return out
}

// TestProveIsAsked: nobody who does not ask pays for falls.
func TestProveIsAsked(t *testing.T) {
	e := libraryOf(t, sugar...)
	need := doc("n", "甘蔗渣制木糖技术", "木糖收率≥67%")
	for _, m := range matched(t, e, Ask{}, need)[0].Matches {
		for _, r := range m.Reasons {
			if r.Fall != nil {
				t.Fatal("a fall is told that nobody asked for")
			}
		}
	}
}

// TestOtherTextInPlace: a text that says what the need says scores higher than the document whose place
// it takes, one that says nothing of it lower.
func TestOtherTextInPlace(t *testing.T) {
	e := libraryOf(t, sugar...)
	need := doc("n", "甘蔗渣制木糖技术", "木糖收率≥67%")
	h, err := e.Still(context.Background(), &need, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Score(context.Background(), []Document{doc("yeast", "甘蔗渣制木糖技术", "甘蔗渣制木糖，收率72%。"), sugar[1], doc("yeast", "铝", "")})
	if err != nil {
		t.Fatal(err)
	}
	if got[0] <= got[1] || got[2] >= got[0] {
		t.Errorf("scores %v, want the first highest", got)
	}
}
