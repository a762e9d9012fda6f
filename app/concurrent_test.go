package app_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// together runs work in so many goroutines that begin at once, and returns their errors in order.
func together(n int, work func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = work(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// TestFiftyOnOne: fifty answer one question at the same time. Each answer that was acknowledged is a step,
// in a row without gaps, and the others are told who was first.
func TestFiftyOnOne(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		for i := range 50 {
			h.user(fmt.Sprintf("u%d", i), fmt.Sprintf("U-%d", i), zhuanhua.RoleInventor)
		}
		id := h.begin("corp", flow.Beginning{Workflow: "open-question"})
		h.must("corp", id, "pose", map[string]string{"title": "示例题目", "text": "示例题目内容"})
		errs := together(50, func(i int) error {
			return h.act(fmt.Sprintf("u%d", i), id, "answer", map[string]string{"text": fmt.Sprintf("示例答案 %d", i)})
		})
		won := map[string]bool{}
		for i, err := range errs {
			if err == nil {
				won[fmt.Sprintf("u%d", i)] = true
				continue
			}
			refusedWith(t, err, zhuanhua.KindConflict, id, "已有变动", "look at it again", "nothing of yours was recorded")
		}
		steps := 0
		for row, err := range h.store.Rows(t.Context(), zhuanhua.NounStep, store.Filter{Is: map[string]any{"case_id": id, "action": "answer"}}) {
			s, _ := store.As[zhuanhua.Step](row)
			steps++
			i := 0
			if _, scanned := fmt.Sscanf(s.By, "u%d", &i); err != nil || scanned != nil || !won[s.By] || s.Values["text"] != fmt.Sprintf("示例答案 %d", i) {
				t.Errorf("%+v %v", s, err)
			}
		}
		v, err := h.desk.Case(h.ctx, "officer", id)
		if err != nil || steps != len(won) || len(won) == 0 || v.Steps != steps+2 || int(v.Version) != v.Steps || v.History[v.Steps-1].N != v.Steps {
			t.Errorf("%d acknowledged, %d steps, %d in the case, version %d: %v", len(won), steps, v.Steps, v.Version, err)
		}
		t.Logf("%d of 50 won", len(won))
		h.sound()
	})
}

// TestThousandOnMany: a thousand people approve a hundred cases at once, ten each case, and the budget is enough for
// sixty. Every case is decided once; nothing is overdrawn; who comes too late is told why.
func TestThousandOnMany(t *testing.T) {
	cases, enough := 100, 60
	if testing.Short() || slow { // the full form runs without the race detector
		cases, enough = 20, 12
	}
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		h.appropriate("R08", zhuanhua.Money(enough)*50*zhuanhua.WanYuan)
		ids := make([]string, cases)
		for i := range ids {
			ids[i] = h.claimed(i)
		}
		actors := make([]zhuanhua.Record, 10*cases)
		for i := range actors {
			actors[i] = zhuanhua.User{ID: fmt.Sprintf("approver-%d", i), Name: "示例审批人", Organisation: "KJT", Roles: []zhuanhua.Grant{{Role: zhuanhua.RoleApprover}}}
		}
		h.put(actors...)
		h.at("2026-09-15T09:00")
		begun := time.Now()
		errs := together(len(actors), func(i int) error {
			return h.act(fmt.Sprintf("approver-%d", i), ids[i%cases], "approve", nil)
		})
		t.Logf("%d people at once: %.0f answers a second", len(actors), float64(len(actors))/time.Since(begun).Seconds())
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case strings.Contains(err.Error(), "已有变动") || strings.Contains(err.Error(), "预算") || strings.Contains(err.Error(), "此前一步"):
			default:
				t.Errorf("this does not say why: %v", err)
			}
		}
		approved, err := h.desk.Cases(h.ctx, "auditor", app.CaseFilter{State: "approved"})
		if err != nil || len(approved) != enough || won != enough {
			t.Errorf("%d approved, %d acknowledged, enough for %d: %v", len(approved), won, enough, err)
		}
		h.sound()
	})
}

