package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/store"
)

// told is what the log says of one entry, read from the steps of its cases and from nothing that was computed.
type told struct {
	id, from string
	ended    string // the day of its revocation, "" none
}

// fromLog reads every step of the log and tells the story of each observation post again, in words of its own:
// entered by "enter" from the day that the application said, for two years; gone by "revoke" or "remove".
func fromLog(t *testing.T, s *store.Store) []told {
	t.Helper()
	said := map[string]map[string]string{} // by case: what was filled in, the last counts
	entry := map[string]string{}           // by case
	posts := map[string]*told{}
	var order []string
	for e, err := range s.Events(t.Context(), store.EventFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		var p struct {
			Image json.RawMessage `json:"image"`
		}
		if err := json.Unmarshal([]byte(e.Payload), &p); err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasPrefix(e.Subject, "case/"):
			var c zhuanhua.Case
			if err := json.Unmarshal(p.Image, &c); err != nil {
				t.Fatal(err)
			}
			entry[c.ID] = c.Accreditation
		case strings.HasPrefix(e.Subject, "step/"):
			var st zhuanhua.Step
			if err := json.Unmarshal(p.Image, &st); err != nil {
				t.Fatal(err)
			}
			if said[st.Case] == nil {
				said[st.Case] = map[string]string{}
			}
			for k, v := range st.Values {
				said[st.Case][k] = v
			}
			day := st.At.In(time.FixedZone("Beijing", 8*3600)).Format(time.DateOnly)
			id := entry[st.Case]
			switch st.Action {
			case "enter":
				posts[id] = &told{id: id, from: said[st.Case]["opened_on"]}
				order = append(order, id)
			case "revoke", "remove":
				if on := said[st.Case]["effective_on"]; on != "" {
					day = on
				}
				posts[id].ended = day
			}
		}
	}
	var out []told
	for _, id := range order {
		out = append(out, *posts[id])
	}
	return out
}

// there reports whether a post is there on a day, comparing days as text.
func (x told) there(on string) bool {
	from, err := time.Parse(time.DateOnly, x.from)
	if err != nil {
		return false
	}
	end := from.AddDate(2, 0, 0).Format(time.DateOnly) // the first day on which it is not there any more
	return on >= x.from && on < end && (x.ended == "" || on < x.ended) && x.from >= "2026-01-01"
}

// TestCountsAgreeWithTheLog: after a random history, the count as of fifty random days, with the records behind it,
// is that of a recount from the raw events.
func TestCountsAgreeWithTheLog(t *testing.T) {
	const seed = 20260302
	dice := rand.New(rand.NewPCG(seed, 1))
	h := newHall(t, store.Options{Dir: t.TempDir()}, example)
	now := time.Date(2026, 9, 1, 9, 0, 0, 0, zhuanhua.Shanghai())
	var open []string
	for i := range 50 {
		now = now.AddDate(0, 0, dice.IntN(25))
		h.ctx = store.At(h.t.Context(), now)
		n := dice.IntN(10)
		if len(open) == 0 || n < 5 {
			opened := now.AddDate(0, 0, dice.IntN(500)-400).Format(time.DateOnly)
			open = append(open, h.enter([]string{"corp2", "uni"}[dice.IntN(2)], "observation-post", map[string]string{"name": fmt.Sprintf("示例观察点%d", i), "region": "990200", "observers": "2", "opened_on": opened}))
			continue
		}
		at := dice.IntN(len(open))
		id := open[at]
		v, err := h.desk.Entry(h.ctx, "officer", id, app.RegisterFilter{}, false)
		if err != nil {
			t.Fatal(err)
		}
		if v.State != zhuanhua.EntryActive { // not begun yet, or at its end
			continue
		}
		holder := map[string]string{"O-1": "corp2", "O-3": "uni"}[v.Organisation]
		switch {
		case n < 6:
			h.change(holder, id, "rename", map[string]string{"new_name": fmt.Sprintf("示例新名%d", i)})
		case n < 7:
			h.evaluate(id, "90", "90", "confirm")
		case n < 8:
			h.evaluate(id, "10", "10", "remove")
			open = slices.Delete(open, at, at+1)
		default:
			values := map[string]string{}
			if dice.IntN(2) == 0 {
				values["effective_on"] = now.AddDate(0, 0, dice.IntN(40)).Format(time.DateOnly)
			}
			if err := h.revoke(holder, id, values); err != nil {
				refusedWith(t, err, zhuanhua.KindInvalid, "状态") // it runs out before that day
				continue
			}
			open = slices.Delete(open, at, at+1)
		}
	}
	posts := fromLog(t, h.store)
	nonzero := 0
	for range 50 {
		on := time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, dice.IntN(1500)).Format(time.DateOnly)
		want := []string{}
		for _, p := range posts {
			if p.there(on) {
				want = append(want, p.id)
			}
		}
		n, got := h.count("T01", on)
		slices.Sort(got)
		slices.Sort(want)
		if n != len(want) || !slices.Equal(got, want) {
			t.Errorf("on %s: %v, the log says %v (seed %d)", on, got, want, seed)
		}
		if n > 0 {
			nonzero++
		}
	}
	if nonzero < 20 || len(posts) < 15 {
		t.Errorf("the history says too little: %d posts, %d days with any", len(posts), nonzero)
	}
}

// revoke asks for a revocation and grants it, or gives the case up where it is refused.
func (h *hall) revoke(as, entry string, values map[string]string) error {
	h.t.Helper()
	id := h.begin(as, flow.Beginning{Workflow: "example-change", Entry: entry})
	all := map[string]string{"change": "revoke", "reasons": "示例理由"}
	for k, v := range values {
		all[k] = v
	}
	h.must(as, id, "ask", all)
	err := h.act("approver", id, "revoke", nil)
	if err != nil {
		h.must("approver", id, "keep", nil)
	}
	return err
}
