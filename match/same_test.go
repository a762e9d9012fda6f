package match

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"zhuanhua/match/vector"
)

// sameRows are two documents and what links them.
var sameRows = []struct {
	name string
	a, b Document
	why  SameWhy // by words
	both SameWhy // with vectors
}{
	{"nothing alike", sugar[0], sugar[3], "", ""},
	{"declared by one", doc("a", "甘蔗渣制木糖", "一"), withFacts(doc("b", "赤泥制陶粒", "二"), Facts{Same: "a"}), SameDeclared, SameDeclared},
	{"declared by both to a third", withFacts(doc("a", "甘蔗渣制木糖", "一"), Facts{Same: "c"}), withFacts(doc("b", "赤泥制陶粒", "二"), Facts{Same: "c"}), SameDeclared, SameDeclared},
	{"one right", withFacts(doc("a", "甘蔗渣制木糖", "一"), Facts{Rights: []Right{{Number: "202110123456"}}}), withFacts(doc("b", "赤泥制陶粒", "二"), Facts{Rights: []Right{{Number: "1"}, {Number: "202110123456"}}}), SameRight, SameRight},
	{"rights without a number", withFacts(doc("a", "甘蔗渣制木糖", "一"), Facts{Rights: []Right{{Text: "x"}}}), withFacts(doc("b", "赤泥制陶粒", "二"), Facts{Rights: []Right{{Text: "x"}}}), "", ""},
	{"one text", doc("a", "甘蔗渣制木糖", sugar[0].Parts[1].Raw), doc("b", "木糖的制备", sugar[0].Parts[1].Raw), SameText, SameText},
	{"one title of one holder", withFacts(doc("a", "甘蔗渣水解制备木糖技术（2023年）", "稀酸水解。"), Facts{Holders: []string{"示例糖厂"}}), withFacts(doc("b", "甘蔗渣水解制备木糖技术（二期）", "赤泥掺量高，陶粒强度好，焙烧温度低。"), Facts{Holders: []string{"示例大学", "示例糖厂"}}), SameTitle, SameTitle},
	{"one title of two holders, other texts", withFacts(doc("a", "甘蔗渣水解制备木糖技术", "稀酸水解半纤维素，结晶分离得产品，收率高，能耗低。"), Facts{Holders: []string{"示例糖厂"}}), withFacts(doc("b", "甘蔗渣水解制备木糖技术", "赤泥掺量四成五，烧成陶粒，焙烧温度一千一百度，强度好。"), Facts{Holders: []string{"示例大学"}}), "", ""},
	{"titles alone", doc("a", "甘蔗渣水解制备木糖技术", ""), doc("b", "甘蔗渣水解制备木糖技术（2024年）", ""), SameTitle, SameTitle},
	{"short titles", doc("a", "木糖", ""), doc("b", "木糖", ""), "", ""},
	{"the same letters in another order", doc("a", "甘蔗渣制木糖", "稀酸水解半纤维素，结晶"), doc("b", "糖木制渣蔗甘", "晶结，素维纤半解水酸稀"), "", ""},
}

func withFacts(d Document, f Facts) Document {
	d.Facts = f
	return d
}

// TestSame: what links two documents, by words alone and with vectors, and the same either way round.
func TestSame(t *testing.T) {
	vecs := func(d *Document) wording {
		out, err := (&letters{}).Encode(t.Context(), 0, []string{d.whole()})
		if err != nil {
			t.Fatal(err)
		}
		return wording{doc: d, vec: vector.Quantize(out[0])}
	}
	for _, c := range sameRows {
		a, b := wording{doc: &c.a}, wording{doc: &c.b}
		if got, back := same(&a, &b), same(&b, &a); got != c.why || back != c.why {
			t.Errorf("%s: by words %q and %q, want %q", c.name, got, back, c.why)
		}
		a, b = vecs(&c.a), vecs(&c.b)
		if got := same(&a, &b); got != c.both {
			t.Errorf("%s: with vectors %q (%.2f), want %q", c.name, got, a.vec.Dot(b.vec), c.both)
		}
	}
}

