// Package simulate acts in cases as invented people would: at random, but only what the plan lets them
// do, with a clock of its own that runs through publicity periods and yearly gates. It is how a plan's
// workflows are tried before anybody depends on them. The same seed makes the same log.
package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"zhuanhua"
	"zhuanhua/app"
	"zhuanhua/flow"
	"zhuanhua/plan"
	"zhuanhua/store"
)

// Options says how much is simulated.
type Options struct {
	Cases    int
	Seed     uint64
	Progress func(done, total int) // may be nil
	Refused  func(error)           // told of every act that the plan did not allow; may be nil
}

// Row is what became of the cases of one workflow.
type Row struct {
	Workflow string         `json:"workflow"`
	Cases    int            `json:"cases"`
	Finished int            `json:"finished"` // that reached a final state
	States   map[string]int `json:"states"`   // how many cases were in it at some time
	Ended    map[string]int `json:"ended"`    // how many cases rest in it
	Events   int            `json:"events"`   // steps
	PaidFen  int64          `json:"paid_fen"`
}

// Result is what a simulation came to.
type Result struct {
	Example   string `json:"example"` // that all of it is invented
	Plan      string `json:"plan"`
	Seed      uint64 `json:"seed"`
	Workflows []Row  `json:"workflows"`
	Cases     int    `json:"cases"`
	Finished  int    `json:"finished"`
	Events    int    `json:"events"`
	PaidFen   int64  `json:"paid_fen"`
	Refused   int    `json:"refused"` // acts that the plan did not allow
	From      string `json:"from"`
	Until     string `json:"until"` // of the simulated clock
	Sum       string `json:"sum"`   // SHA-256 of the ordered dump
}

// sim is a simulation under way.
type sim struct {
	o     Options
	store *store.Store
	app   *app.App
	desk  *app.Desk
	plan  *plan.Pack
	rng   *rand.Rand
	now   time.Time
	end   time.Time

	people   people
	kinds    []*kind
	cases    []*simCase
	casesOf  map[string]int           // by workflow
	begun    int                      // cases that were tried to be begun
	active   []zhuanhua.Accreditation // the entries when a case was begun last
	hopeless bool                     // nothing is left to wait for: no cases are kept for workflows that could not begin
	plans    map[string]*guide

	refused int
}

// simCase is a case and what the simulation remembers of it.
type simCase struct {
	id, workflow string
	register     string // that it brings an entry into
	applicant    string
	trial        *plan.Trial // whose facts are filled in; nil: the workflow is about no rule
	acts         map[string]int
	closed       bool
	idle         int // turns in which nothing could be done
	stood        int // how many steps the case had when nothing could be done
}

// Open opens records for a simulation: the keys of its invented persons follow from the seed, which is what makes
// the same seed write the same log.
func Open(ctx context.Context, o store.Options, seed uint64) (*store.Store, error) {
	o.Sample = sampleOf(seed)
	return store.Open(ctx, o)
}

func sampleOf(seed uint64) string { return fmt.Sprintf("示例 %d", seed) }

// Run simulates cases over records, opened with Open, in which nothing has happened yet.
func Run(ctx context.Context, s *store.Store, p *plan.Pack, o Options) (Result, error) {
	if len(p.Workflows) == 0 {
		return Result{}, zhuanhua.Invalid(p.ID, "方案里没有流程 the plan has no workflows", "name a plan that has some with --plan")
	}
	if s.Sample() != sampleOf(o.Seed) {
		return Result{}, &zhuanhua.Error{Kind: zhuanhua.KindInternal, What: "the records were not opened for a simulation with this seed", Do: "open them with simulate.Open"}
	}
	if i, err := s.Info(ctx); err != nil || i.Events > 0 {
		if err == nil {
			err = &zhuanhua.Error{Kind: zhuanhua.KindConflict, Where: "--data", What: "这里已有记录 there are records here already", Do: "name an empty directory, or none"}
		}
		return Result{}, err
	}
	a := app.New(s)
	x := &sim{o: o, store: s, app: a, desk: a.Desk(p).WithSampleKeys(), plan: p, rng: rand.New(rand.NewPCG(o.Seed, uint64(o.Cases))),
		kinds: kindsOf(p), casesOf: map[string]int{}, plans: map[string]*guide{}}
	x.setTime()
	from := x.now
	for _, w := range p.Workflows {
		x.plans[w.ID] = newGuide(w)
	}
	if err := x.populate(ctx); err != nil {
		return Result{}, err
	}
	if err := x.run(ctx); err != nil {
		return Result{}, err
	}
	return x.result(ctx, from)
}

