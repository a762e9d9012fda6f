package main

import (
	"errors"
	"fmt"
	streams "io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"strings"

	"zhuanhua"
	"zhuanhua/plan"
	"zhuanhua/plan/advice"
)

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }

// factRow is one fact of a rule as JSON.
type factRow struct {
	ID       string      `json:"id"`
	Type     plan.Type   `json:"type"`
	Unit     plan.Text   `json:"unit"`
	Title    plan.Text   `json:"title"`
	Question plan.Text   `json:"question"`
	Values   []valueRow  `json:"values,omitempty"`
	Source   plan.Source `json:"source"`
}

// valueRow is one value of an enumeration.
type valueRow struct {
	Code string    `json:"code"`
	Name plan.Text `json:"name"`
}

// planFacts lists what a rule asks for.
func planFacts(io stdio, o *planFlags, args []string) error {
	if len(args) != 1 {
		return errUsage{fmt.Errorf("plan facts needs one rule, such as R01; zhuanhua plan check lists them")}
	}
	p, err := o.load(io)
	if err != nil {
		return err
	}
	facts, err := p.FactsOf(args[0])
	if err != nil {
		return err
	}
	rows := make([]factRow, 0, len(facts))
	for _, f := range facts {
		row := factRow{ID: f.ID, Type: f.Type, Unit: f.Unit, Title: f.Title, Question: f.Question, Source: f.Source}
		if v := p.Vocabulary(f.Vocabulary.ID); v != nil {
			for _, w := range v.Values {
				row.Values = append(row.Values, valueRow{w.Code, w.Name})
			}
		}
		rows = append(rows, row)
	}
	if o.json {
		return printJSON(io, rows)
	}
	for _, r := range rows {
		fmt.Fprintf(io.out, "%s (%s, %s)\n  %s\n", r.ID, r.Type, r.Unit.In(o.language()), r.Question.In(o.language()))
		for _, v := range r.Values {
			fmt.Fprintf(io.out, "    %-22s %s\n", v.Code, v.Name.In(o.language()))
		}
	}
	return nil
}

// planQuote answers one rule, or all of them, for a file of facts.
func planQuote(io stdio, o *planFlags, args []string) error {
	if len(args) != 1 || o.facts == "" {
		return errUsage{fmt.Errorf("plan quote needs one rule (or all) and --facts FILE; zhuanhua plan facts RULE lists what to write into it")}
	}
	on, err := o.day()
	if err != nil {
		return err
	}
	p, err := o.load(io)
	if err != nil {
		return err
	}
	facts, err := o.readFacts(io, p)
	if err != nil {
		return err
	}
	set, err := plan.ReadSettings(o.set)
	if err != nil {
		return err
	}
	if args[0] == "all" {
		quotes, err := p.QuoteAll(facts, on, set)
		if err != nil {
			return err
		}
		ranked := advice.Rank(p, quotes, facts)
		if o.json {
			return printJSON(io, ranked)
		}
		(&printer{io, p, o.language()}).all(ranked, on)
		return nil
	}
	q, err := p.Quote(args[0], facts, on, set)
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(io, q)
	}
	(&printer{io, p, o.language()}).quote(q)
	return nil
}

// maxFactsFile bounds what is read of a file of facts; one byte more than is allowed shows that it is
// too large.
const maxFactsFile = 1<<20 + 1

func (o *planFlags) readFacts(io stdio, p *plan.Pack) (plan.Facts, error) {
	file, err := os.Open(io.path(o.facts))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, zhuanhua.Unavailable(o.facts, "没有这个文件 (there is no such file)", "检查 --facts 的路径 (check the path of --facts)", nil)
		}
		return nil, zhuanhua.Unavailable(o.facts, "文件打不开 (the file cannot be opened)", "检查路径和权限 (check path and permission)", err)
	}
	defer file.Close()
	data, err := streams.ReadAll(streams.LimitReader(file, maxFactsFile))
	if err != nil {
		return nil, zhuanhua.Unavailable(o.facts, "文件读不出 (the file cannot be read)", "检查它是不是文件 (check that it is a file)", err)
	}
	return p.ReadFacts(data, o.facts)
}

// words of the output in both languages.
var (
	wordEligible    = plan.Text{ZH: "符合", EN: "eligible"}
	wordNotEligible = plan.Text{ZH: "不符合", EN: "not eligible"}
	wordNoAmount    = plan.Text{ZH: "金额未定", EN: "amount not set"}
)

func verdict(q *plan.Quote, l plan.Lang) string {
	switch {
	case !q.Eligible:
		return wordNotEligible.In(l)
	case q.AmountFen == nil:
		return wordEligible.In(l) + ", " + wordNoAmount.In(l)
	}
	return wordEligible.In(l) + ", " + plan.MoneyText(zhuanhua.Money(*q.AmountFen)).In(l)
}

// printer prints one answer for people.
type printer struct {
	io   stdio
	pack *plan.Pack
	lang plan.Lang
}

// say chooses the words of the language.
func (p *printer) say(zh, en string) string { return plan.Text{ZH: zh, EN: en}.In(p.lang) }

// quote prints verdict, conditions with what is missing, and the calculation.
func (p *printer) quote(q *plan.Quote) {
	l := p.lang
	fmt.Fprintf(p.io.out, "%s %s\n%s\n%s %s, %s %s\n\n%s\n", q.Rule, q.Title.In(l), p.pack.SourceText(q.Source).In(l), p.say("日期", "day"), q.On, p.say("方案版本", "plan version"), q.Version, verdict(q, l))
	for _, a := range q.Conditions {
		p.condition(q, &a)
	}
	fmt.Fprintf(p.io.out, "\n%s\n", p.say("计算", "Calculation"))
	for _, s := range q.Trace {
		p.step(&s)
	}
	for _, u := range q.Unset {
		fmt.Fprintln(p.io.out, " ", p.say("未设定：", "not set: ")+u)
	}
	for _, a := range q.Assumed {
		fmt.Fprintf(p.io.out, "  %s%s = %s. %s\n", p.say("暂定：", "assumed: "), a.Name, a.Value, a.Note.In(l))
	}
}

func (p *printer) condition(q *plan.Quote, a *plan.Answer) {
	mark := "✓"
	if !a.Met {
		mark = "✗"
	}
	where := strings.TrimSpace(a.Source.Article + " " + a.Source.Item)
	if a.Source.Doc != q.Source.Doc {
		where = p.pack.SourceText(a.Source).In(p.lang)
	}
	fmt.Fprintf(p.io.out, "  %s %s [%s]\n      %s%s; %s%s\n", mark, a.Text.In(p.lang), where, p.say("现有：", "have: "), a.Have.In(p.lang), p.say("需要：", "need: "), a.Need.In(p.lang))
	if a.ShortBy != nil {
		fmt.Fprintf(p.io.out, "      %s%s\n", p.say("差：", "short by: "), a.Short().In(p.lang))
	}
	if !a.Next.IsZero() {
		fmt.Fprintf(p.io.out, "      → %s\n", a.Next.In(p.lang))
	}
}

func (p *printer) step(s *plan.TraceStep) {
	line := "  " + s.Text.In(p.lang)
	for _, part := range []string{s.Words.In(p.lang), s.Figures.In(p.lang)} {
		if part != "" {
			line += p.say("：", ": ") + part
		}
	}
	fmt.Fprintln(p.io.out, line)
}
