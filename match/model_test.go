package match

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"zhuanhua/match/vector"
	carried "zhuanhua/match/vector/parts"
)

// builtIn is the encoder that the program comes with; a test that lacks its parts is skipped and says so.
func builtIn(t *testing.T) *vector.Local {
	t.Helper()
	part := func(b []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Skip(err)
		}
		return b
	}
	lib, err := carried.Library(runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Skip(err)
	}
	path, err := vector.Unpack([]string{filepath.Join(t.TempDir(), "lib")}, lib.Name, lib.GZ, lib.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	e, err := vector.OpenLocal(vector.LocalOptions{Name: carried.ModelName, Model: part(carried.Model()), Tokenizer: part(carried.Tokenizer()), LibraryPath: path, Lowercase: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// fallsWanted is how many matches are rescored with the model: few in CI, ZHUANHUA_FALLS=500 elsewhere.
func fallsWanted(t *testing.T) int {
	t.Helper()
	s := os.Getenv("ZHUANHUA_FALLS")
	if s == "" {
		return 40
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("ZHUANHUA_FALLS=%q is no number above 0", s)
	}
	return n
}

// TestWithTheModel: the engine over the examples, with the encoder and the weights that the program comes with.
func TestWithTheModel(t *testing.T) {
	e := overExamples(t, Options{Encoder: builtIn(t)})
	t.Run("falls are true", func(t *testing.T) { fallsAreTrue(t, e) })
	t.Run("pasted lines", func(t *testing.T) { allPasted(t, e) })
}

// TestPastedLines: the same lines where there is no encoder.
func TestPastedLines(t *testing.T) { allPasted(t, overExamples(t, Options{})) }

func overExamples(t *testing.T, opt Options) *Engine {
	t.Helper()
	achievements, _ := examples(t)
	e, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Add(context.Background(), achievements); err != nil {
		t.Fatal(err)
	}
	return e
}

// fallsAreTrue is TestFallsAreTrue with the model: so many matches rescored without what their reasons quote
// give the stated falls.
func fallsAreTrue(t *testing.T, e *Engine) {
	want := fallsWanted(t)
	achievements, needs := examples(t)
	for _, a := range achievements {
		needs = append(needs, doc("of-"+a.ID, a.Title(), "")) // enough needs for the full length
	}
	all := &falls{t: t, e: e}
	for i := 0; i < len(needs) && all.matches < want; i++ {
		all.check(&needs[i], matched(t, e, Ask{Top: 20, Prove: 2, Apart: true}, needs[i])[0])
	}
	if all.matches < want {
		t.Errorf("%d matches were rescored, want %d", all.matches, want)
	}
	if all.moved*2 < all.matches {
		t.Errorf("only %d of %d scores move without their first passage", all.moved, all.matches)
	}
	t.Logf("%d matches rescored, %d scores move without the first passage", all.matches, all.moved)
}

// pastedLines are needs of one line, as people paste them, with the achievement of the examples that is
// obviously meant and those that may well be strong beside it.
var pastedLines = []struct {
	line, meant string
	kin         []string
}{
	{"甘蔗渣制木糖醇，转化率≥99%", "A-SUG-01", nil},
	{"赤泥烧制轻质陶粒", "A-MET-01", []string{"A-MET-19"}},
	{"罗汉果甜苷提纯，去苦味", "A-MED-01", []string{"A-MED-19"}},
	{"柑橘黄龙病田间快速检测", "A-AGR-03", []string{"A-AGR-19"}},
	{"高浓度糖蜜酒精废液的处置", "A-SUG-15", nil},
	{"抗台风的深水网箱养殖金鲳鱼", "A-SEA-03", []string{"A-SEA-16"}},
	{"切段式甘蔗联合收割机，降低切割损失", "A-SUG-08", []string{"A-MAC-06", "A-MAC-20"}},
	{"三七连作障碍怎么克服", "A-MED-02", nil},
	{"动力电池热失控预警，提前量≥10分钟", "A-NEV-02", nil},
	{"废旧易拉罐保级再生", "A-MET-16", nil},
}

// allPasted: of a line without a title what is obviously meant is fair at least and comes first among what is
// not akin to it; of the rest at most one in five is called strong (a raw material in common can make it so); a
// line that nothing in the library is about has no good match.
func allPasted(t *testing.T, e *Engine) {
	var rest, strong int
	for _, p := range pastedLines {
		r, s := pasted(t, e, p.line, p.meant, p.kin)
		rest, strong = rest+r, strong+s
	}
	if rest == 0 || strong*5 > rest {
		t.Errorf("%d of %d records that are not meant are called strong", strong, rest)
	}
	for _, line := range []string{"太空电梯缆绳的编织装置", "古籍善本的脱酸修复", "地铁盾构刀盘换刀机器人"} {
		r := matched(t, e, Ask{Top: 5}, Document{ID: line, Parts: []Part{{Column: "text", Role: RoleText, Raw: line}}})[0]
		if r.NoGood == nil {
			t.Errorf("%s: %s is called %s (%.2f)", line, r.Matches[0].AchievementID, r.Matches[0].Level, r.Matches[0].Score)
		}
	}
}

// pasted checks a line, and counts what is neither meant nor akin, and what of it is strong.
func pasted(t *testing.T, e *Engine, line, meant string, kin []string) (rest, strong int) {
	t.Helper()
	r := matched(t, e, Ask{Top: 5, Apart: true}, Document{ID: line, Parts: []Part{{Column: "text", Role: RoleText, Raw: line}}})[0]
	found := false
	for _, m := range r.Matches {
		t.Logf("%s: %s %s %.2f", line, m.AchievementID, m.Level, m.Score)
		switch {
		case m.AchievementID == meant:
			found = true
			if m.Level != Strong && m.Level != Fair {
				t.Errorf("%s: %s is %s (%.2f)", line, meant, m.Level, m.Score)
			}
		case slices.Contains(kin, m.AchievementID):
		case !found:
			t.Errorf("%s: %s comes before %s", line, m.AchievementID, meant)
		default:
			rest++
			if m.Level == Strong {
				strong++
			}
		}
	}
	if !found {
		t.Errorf("%s: %s is not among %d matches", line, meant, len(r.Matches))
	}
	return rest, strong
}
