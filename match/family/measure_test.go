package family_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"zhuanhua/intake"
	"zhuanhua/match/family"
	"zhuanhua/match/vector"
	"zhuanhua/match/vector/parts"
)

// encoder is the embedded one; without it a test of meaning has nothing to test.
func encoder(t testing.TB) vector.Encoder {
	t.Helper()
	lib, err := parts.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	model, err := parts.Model()
	if err != nil {
		t.Skip(err)
	}
	tokenizer, err := parts.Tokenizer()
	if err != nil {
		t.Skip(err)
	}
	path, err := vector.Unpack([]string{t.TempDir()}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	e, err := vector.OpenLocal(vector.LocalOptions{Name: parts.ModelName, Model: model, Tokenizer: tokenizer, LibraryPath: path, Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// pairs are links between ids, without direction.
type pairs map[[2]string]bool

func (p pairs) add(a, b string) {
	p[[2]string{min(a, b), max(a, b)}] = true
}

func inFamilies(families []family.Family) pairs {
	p := pairs{}
	for _, f := range families {
		for i, a := range f.IDs {
			for _, b := range f.IDs[:i] {
				p.add(a, b)
			}
		}
	}
	return p
}

func score(found, truth pairs) (precision, recall float64) {
	hit := 0
	for p := range found {
		if truth[p] {
			hit++
		}
	}
	return float64(hit) / float64(max(1, len(found))), float64(hit) / float64(max(1, len(truth)))
}

func examples(t *testing.T) ([]family.Item, pairs) {
	rows, err := intake.Achievements("../../examples/achievements.jsonl", intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	truth := pairs{}
	var texts []string
	items := make([]family.Item, len(rows))
	for i, r := range rows {
		a := r.Value
		items[i] = family.Item{ID: a.ID, Title: a.Title, Holders: a.Units, People: a.Persons}
		texts = append(texts, a.Title+"\n"+a.Abstract)
		if a.DuplicateOf != "" {
			truth.add(a.ID, a.DuplicateOf)
		}
	}
	vecs, err := vector.EncodeAll(t.Context(), encoder(t), nil, vector.KindPassage, texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		items[i].Meaning = vecs[i]
	}
	return items, truth
}

// TestExamples: in the invented examples twelve achievements come again in other words. The report must
// find nearly all of them and little else.
func TestExamples(t *testing.T) {
	items, truth := examples(t)
	for _, th := range []float64{0.68, 0.70, 0.72, 0.74, 0.76, 0.78, 0.80} {
		p, r := score(inFamilies(family.Find(items, family.Options{SameOwner: th})), truth)
		t.Logf("same-owner %.2f: precision %.3f, recall %.3f", th, p, r)
	}
	found := inFamilies(family.Find(items, family.Options{}))
	p, r := score(found, truth)
	t.Logf("defaults: %d pairs found, %d true, precision %.3f, recall %.3f", len(found), len(truth), p, r)
	if p < 0.75 || r < 0.9 {
		t.Errorf("precision %.3f, recall %.3f", p, r)
	}
	for i := range items { // without an encoder nothing may be guessed
		items[i].Meaning = vector.Vec{}
	}
	if bare := family.Find(items, family.Options{}); len(bare) > 1 {
		t.Errorf("%d families without an encoder", len(bare))
	}
}

// bdci is the raw judgments of the set: each contest id with the words of its title, and the level that
// was given to it for a demand.
type bdci struct {
	words  map[string][]string // by merged id
	merged map[string]string   // contest id to merged id
	levels map[string]map[string][]string
}

func readBDCI(t *testing.T) bdci {
	dir := "../../../shared/data/bdci2019"
	b := bdci{map[string][]string{}, map[string]string{}, map[string]map[string][]string{}}
	eachLine(t, filepath.Join(dir, "corpus.jsonl"), func(line string) {
		var d struct {
			ID    string   `json:"id"`
			Words []string `json:"words"`
		}
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		b.words[d.ID] = d.Words
	})
	eachLine(t, filepath.Join(dir, "judgments_raw.tsv"), func(line string) {
		c := strings.Split(line, "\t")
		if c[0] == "query-id" {
			return
		}
		b.merged[c[3]] = c[1]
		if b.levels[c[2]] == nil {
			b.levels[c[2]] = map[string][]string{}
		}
		b.levels[c[2]][c[1]] = append(b.levels[c[2]][c[1]], c[4])
	})
	return b
}

func eachLine(t *testing.T, path string, do func(string)) {
	f, err := os.Open(path)
	if err != nil {
		t.Skip("the evaluation set is not beside the repository")
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		do(s.Text())
	}
}

// near reports whether two titles are the same but for the order of words or one word of six.
func near(a, b []string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) < 4 {
		return slices.Equal(a, b)
	}
	rest := slices.Clone(b)
	common := 0
	for _, w := range a {
		if i := slices.Index(rest, w); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			common++
		}
	}
	return common == len(a) && len(b)-len(a) <= len(b)/6
}

// TestBDCI measures the title rules: the same title under several contest ids (identical sequences of
// words), and titles that are the same but for order or one word of six.
func TestBDCI(t *testing.T) {
	b := readBDCI(t)
	var items []family.Item
	members := map[string][]string{}
	for id, m := range b.merged {
		items = append(items, family.Item{ID: id, Title: strings.Join(b.words[m], "")})
		members[m] = append(members[m], id)
	}
	slices.SortFunc(items, func(x, y family.Item) int { return strings.Compare(x.ID, y.ID) })
	same, wide := pairs{}, pairs{}
	for _, ids := range members {
		for i, x := range ids {
			for _, y := range ids[:i] {
				same.add(x, y)
				wide.add(x, y)
			}
		}
	}
	for _, x := range nearTitles(b.words) {
		for _, i := range members[x[0]] {
			for _, j := range members[x[1]] {
				wide.add(i, j)
			}
		}
	}
	t.Logf("%d contest ids, %d titles; pairs: %d with the same words, %d with nearly the same", len(items), len(members), len(same), len(wide))
	for _, th := range []float64{0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95} {
		fams := family.Find(items, family.Options{LikeTitle: th, Most: 1})
		found := inFamilies(fams)
		p1, r1 := score(found, same)
		p2, r2 := score(found, wide)
		t.Logf("like-title %.2f: %d families, %d pairs; same words: precision %.4f recall %.4f; nearly same: precision %.4f recall %.4f; %s",
			th, len(fams), len(found), p1, r1, p2, r2, b.agreement(fams))
		if th == family.DefaultLikeTitle && (p2 < 0.99 || r1 < 0.95 || r2 < 0.95) {
			t.Errorf("at the default: precision %.4f, recall %.4f and %.4f", p2, r1, r2)
		}
	}
}

func nearTitles(words map[string][]string) (list [][2]string) {
	of := map[string][]string{} // by word
	for id, ws := range words {
		for _, w := range ws {
			of[w] = append(of[w], id)
		}
	}
	seen := pairs{}
	for id, ws := range words {
		slices.SortFunc(ws, strings.Compare)
		for _, w := range ws {
			if len(of[w]) > 400 {
				continue // its other words find it
			}
			for _, other := range of[w] {
				key := [2]string{min(id, other), max(id, other)}
				if id == other || seen[key] {
					continue
				}
				seen[key] = true
				if near(words[id], words[other]) {
					list = append(list, key)
				}
			}
		}
	}
	return list
}

// agreement is how often two titles of a family that were judged for one demand got the same level,
// which is a look at precision that does not come from the words.
func (b bdci) agreement(fams []family.Family) string {
	equal, total, equalSame, totalSame := 0, 0, 0, 0
	family := map[string]int{}
	for n, f := range fams {
		for _, id := range f.IDs {
			family[b.merged[id]] = n + 1
		}
	}
	for _, judged := range b.levels {
		ids := make([]string, 0, len(judged))
		for id, levels := range judged {
			ids = append(ids, id)
			for i, x := range levels {
				for _, y := range levels[:i] {
					totalSame++
					if x == y {
						equalSame++
					}
				}
			}
		}
		for i, x := range ids {
			for _, y := range ids[:i] {
				if family[x] == 0 || family[x] != family[y] {
					continue
				}
				for _, lx := range judged[x] {
					for _, ly := range judged[y] {
						total++
						if lx == ly {
							equal++
						}
					}
				}
			}
		}
	}
	return fmt.Sprintf("levels equal in %d of %d different titles (%d of %d of the same title)", equal, total, equalSame, totalSame)
}
