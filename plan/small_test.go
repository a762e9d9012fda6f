package plan_test

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"

	"zhuanhua/plan"
)

// smallPack is the least that is a plan: one rule with one parameter, one condition and two trials.
func smallPack() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"plan.yaml": `plan: small
version: "1"
example: true
title: {zh: 示例方案, en: Example plan}
issuer: {zh: 示例机关, en: Example office}
dated: 2026-01-01
valid: {from: 2026-01-01, to: 2026-12-31, source: {doc: text}}
region: "990000"
documents:
  text: {title: {zh: 示例文本, en: Example text}, confidence: sure}
legal_bases: [text]
rounding: down
stacking: {default: flag, note: {zh: 未写, en: silent}, not_set: {note: {zh: 未写, en: silent}, set_by: [A]}}
items:
  - id: P.1
    kind: money
    text: {zh: 示例, en: example}
    carried_by: {kind: rule, ref: R1}
    proof: ["trials:R1"]
    source: {doc: text}
`,
		"departments.yaml":  "- {code: A, name: {zh: 示例部门, en: Example department}, source: {doc: text}}\n",
		"vocabularies.yaml": "grade:\n  title: {zh: 等次, en: grade}\n  source: {doc: text}\n  values:\n    - {code: good, name: {zh: 好, en: good}}\n    - {code: bad, name: {zh: 差, en: bad}}\n",
		"facts.yaml": `- {id: paid_fen, type: money, title: {zh: 已付, en: paid}, question: {zh: 已付多少？, en: "How much?"}, unit: {zh: 分, en: fen}, source: {doc: text}}
- {id: grade, type: enum, enum: grade, title: {zh: 等次, en: grade}, question: {zh: 哪一等？, en: "Which?"}, unit: {zh: 等, en: grade}, source: {doc: text}}
`,
		"incentives/R1.yaml": `rule: R1
title: {zh: 示例补助, en: Example subsidy}
measure: P.1
beneficiary: {zh: 示例企业, en: an example firm}
source: {doc: text, item: P.1}
facts: [paid_fen, grade]
parameters:
  rate: {kind: rate, title: {zh: 比例, en: rate}, values: [{value: 50 %, source: {doc: text}}]}
conditions:
  - id: good
    text: {zh: 等次为好, en: The grade is good}
    when: grade == 'good'
    need: {zh: 好, en: good}
    next: {zh: 改进, en: do better}
    source: {doc: text}
  - id: paid
    text: {zh: 已付款, en: Paid}
    when: stated(paid_fen)
    need: {zh: 已付金额, en: the amount paid}
    next: {zh: 写明, en: state it}
    source: {doc: text}
amount:
  steps:
    - {id: half, text: {zh: 一半, en: half}, value: rate * paid_fen}
`,
		"trials/R1.yaml": `rule: R1
on: 2026-06-30
base: {paid_fen: 3 分, grade: good}
trials:
  - trial: {zh: 一半舍到分, en: half of it}
    expect: {eligible: true, amount: 1 分}
  - trial: {zh: 等次为差, en: a bad grade}
    facts: {grade: bad}
    expect: {eligible: false, unmet: [good]}
`,
	} {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

// TestSmallPack: the least plan loads without a table of regions, and its trials pass.
func TestSmallPack(t *testing.T) {
	p, err := plan.Load(smallPack(), "small", plan.Options{})
	if err != nil {
		t.Fatal(faultText(err.(plan.Faults)))
	}
	results := p.RunTrials()
	if len(results) != 2 || !results[0].Passed() || !results[1].Passed() {
		t.Errorf("%+v", results)
	}
	if s := p.States(results, nil)["P.1"]; s != (plan.ItemState{Kind: "rule", Ref: "R1", State: plan.Works}) {
		t.Errorf("%+v", s)
	}
}

// FuzzLoad reads arbitrary bytes as one file of a plan with workflows and forms: whatever they are, the loader
// answers with a pack whose trials can be run, or with faults that have a place and words.
func FuzzLoad(f *testing.F) {
	files := casework(f)
	for name, file := range files {
		f.Add(name, file.Data)
	}
	f.Add("facts.yaml", []byte(bomb()))
	f.Fuzz(func(t *testing.T, file string, data []byte) {
		if files[file] == nil {
			file = "incentives/R1.yaml"
		}
		changed := maps.Clone(files)
		changed[file] = &fstest.MapFile{Data: data}
		p, err := plan.Load(changed, "casework", plan.Options{})
		if err == nil {
			p.RunTrials()
			return
		}
		faults, ok := err.(plan.Faults)
		if !ok || len(faults) == 0 {
			t.Fatalf("an error without faults: %v", err)
		}
		for _, x := range faults {
			if x.File == "" || x.What.ZH == "" || x.What.EN == "" {
				t.Errorf("a fault without place or words: %+v", x)
			}
		}
	})
}

// TestRandomDamage damages the small plan at random, the same way in each run: the loader answers with
// a plan or with faults that have a place, and never gives up in another way.
func TestRandomDamage(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	refused := 0
	names := slices.Sorted(maps.Keys(smallPack()))
	for range 600 {
		files := smallPack()
		name := names[r.IntN(len(names))]
		data := bytes.Clone(files[name].Data)
		for range 1 + r.IntN(4) {
			at := r.IntN(len(data))
			switch r.IntN(3) {
			case 0:
				data[at] = byte(r.IntN(128))
			case 1:
				data = slices.Delete(data, at, min(len(data), at+1+r.IntN(8)))
			case 2:
				from := r.IntN(len(data))
				data = slices.Insert(data, at, bytes.Clone(data[from:min(len(data), from+20)])...)
			}
		}
		files[name] = &fstest.MapFile{Data: data}
		p, err := plan.Load(files, "small", plan.Options{})
		if err == nil {
			p.RunTrials()
			continue
		}
		refused++
		for _, f := range err.(plan.Faults) {
			if f.File == "" || f.What.ZH == "" || f.What.EN == "" {
				t.Errorf("%s: a fault without place or words: %+v\n%s", name, f, data)
			}
		}
	}
	if refused < 300 {
		t.Errorf("only %d of 600 damaged plans are refused", refused)
	}
}