// TestOvertaken: who acts on an old version learns who did what, and which fields differ; so does who
// writes the same form at the same time without naming a version.
func TestOvertaken(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		id := h.begin("corp", flow.Beginning{Workflow: "job-reward", Rule: "R08"})
		seen, err := h.desk.Case(h.ctx, "corp2", id)
		if err != nil {
			t.Fatal(err)
		}
		h.must("corp", id, "claim", jobs(1))
		err = h.act("corp2", id, "withdraw", nil, func(d *app.Doing) { d.Version = seen.Version })
		refusedWith(t, err, zhuanhua.KindConflict, "第 1 版 → 第 2 版", "corp 2026-09-01 09:00:00 claim", `state "draft" → "claimed"`, `claim-jobs.jobs_created "" → "30"`, "case show "+id)
		err = h.act("corp2", id, "withdraw", nil, func(d *app.Doing) { d.Version = 77 })
		refusedWith(t, err, zhuanhua.KindConflict, "没有第 77 版")
		if err := h.act("corp2", id, "withdraw", nil, func(d *app.Doing) { d.Version = 2 }); err != nil {
			t.Error(err)
		}
		h.sound()
	})
}

// TestDoubleClaim: two cases claim on the same record at once, and one gets it.
func TestDoubleClaim(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, example)
		ids := []string{h.begin("corp", flow.Beginning{Workflow: "job-reward", Rule: "R08"}), h.begin("other", flow.Beginning{Workflow: "job-reward", Rule: "R08"})}
		errs := together(2, func(i int) error { return h.act([]string{"corp", "other"}[i], ids[i], "claim", jobs(1)) })
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v", errs)
		}
		for _, err := range errs {
			if err != nil {
				refusedWith(t, err, zhuanhua.KindInvalid, "示例清单-1", "同一记录只能申请一次")
			}
		}
		h.sound()
	})
}

// meanwhile is a file during whose reading something else happens.
type meanwhile struct {
	content string
	once    *sync.Once
	do      func()
}

func (m meanwhile) ReadAt(p []byte, off int64) (int, error) {
	m.once.Do(m.do)
	return strings.NewReader(m.content).ReadAt(p, off)
}

// TestSameForm: while one fills a form a colleague saves the same one. The second is not written over the
// first: who comes later is told which fields differ, and their attachment is not kept.
func TestSameForm(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		h := newHall(t, o, guangxi)
		h.user("uni2", "O-3", zhuanhua.RoleInventor)
		id := h.begin("uni", flow.Beginning{Workflow: "horizontal-project", Rule: "R05"})
		content := "%PDF-1.7 示例合同"
		do := app.Doing{Act: flow.Act{Action: "save", Values: map[string]string{"leader": "示例甲"}}}
		do.Files = []app.File{{Field: "contract_text", Name: "示例.pdf", Size: int64(len(content)), Content: meanwhile{content, &sync.Once{}, func() {
			h.must("uni2", id, "save", map[string]string{"leader": "示例乙"}, func(d *app.Doing) { d.Note = "" })
		}}}}
		_, err := h.desk.Do(h.ctx, "uni", id, do)
		refusedWith(t, err, zhuanhua.KindConflict, "uni2", "save", `claim-R05.leader "" → "示例乙"`, "nothing of yours was recorded")
		v, err := h.desk.Case(h.ctx, "uni", id)
		if err != nil || v.Forms["claim-R05"].Values["leader"] != "示例乙" || v.Steps != 2 {
			t.Errorf("%+v %v", v.Forms, err)
		}
		if i, err := h.store.Verify(t.Context()); err != nil || i.Attachments != 0 {
			t.Errorf("%d attachments: %v", i.Attachments, err)
		}
		h.sound()
	})
}
