package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/match"
	"zhuanhua/match/vector/parts"
	reports "zhuanhua/report"
	"zhuanhua/store"
)

const matchExamples = `  zhuanhua match --achievements examples/achievements.jsonl --needs examples/needs.jsonl --out out
  zhuanhua match --achievements 成果.xlsx --needs 需求.csv --top 5 --region 450200 --json > matches.jsonl
  zhuanhua match --achievements a.jsonl --needs n.jsonl --reverse --json
  zhuanhua match --data data --needs 新需求.xlsx --json
`

// matchFlags is all that match is told.
type matchFlags struct {
	achievements, needs, out   string
	top, best                  int
	json, reverse, apart       bool
	prove                      int
	region, field, mode, price string
	maturity                   int
	sheet, encoding            string
	records                    *recordFlags
	engine                     *engineFlags
}

func runMatch(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "match", "match --achievements FILE --needs FILE | --data DIR [flags]", matchExamples)
	m := matchFlags{}
	f.StringVar(&m.achievements, "achievements", "", "`FILE` of achievements (jsonl, csv, xlsx)")
	f.StringVar(&m.needs, "needs", "", "`FILE` of needs")
	f.IntVar(&m.top, "top", 10, "matches a need, at most")
	f.IntVar(&m.best, "best", 10, "pairs printed, best of all (without --json)")
	f.IntVar(&m.prove, "prove", 1, "reasons of each match that are told with how much the score falls without the passage (0: none)")
	f.StringVar(&m.out, "out", "", "write matches.xlsx and matches.html to `DIR`")
	m.records = addRecordFlags(f)
	f.BoolVar(&m.reverse, "reverse", false, "from achievements to needs: with --json one line an achievement")
	f.BoolVar(&m.apart, "apart", false, "several wordings of one achievement as matches of their own, not as one")
	f.StringVar(&m.region, "region", "", "only achievements of these regions: `names or codes` with commas")
	f.StringVar(&m.field, "field", "", "only achievements whose technology field holds one of these `words`")
	f.IntVar(&m.maturity, "maturity", 0, "only achievements of at least this readiness `level`, 1–9")
	f.StringVar(&m.mode, "cooperation", "", "only achievements offered in one of these `modes` (转让, 许可, …)")
	f.StringVar(&m.price, "max-price", "", "only achievements up to this `price`, such as 100万元")
	f.StringVar(&m.sheet, "sheet", "", "xlsx: `name` of the sheet to read")
	f.StringVar(&m.encoding, "encoding", "", "csv, jsonl: utf-8 or gb18030 (default: detected)")
	m.engine = addEngineFlags(f)
	rest, err := parse(f, args)
	if err != nil {
		return err
	}
	if (m.achievements == "" || m.needs == "") && !m.records.named() || len(rest) > 0 || m.top < 1 || m.top > 1000 {
		return errUsage{fmt.Errorf("match needs --achievements FILE and --needs FILE, or records with --data DIR in place of either, --top from 1 to 1000, and takes no further arguments; see zhuanhua match --help")}
	}
	m.json = m.records.json
	return m.run(ctx, io)
}

func (m *matchFlags) run(ctx context.Context, io stdio) error {
	filter, err := m.filter()
	if err != nil {
		return err
	}
	opt := intake.Options{Sheet: m.sheet, Encoding: m.encoding}
	needs, err := m.records.needs(ctx, io, m.needs, opt)
	if err != nil {
		return err
	}
	if m.achievements == "" {
		there, err := m.records.indexed(ctx, io, m.engine, func(s *store.Store, x *app.Index) error {
			return m.with(ctx, io, x.Engine(zhuanhua.NounAchievement), needs, filter, app.New(s).AchievementsOf)
		})
		if there || err != nil {
			return err
		}
	}
	achievements, err := m.records.achievements(ctx, io, m.achievements, opt)
	if err != nil {
		return err
	}
	e, done, err := m.engine.open(ctx, io)
	if err != nil {
		return err
	}
	defer done()
	if err := e.Add(ctx, documents(achievements, match.AchievementDocument)); err != nil {
		return err
	}
	return m.with(ctx, io, e, needs, filter, func(context.Context, []string) ([]intake.Achievement, error) { return achievements, nil })
}

