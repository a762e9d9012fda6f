package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"zhuanhua"
	"zhuanhua/app"
)

// tickEvery is how often a server looks whether a period has run out. Periods end at midnight in Beijing, so it looks
// soon after that too.
const (
	tickEvery     = 5 * time.Minute
	afterMidnight = 2 * time.Second
)

// timekeeper does what clocks of cases ask for while a server runs, so that a period ends on its day and not when
// somebody next looks at the case.
type timekeeper struct {
	app  *app.App
	desk *app.Desk
	out  io.Writer                         // for people who run the server
	wait func(now time.Time) time.Duration // until the next look
	told map[string]bool                   // what was said about cases that are stuck
}

func newTimekeeper(a *app.App, d *app.Desk, out io.Writer) *timekeeper {
	return &timekeeper{app: a, desk: d, out: out, wait: untilTick, told: map[string]bool{}}
}

// untilTick is how long to wait for the next look.
func untilTick(now time.Time) time.Duration {
	today := zhuanhua.DateOf(now)
	midnight := time.Date(today.Year, today.Month, today.Day+1, 0, 0, 0, 0, zhuanhua.Shanghai())
	return min(tickEvery, midnight.Add(afterMidnight).Sub(now))
}

// run looks at once and then again and again until the context ends, one look after the other. What fails is said
// and tried again at the next look.
func (k *timekeeper) run(ctx context.Context) {
	for {
		if err := k.tick(ctx); err != nil && ctx.Err() == nil {
			fmt.Fprintf(k.out, "时限未能办理，稍后再试 clocks could not be seen to, they are tried again: %v\n", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(k.wait(time.Now())):
		}
	}
}

// tick does what is due. The time of a rehearsal is that of its commands, and no server's.
func (k *timekeeper) tick(ctx context.Context) error {
	rehearsal, err := k.app.Rehearsal(ctx)
	if err != nil || rehearsal {
		return err
	}
	ticked, err := k.desk.Tick(ctx)
	for _, s := range ticked.Steps {
		fmt.Fprintf(k.out, "时限到期 a period is over: %s  %s → %s\n", s.ID, s.Action, s.To)
	}
	for _, s := range ticked.Stuck {
		line := fmt.Sprintf("时限未能办理 a clock is stuck: %s  %s", s.Case, s.Why)
		if !k.told[line] {
			fmt.Fprintln(k.out, line)
		}
		k.told[line] = true
	}
	return err
}
