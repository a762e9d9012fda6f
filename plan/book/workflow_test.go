package book

import (
	"flag"
	"fmt"
	"html"
	"io/fs"
	"os"
	"strings"
	"testing"

	"zhuanhua/plan"
	"zhuanhua/plans"
)

// pageFlag is -page: write docs/casework.md anew.
var pageFlag = flag.Bool("page", false, "write docs/casework.md anew")

func guangxi(t *testing.T) *plan.Pack {
	t.Helper()
	files, err := fs.Sub(plans.Files, "guangxi-2025-2027")
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.Load(files, "guangxi-2025-2027", plan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWorkflowsStandInTheBook: what an official signs names every state, step, period and field, in words.
func TestWorkflowsStandInTheBook(t *testing.T) {
	p := guangxi(t)
	for _, lang := range []plan.Lang{plan.ZH, plan.EN} {
		page, err := HTML(Input{Pack: p}, lang)
		if err != nil {
			t.Fatal(err)
		}
		shown := html.UnescapeString(string(page))
		says := func(what, s string) {
			if !strings.Contains(shown, s) {
				t.Errorf("%s: the book does not say %q", what, s)
			}
		}
		for _, w := range p.Workflows {
			says(w.ID, `id="`+w.ID+`"`)
			for _, s := range w.States {
				says(w.ID, s.Title.In(lang))
			}
			for _, k := range w.Clocks {
				says(w.ID, k.Title.In(lang))
				says(w.ID, fmt.Sprintf("<b>%d ", k.Length.Value))
				if k.Length.NotSet != nil {
					says(w.ID, k.Length.NotSet.Note.In(lang))
				}
			}
			for _, a := range w.Actions {
				says(w.ID, a.Title.In(lang))
			}
		}
		for _, f := range p.Forms {
			says(f.ID, `id="form-`+f.ID+`"`)
			for _, x := range f.Fields {
				says(f.ID, x.Title.In(lang))
			}
		}
	}
}

// TestNoBareWords: a guard, an effect, a role or a type that has no words would stand in the book as a word
// of the program.
func TestNoBareWords(t *testing.T) {
	b := &builder{pack: guangxi(t), lang: plan.ZH}
	bare := func(where, said, id string) {
		if said == id || said == "" {
			t.Errorf("%s: %q has no words", where, id)
		}
	}
	for _, w := range b.pack.Workflows {
		for _, a := range w.Actions {
			for _, g := range a.If {
				bare(w.ID+"."+a.ID, b.guard(w, g), g.Kind)
			}
			for _, e := range a.Does {
				bare(w.ID+"."+a.ID, b.effect(w, e), e.Kind)
			}
			for _, r := range a.By {
				bare(w.ID+"."+a.ID, b.actor(r.ID), r.ID)
			}
		}
		for _, s := range w.States {
			bare(w.ID+"."+s.ID, b.waits(s), s.WaitsFor+s.Outcome)
		}
		for _, k := range w.Clocks {
			bare(w.ID+"."+k.ID, b.unit(k.Unit), k.Unit)
		}
	}
	for _, f := range b.pack.Forms {
		for _, x := range f.Fields {
			bare(f.ID+"."+x.ID, b.fieldType(x.Type), string(x.Type))
		}
	}
}

// The tables of docs/casework.md stand below this line of it.
const tables = "<!-- The tables below are printed from the plan: go test ./plan/book -run TestCaseworkPage -page -->\n"

// TestCaseworkPage: the page that officials check by hand says what the plan says.
func TestCaseworkPage(t *testing.T) {
	const name = "../../docs/casework.md"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	prose, have, ok := strings.Cut(string(data), tables)
	if !ok {
		t.Fatalf("%s has no line %q", name, tables)
	}
	b := &builder{pack: guangxi(t), lang: plan.ZH}
	var want strings.Builder
	for _, w := range b.workflows() {
		want.WriteString(markdown(b, w))
	}
	if *pageFlag {
		if err := os.WriteFile(name, []byte(prose+tables+want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if have != want.String() {
		t.Errorf("%s says something else than the plan; write it anew with -page", name)
	}
}

// markdown is a workflow as tables.
func markdown(b *builder, w workflowView) string {
	var out strings.Builder
	line := func(cells ...string) {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", "\\|")
		}
		fmt.Fprintf(&out, "| %s |\n", strings.Join(cells, " | "))
	}
	fmt.Fprintf(&out, "\n## %s（%s）\n\n%s。申请人：%s。", w.Title.ZH, w.ID, w.Title.EN, w.Who)
	var rules []string
	for _, r := range w.Serves {
		rules = append(rules, r.ID)
	}
	if len(rules) > 0 {
		fmt.Fprintf(&out, "用于规则：%s。", strings.Join(rules, "、"))
	}
	out.WriteString("\n\n")
	line("时限", "多长", "谁定", "怎么算", "到期")
	line("---", "---", "---", "---", "---")
	for _, k := range w.Clocks {
		who := b.source(k.Length.Source).Title
		if k.Length.NotSet != nil {
			who = "暂定，由" + offices(b, k.Length.NotSet.SetBy) + "定"
		}
		line(k.Title.ZH, k.Long, who, k.Runs, k.Then)
	}
	out.WriteString("\n")
	line("状态", "等谁")
	line("---", "---")
	for _, s := range w.States {
		line(s.Title.ZH, s.Says)
	}
	out.WriteString("\n")
	line("步骤", "谁办", "从 → 到", "须具备", "随后")
	line("---", "---", "---", "---", "---")
	for _, s := range w.Steps {
		must := s.Must
		if s.RuleForm {
			must = append([]string{"填规则的申请表"}, must...)
		} else if f := b.pack.Form(s.Form.ID); f != nil {
			must = append([]string{"填《" + f.Title.ZH + "》"}, must...)
		}
		if s.Note == "required" {
			must = append(must, "写明理由")
		}
		line(s.Title.ZH, s.Who, s.Way, strings.Join(must, "；"), strings.Join(s.Follows, "；"))
	}
	return out.String()
}

func offices(b *builder, refs []plan.Ref) string {
	var out []string
	for _, o := range b.offices(refs) {
		out = append(out, o.Name)
	}
	return strings.Join(out, "、")
}