// with matches needs by an engine; rows gives the achievements that were found.
func (m *matchFlags) with(ctx context.Context, io stdio, e *match.Engine, needs []intake.Need, filter *match.Filter, rows func(ctx context.Context, ids []string) ([]intake.Achievement, error)) error {
	asked := documents(needs, match.NeedDocument)
	if m.json && m.reverse && m.out == "" {
		back, err := e.MatchBack(ctx, asked, match.Ask{Top: m.top, Filter: filter, Prove: m.prove})
		if err != nil {
			return err
		}
		return printLines(io, back)
	}
	results, err := e.Match(ctx, asked, match.Ask{Top: m.top, Filter: filter, Apart: m.apart, Prove: m.prove})
	if err != nil {
		return err
	}
	pairs := joined{needs: needs, results: results, library: e.Len()}
	if pairs.achievements, err = rows(ctx, pairs.found()); err != nil {
		return err
	}
	if m.out != "" {
		files, err := reports.Write(m.out, pairs.report(e.Mode(), strings.Contains(m.achievements, "examples/")))
		if err != nil {
			return err
		}
		defer fmt.Fprintf(io.err, "报告 reports: %s\n", strings.Join(files, ", "))
	}
	switch {
	case m.json && m.reverse:
		back, err := e.MatchBack(ctx, asked, match.Ask{Top: m.top, Filter: filter, Prove: m.prove})
		if err != nil {
			return err
		}
		return printLines(io, back)
	case m.json:
		return printLines(io, results)
	}
	return pairs.printBest(io, m.best)
}

// filter reads the narrowing flags.
func (m *matchFlags) filter() (*match.Filter, error) {
	f := &match.Filter{MinMaturity: zhuanhua.TRL(m.maturity), TechFields: list(m.field)}
	if m.maturity != 0 && !f.MinMaturity.Valid() {
		return nil, errUsage{fmt.Errorf("--maturity %d is not a level from 1 to 9", m.maturity)}
	}
	for _, name := range list(m.region) {
		r, ok := intake.RegionOf(name)
		if !ok {
			return nil, errUsage{fmt.Errorf("--region %q is neither a known name nor a six-digit code", name)}
		}
		f.Regions = append(f.Regions, r)
	}
	for _, name := range list(m.mode) {
		f.Modes = append(f.Modes, zhuanhua.Mode(name))
		if !slices.Contains(zhuanhua.Modes(), zhuanhua.Mode(name)) {
			return nil, errUsage{fmt.Errorf("--cooperation %q is not one of %v", name, zhuanhua.Modes())}
		}
	}
	if m.price != "" {
		p, ok := zhuanhua.ParseMoney(m.price)
		if !ok {
			return nil, errUsage{fmt.Errorf("--max-price %q is not an amount such as 100万元", m.price)}
		}
		f.MaxPrice = &p
	}
	return f, nil
}

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，;；、 ", r) })
}

