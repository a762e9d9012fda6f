package lexical

import (
	"testing"

	"zhuanhua/match/text"
)

// TestScoreTextIsTheScore: a text that stands in the index scores bit by bit what the index says, in any
// segment.
func TestScoreTextIsTheScore(t *testing.T) {
	x, err := New(Options{Weights: []int{2, 1}, K1: 1.2, B: 0.75})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][2]string{{"甘蔗渣制木糖", "稀酸水解甘蔗渣，木糖收率72%"}, {"糖蜜发酵", ""}, {"", "木糖木糖木糖"}, {"赤泥制陶粒", "赤泥掺量45%"}}
	fields := func(r [2]string) [][]text.Term { return [][]text.Term{text.Terms(r[0]), text.Terms(r[1])} }
	for i, r := range rows {
		if err := x.Add(Doc{ID: string(rune('a' + i)), Fields: fields(r)}); err != nil {
			t.Fatal(err)
		}
	}
	v := x.View()
	var q Query
	for i, term := range text.Terms("甘蔗渣制木糖技术") {
		q = append(q, QueryTerm{Term: term, Weight: float32(i%3) + 0.2})
	}
	some := 0
	for i, r := range rows {
		doc, _ := v.Doc(string(rune('a' + i)))
		want := v.ScoreDocs(q, []int{doc}, nil)[0]
		if got := v.ScoreText(q, fields(r)); got != want {
			t.Errorf("document %d: the text scores %v, the index says %v", i, got, want)
		}
		if want > 0 {
			some++
		}
	}
	if some < 2 {
		t.Fatal("the query finds too little to compare")
	}
	if got := v.ScoreText(q, [][]text.Term{text.Terms("甘蔗渣制木糖技术")}); got <= v.ScoreText(q, fields(rows[2])) {
		t.Errorf("the query's own words score %v", got)
	}
}