// TestRightNumbers: the number of a right is found however it is written.
func TestRightNumbers(t *testing.T) {
	for in, want := range map[string]string{
		"发明专利ZL202110123456.7": "202110123456", "发明专利 ZL 2021 1 0123456.7（已授权）": "202110123456", "ＺＬ２０２１１０１２３４５６．Ｘ": "202110123456",
		"CN115000000A": "115000000", "软著2022SR0123456": "20220123456", "发明专利3件（已授权，有效期至2041-03）": "", "": "", "专利1件，2020年": "",
	} {
		if got := rightNumber(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// wordings is a library in which some documents word others anew.
func wordings(rng *rand.Rand) []Document {
	var docs []Document
	for i := range 60 {
		d := doc(fmt.Sprint("d", i), drawText(rng, 6), drawText(rng, 30))
		docs = append(docs, d)
		for j := range rng.IntN(3) {
			again := doc(fmt.Sprint("d", i, "-", j), d.Parts[0].Raw+"（二期）", d.Parts[1].Raw+"另有改进。")
			if rng.IntN(2) == 0 {
				again = withFacts(doc(again.ID, drawText(rng, 6), d.Parts[1].Raw[:60]), Facts{Same: d.ID})
			}
			docs = append(docs, again)
		}
	}
	return docs
}

// members are all documents of the matches, those that stand for others and those they stand for.
func members(r Result) []string {
	var ids []string
	for _, m := range r.Matches {
		ids = append(ids, m.AchievementID)
		for _, s := range m.Same {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// TestWordingsInResults: in results no document stands twice, none of those that are found apart is lost
// where all is shown, lines are as many as asked for where there are so many, and apart means apart.
func TestWordingsInResults(t *testing.T) {
	docs := wordings(rand.New(rand.NewPCG(21, 22)))
	for name, opt := range map[string]Options{"words": {}, "both": {Encoder: &letters{}}, "candidates": {Encoder: &letters{}, full: 20}} {
		e, err := New(opt)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Add(t.Context(), docs); err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(23, 24))
		grouped, lines, wanted := 0, 0, 0
		for i := range 30 {
			d := docs[rng.IntN(len(docs))]
			need := doc(fmt.Sprint("n", i), d.Title(), sliceRunes(d.Parts[1].Raw, 0, 40))
			apart := matched(t, e, Ask{Top: 300, Apart: true}, need)[0]
			all := matched(t, e, Ask{Top: 300}, need)[0]
			checkResult(t, need, all, e)
			ids := members(all)
			slices.Sort(ids)
			if len(slices.Compact(slices.Clone(ids))) != len(ids) {
				t.Errorf("%s: a document stands twice: %v", name, ids)
			}
			for _, m := range apart.Matches {
				if len(m.Same) > 0 || !slices.Contains(ids, m.AchievementID) {
					t.Errorf("%s: %s is lost, or stands for %v though apart", name, m.AchievementID, m.Same)
				}
			}
			few := matched(t, e, Ask{Top: 5}, need)[0]
			for _, m := range few.Matches {
				grouped += len(m.Same)
			}
			lines, wanted = lines+len(few.Matches), wanted+min(5, len(all.Matches))
		}
		// What has nothing to show takes the place of a line now and then.
		if grouped < 10 || lines < wanted*9/10 {
			t.Errorf("%s: %d documents are grouped, %d lines of %d", name, grouped, lines, wanted)
		}
	}
}

// TestReleased: where the best ranked wording has nothing to show, another gets a line of its own.
func TestReleased(t *testing.T) {
	docs := []Document{sugar[0], withFacts(doc("bare", "乙醇", ""), Facts{Same: "xylose"}), sugar[2]}
	e := libraryOf(t, docs...)
	s := e.state()
	at := func(id string, score float64) scored {
		n, _ := s.lex.Doc(id)
		return scored{n, id, score}
	}
	need := doc("n", "甘蔗渣制木糖技术", "木糖收率≥67%")
	r, err := e.explainNeeds(t.Context(), s, []Document{need}, [][]scored{{at("bare", 0.9), at("xylose", 0.7)}}, Ask{Top: 3})
	if err != nil || len(r[0].Matches) != 1 || r[0].Matches[0].AchievementID != "xylose" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestWordingsInSearch: a search shows one line for all wordings, unless told otherwise.
func TestWordingsInSearch(t *testing.T) {
	e := libraryOf(t, append(slices.Clone(sugar), doc("again", "蔗渣半纤维素水解制备木糖（二期）", sugar[0].Parts[1].Raw))...)
	for apart, want := range map[bool]string{false: "xylose[again]", true: "xylose again"} {
		q := Search{Words: "木糖 水解", Apart: apart}
		found, err := e.Search(t.Context(), &q, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			id := f.ID
			for _, s := range f.Same {
				id += "[" + s.ID + "]"
			}
			got = append(got, id)
		}
		if line := strings.Join(got, " "); line != want {
			t.Errorf("apart %v: %s, want %s", apart, line, want)
		}
	}
}