// printLines prints one JSON line a result.
func printLines[T any](io stdio, results []T) error {
	w := bufio.NewWriter(io.out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range results {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return w.Flush()
}

// joined is the results of a run with the rows they are about.
type joined struct {
	achievements []intake.Achievement // at least those found
	needs        []intake.Need
	results      []match.Result
	library      int // achievements searched
}

// found are the ids of all achievements in the results.
func (j *joined) found() []string {
	var ids []string
	for _, r := range j.results {
		for _, m := range r.Matches {
			ids = append(ids, m.AchievementID)
			for _, s := range m.Same {
				ids = append(ids, s.ID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (j *joined) byID() map[string]*intake.Achievement {
	m := make(map[string]*intake.Achievement, len(j.achievements))
	for i := range j.achievements {
		m[j.achievements[i].Value.ID] = &j.achievements[i]
	}
	return m
}

func (j *joined) report(mode match.Mode, example bool) reports.Input {
	in := reports.Input{Achievements: j.library, MadeAt: time.Now(), Example: example}
	model := "字面匹配"
	english := "lexical matching"
	if mode != match.Lexical {
		model, english = "字面与语义匹配（模型 "+parts.ModelName+"）", "lexical and semantic matching (model "+parts.ModelName+")"
	}
	in.How = "由 zhuanhua " + version + " 离线生成，" + model + "；结果供人工判断，不代替评审。"
	in.HowEnglish = "Made offline by zhuanhua " + version + ", " + english + ". The machine proposes, people decide."
	byID := j.byID()
	for i := range j.results {
		r := reports.NeedResult{Need: &j.needs[i], NoGood: j.results[i].NoGood}
		for _, m := range j.results[i].Matches {
			p := reports.Pair{Match: m, Achievement: byID[m.AchievementID]}
			for _, s := range m.Same {
				p.Same = append(p.Same, byID[s.ID])
			}
			r.Pairs = append(r.Pairs, p)
		}
		in.Results = append(in.Results, r)
	}
	return in
}

// printBest prints the best pairs of all needs with their reasons.
func (j *joined) printBest(io stdio, n int) error {
	type pair struct {
		need *intake.Need
		m    match.Match
	}
	var all []pair
	for i := range j.results {
		for _, m := range j.results[i].Matches {
			all = append(all, pair{&j.needs[i], m})
		}
	}
	slices.SortStableFunc(all, func(a, b pair) int { return cmp.Compare(b.m.Score, a.m.Score) })
	w := bufio.NewWriter(io.out)
	fmt.Fprintf(w, "%d 项成果 × %d 项需求：%d 对相关，最好的 %d 对：\n", j.library, len(j.needs), len(all), min(n, len(all)))
	byID := j.byID()
	for i, p := range all[:min(n, len(all))] {
		a := &byID[p.m.AchievementID].Value
		fmt.Fprintf(w, "\n%2d. %s %.2f\n    需求 %s %s\n    成果 %s %s\n", i+1, p.m.Level.Chinese(), p.m.Score, p.need.Value.ID, oneLine(p.need.Value.Title), a.ID, oneLine(a.Title))
		if len(p.m.Same) > 0 {
			fmt.Fprintf(w, "    %s\n", reports.OtherWordings(p.m.Same))
		}
		for _, r := range p.m.Reasons {
			fmt.Fprintf(w, "    + %s：“%s” ↔ “%s”%s\n", reasonWords[r.Kind], oneLine(r.Need.Text), oneLine(r.Achievement.Text), fallOf(r.Fall))
		}
		for _, o := range p.m.Against {
			fmt.Fprintf(w, "    − %s\n", oneLine(o.Message))
		}
	}
	j.printLacks(w)
	return w.Flush()
}

// printLacks tells how many needs have no good match, and for which of them the library lacks words.
func (j *joined) printLacks(w io.Writer) {
	none, lacking := 0, 0
	for _, r := range j.results {
		if len(r.Matches) == 0 {
			none++
		}
		if r.NoGood != nil {
			lacking++
		}
	}
	if none > 0 {
		fmt.Fprintf(w, "\n%d 项需求在库中暂无合适成果。\n", none)
	}
	if lacking == 0 {
		return
	}
	fmt.Fprintf(w, "\n%d 项需求没有较强相关以上的成果 (no good match)：\n", lacking)
	for i, r := range j.results {
		if r.NoGood == nil {
			continue
		}
		fmt.Fprintf(w, "    %s %s", r.NeedID, oneLine(j.needs[i].Value.Title))
		if words := append(slices.Clone(r.NoGood.Missing), r.NoGood.Indicators...); len(words) > 0 {
			fmt.Fprintf(w, "；库中没有 (not in the library)：%s", oneLine(strings.Join(words, "、")))
		}
		fmt.Fprintln(w)
	}
}

// fallOf says by how much the score falls without a passage.
func fallOf(fall *float64) string {
	if fall == nil {
		return ""
	}
	return fmt.Sprintf("（去掉则 %+.2f）", -*fall)
}

var reasonWords = map[string]string{
	match.ReasonPhrase: "共同表述", match.ReasonPassage: "语义相近", match.ReasonNumber: "指标对比", match.ReasonField: "领域一致",
}

// oneLine makes a text fit a terminal line: blanks for breaks and control characters, cut at 60.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