// setTime begins on the first day of the plan and ends with the last year of its calendar, within its
// own time and the two years after.
func (x *sim) setTime() {
	from := x.plan.Valid.From
	x.now = time.Date(from.Year, from.Month, from.Day, 9, 0, 0, 0, zhuanhua.Shanghai())
	last := from.Year + 2
	if c := x.plan.Calendar; c != nil {
		for _, y := range c.Years {
			last = max(last, y.Year)
		}
	}
	x.end = time.Date(last, 12, 31, 17, 0, 0, 0, zhuanhua.Shanghai())
}

// at is the context of what happens now.
func (x *sim) at(ctx context.Context) context.Context { return store.At(ctx, x.now) }

// pass moves the clock on, within office hours.
func (x *sim) pass(d time.Duration) {
	x.now = x.now.Add(d)
	if x.now.Hour() >= 17 {
		day := x.now.AddDate(0, 0, 1)
		x.now = time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, zhuanhua.Shanghai())
	}
}

// run gives every open case its turn, again and again. Where nothing moves, the clock goes to the next
// day on which a period ends.
func (x *sim) run(ctx context.Context) error {
	for x.now.Before(x.end) {
		if err := ctx.Err(); err != nil {
			return err
		}
		moved, err := x.round(ctx)
		if err != nil {
			return err
		}
		if moved {
			continue
		}
		next, err := x.nextDue(ctx)
		if err != nil {
			return err
		}
		if next.IsZero() || !next.Before(x.end) {
			if x.hopeless {
				return nil
			}
			x.hopeless = true
			continue
		}
		x.now = next
	}
	return nil
}

// round is one turn of every open case.
func (x *sim) round(ctx context.Context) (bool, error) {
	ticked, err := x.desk.Tick(x.at(ctx))
	if err != nil {
		return false, err
	}
	moved := len(ticked.Steps) > 0
	for range max(1, x.o.Cases/6) {
		ok, err := x.beginOne(ctx)
		if err != nil {
			return false, err
		}
		moved = moved || ok
	}
	for _, i := range x.rng.Perm(len(x.cases)) {
		c := x.cases[i]
		if c.closed {
			continue
		}
		for range 1 + x.rng.IntN(3) {
			ok, err := x.turn(ctx, c)
			if err != nil {
				return false, err
			}
			if !ok {
				break
			}
			moved = true
			x.pass(x.minutes(5, 30))
		}
	}
	x.tell()
	return moved, x.toTheBank(ctx)
}

// batchLines is how many payments go to the bank together.
const batchLines = 25

// toTheBank hands over a batch of payments that is large enough.
func (x *sim) toTheBank(ctx context.Context) error {
	var full []string
	for row, err := range x.store.Rows(ctx, zhuanhua.NounPayment, store.Filter{Is: map[string]any{"exported": 0}}) {
		if err != nil {
			return err
		}
		p, err := store.As[zhuanhua.Payment](row)
		if err != nil {
			return err
		}
		if len(p.Lines) >= batchLines {
			full = append(full, p.ID)
		}
	}
	for _, id := range full {
		if _, err := x.desk.ExportPayments(x.at(ctx), "simulate", "", id); err != nil {
			return err
		}
	}
	return nil
}

// tell says how many cases are closed.
func (x *sim) tell() {
	if x.o.Progress == nil {
		return
	}
	n := 0
	for _, c := range x.cases {
		if c.closed {
			n++
		}
	}
	x.o.Progress(n, x.o.Cases)
}

