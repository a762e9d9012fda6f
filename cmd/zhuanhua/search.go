package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/intake"
	"zhuanhua/match"
	reports "zhuanhua/report"
	"zhuanhua/store"
)

const searchExamples = `  zhuanhua search --achievements examples/achievements.jsonl 蔗渣 木糖
  zhuanhua search --achievements examples/achievements.jsonl '"木糖醇" -饲料 成熟度:6 地区:柳州 方式:许可'
  zhuanhua search --needs examples/needs.jsonl --json 赤泥
  zhuanhua search --data data --kind need 赤泥
`

// found is one line of search's JSON.
type found struct {
	ID    string       `json:"id"`
	Title string       `json:"title"`
	Score float64      `json:"score"`          // 0–1, falling
	Same  []match.Same `json:"same,omitempty"` // other wordings of the same
}

func runSearch(ctx context.Context, io stdio, args []string) error {
	f := newFlags(io, "search", "search --achievements FILE | --needs FILE | --data DIR [flags] WORDS…\n\n"+
		"\"…\" must occur as it stands, -word must not; 地区: 领域: 成熟度: 方式: 价格: (region: field: maturity: mode: price:) narrow.", searchExamples)
	achievements := f.String("achievements", "", "`FILE` of achievements to search (jsonl, csv, xlsx)")
	needs := f.String("needs", "", "`FILE` of needs to search")
	top := f.Int("top", 10, "documents shown, at most")
	records := addRecordFlags(f)
	apart := f.Bool("apart", false, "several wordings of one achievement as lines of their own, not as one")
	kind := f.String("kind", "", "with --data: search `achievement` or need")
	engine := addEngineFlags(f)
	words, err := parse(f, args)
	if err != nil {
		return err
	}
	noun, err := nounFlag(*kind)
	if err != nil {
		return err
	}
	sources := 0
	for _, given := range []bool{*achievements != "", *needs != "", records.named() && *achievements+*needs == ""} {
		if given {
			sources++
		}
	}
	if sources != 1 || noun != "" && noun != zhuanhua.NounAchievement && noun != zhuanhua.NounNeed || len(words) == 0 || *top < 1 {
		return errUsage{fmt.Errorf("search needs either --achievements FILE, --needs FILE or --data DIR, and words; see zhuanhua search --help")}
	}
	q, err := match.ParseSearch(strings.Join(words, " "), intake.RegionOf)
	if err != nil {
		return err
	}
	q.Apart = *apart
	if *achievements+*needs == "" {
		there, err := records.indexed(ctx, io, engine, func(_ *store.Store, x *app.Index) error {
			if noun == "" {
				noun = zhuanhua.NounAchievement
			}
			return printSearch(ctx, io, x.Engine(noun), &q, *top, records.json)
		})
		if there || err != nil {
			return err
		}
	}
	docs, err := records.searched(ctx, io, noun, *achievements, *needs)
	if err != nil {
		return err
	}
	e, done, err := engine.open(ctx, io)
	if err != nil {
		return err
	}
	defer done()
	if err := e.Add(ctx, docs); err != nil {
		return err
	}
	return printSearch(ctx, io, e, &q, *top, records.json)
}

func printSearch(ctx context.Context, io stdio, e *match.Engine, q *match.Search, top int, asJSON bool) error {
	hits, err := e.Search(ctx, q, top)
	if err != nil {
		return err
	}
	return printFound(io, e, hits, asJSON)
}

// searched reads what is searched: a file, or the records.
func (r *recordFlags) searched(ctx context.Context, io stdio, noun zhuanhua.Noun, achievements, needs string) ([]match.Document, error) {
	if needs != "" || achievements == "" && noun == zhuanhua.NounNeed {
		rows, err := r.needs(ctx, io, needs, intake.Options{})
		return documents(rows, match.NeedDocument), err
	}
	rows, err := r.achievements(ctx, io, achievements, intake.Options{})
	return documents(rows, match.AchievementDocument), err
}

func printFound(io stdio, e *match.Engine, hits []match.Found, asJSON bool) error {
	w := bufio.NewWriter(io.out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, h := range hits {
		title := e.Document(h.ID).Title()
		if asJSON {
			if err := enc.Encode(found{h.ID, title, h.Score, h.Same}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(w, "%2d. %s  %s\n", i+1, h.ID, oneLine(title))
		if len(h.Same) > 0 {
			fmt.Fprintf(w, "    %s\n", reports.OtherWordings(h.Same))
		}
	}
	if len(hits) == 0 && !asJSON {
		fmt.Fprintln(w, "没有找到；可换用其他说法，或去掉限定条件。")
	}
	return w.Flush()
}