// nextDue is nine o'clock on the day after the next period ends, or on that from which the next rule holds; zero
// where there is neither. Clocks that are over by then do what they have to.
func (x *sim) nextDue(ctx context.Context) (time.Time, error) {
	var first zhuanhua.Date
	soonest := func(day zhuanhua.Date) {
		if first.IsZero() || day.Before(first) {
			first = day
		}
	}
	today := zhuanhua.DateOf(x.now)
	for _, c := range x.cases {
		if c.closed {
			continue
		}
		k, err := x.read(ctx, c.id)
		if err != nil {
			return time.Time{}, err
		}
		for _, clock := range k.Clocks {
			if !clock.Stopped && !clock.Over && !clock.Due.IsZero() && !clock.Due.Before(today) {
				soonest(clock.Due.Next())
			}
		}
	}
	for _, k := range x.kinds {
		if r := x.plan.Rule(k.rule); r != nil && len(x.cases) < x.o.Cases && today.Before(r.Valid.From) {
			soonest(r.Valid.From)
		}
	}
	if first.IsZero() {
		return time.Time{}, nil
	}
	return time.Date(first.Year, first.Month, first.Day, 9, 0, 0, 0, zhuanhua.Shanghai()), nil
}

// mistake reports whether an error is what a person can run into, and counts it.
func (x *sim) mistake(err error) bool {
	var refused *flow.Refused
	kind := zhuanhua.KindOf(err)
	if !errors.As(err, &refused) && kind != zhuanhua.KindInvalid && kind != zhuanhua.KindForbidden && kind != zhuanhua.KindConflict && kind != zhuanhua.KindNotFound {
		return false
	}
	x.refused++
	if x.o.Refused != nil {
		x.o.Refused(err)
	}
	return true
}

// result counts what became of the cases.
func (x *sim) result(ctx context.Context, from time.Time) (Result, error) {
	r := Result{Example: "示例：全部为模拟数据 (all of it is simulated)", Plan: x.plan.ID + " " + x.plan.Version, Seed: x.o.Seed, Refused: x.refused,
		From: from.Format(time.DateOnly), Until: x.now.Format(time.DateOnly), Workflows: []Row{}}
	rows := map[string]*Row{}
	for _, w := range x.plan.Workflows {
		rows[w.ID] = &Row{Workflow: w.ID, States: map[string]int{}, Ended: map[string]int{}}
	}
	for _, c := range x.cases {
		if err := x.count(ctx, rows[c.workflow], c); err != nil {
			return r, err
		}
	}
	for _, w := range x.plan.Workflows {
		row := rows[w.ID]
		r.Workflows = append(r.Workflows, *row)
		r.Cases, r.Finished, r.Events, r.PaidFen = r.Cases+row.Cases, r.Finished+row.Finished, r.Events+row.Events, r.PaidFen+row.PaidFen
	}
	h := sha256.New()
	if err := x.store.Dump(ctx, h); err != nil {
		return r, err
	}
	r.Sum = hex.EncodeToString(h.Sum(nil))
	return r, nil
}

// count adds one case to its workflow's row.
func (x *sim) count(ctx context.Context, row *Row, c *simCase) error {
	is := store.Filter{Is: map[string]any{"case_id": c.id}}
	been := map[string]bool{}
	for r, err := range x.store.Rows(ctx, zhuanhua.NounStep, is) {
		if err != nil {
			return err
		}
		s, err := store.As[zhuanhua.Step](r)
		if err != nil {
			return err
		}
		row.Events++
		been[s.To] = true
	}
	for state := range been {
		row.States[state]++
	}
	for r, err := range x.store.Rows(ctx, zhuanhua.NounEntry, is) {
		if err != nil {
			return err
		}
		e, err := store.As[zhuanhua.Entry](r)
		if err != nil {
			return err
		}
		if e.Unit == zhuanhua.UnitCNY && e.Debit == zhuanhua.Paid {
			row.PaidFen += e.Amount
		}
	}
	r, err := x.store.Get(ctx, zhuanhua.NounCase, c.id)
	if err != nil {
		return err
	}
	k, err := store.As[zhuanhua.Case](r)
	row.Cases++
	row.Ended[k.State]++
	if !k.Closed.IsZero() {
		row.Finished++
	}
	return err
}

// name marks what is invented.
func name(format string, args ...any) string { return "示例" + fmt.Sprintf(format, args...) }
