package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"zhuanhua"
)

// request is one Record on its way. Requests that wait for the writer's place are written together, in
// one transaction: the disk is asked once for all of them.
type request struct {
	ctx    context.Context
	actor  string
	shared payload
	items  []item
	files  []*Staged
	rec    Recorded
	err    error
	done   bool
}

// Bounds of a group.
const (
	groupRequests = 128
	groupItems    = 2000
)

// inGroup queues a request and has it written: by whoever gets the writer's place first.
func (s *Store) inGroup(r *request) (Recorded, error) {
	s.queueMu.Lock()
	s.queue = append(s.queue, r)
	s.queueMu.Unlock()
	if err := s.writing(); err != nil {
		s.queueMu.Lock()
		s.queue = slices.DeleteFunc(s.queue, func(x *request) bool { return x == r })
		s.queueMu.Unlock()
		if r.done { // another wrote it just before the records were closed
			return r.rec, r.err
		}
		return Recorded{}, err
	}
	defer s.mu.Unlock()
	if !r.done {
		s.runGroup(s.takeGroup(r))
	}
	if r.err != nil {
		return Recorded{}, r.err
	}
	return r.rec, nil
}

// takeGroup takes a request and those queued with it from the queue.
func (s *Store) takeGroup(r *request) []*request {
	s.queueMu.Lock()
	defer s.queueMu.Unlock()
	group, items := []*request{r}, len(r.items)
	var rest []*request
	for _, x := range s.queue {
		switch {
		case x == r:
		case len(group) < groupRequests && items+len(x.items) <= groupItems:
			group = append(group, x)
			items += len(x.items)
		default:
			rest = append(rest, x)
		}
	}
	s.queue = rest
	return group
}

// runGroup writes requests in one transaction. One that is refused does not hinder the others; where
// the transaction itself fails each is tried alone, so that each gets its own answer.
func (s *Store) runGroup(group []*request) {
	ctx := group[0].ctx
	if len(group) > 1 {
		ctx = context.WithoutCancel(ctx) // one caller who gives up does not speak for the others
	}
	err := s.write(ctx, func(t *tx) error {
		w, err := s.beginEvents(ctx, t, "")
		if err != nil {
			return err
		}
		for _, r := range group {
			if r.err = r.ctx.Err(); r.err == nil {
				r.err = s.decide(ctx, w, r)
			}
			var refused *zhuanhua.Error
			if r.err != nil && !errors.As(r.err, &refused) {
				return r.err
			}
		}
		return w.finish(ctx)
	})
	for _, r := range group {
		switch {
		case err != nil && len(group) > 1:
			s.runGroup([]*request{r})
		case err != nil:
			r.err = err
		}
		if r.err == nil {
			s.settleAll(r)
		} else {
			s.sweep(r)
		}
		r.done = true
	}
}

// eventWriter collects the events of one transaction.
type eventWriter struct {
	s       *Store
	t       *tx
	now     time.Time
	newest  string // time of the newest event
	from    chain  // where it began
	chain   chain
	have    map[string]current // by subject, what is there and what was decided since
	files   map[string]bool    // attachments that this transaction adds
	people  *people
	project *projection
	indexed bool
}

// beginEvents starts behind the head of the chain, for one actor or, with "", for a group of requests.
func (s *Store) beginEvents(ctx context.Context, t *tx, actor string) (*eventWriter, error) {
	seq, hash, at, err := headOf(ctx, t)
	if err != nil {
		return nil, err
	}
	c := chain{seq: seq, hash: hash, actor: actor}
	w := &eventWriter{s: s, t: t, newest: at, from: c, chain: c, have: map[string]current{}, files: map[string]bool{},
		people: s.keys.people(), project: newProjection()}
	if actor == "" { // a group's requests have their own
		return w, nil
	}
	return w, w.setTime(ctx)
}

// look reads what is there of the items' records, where an earlier request did not.
func (w *eventWriter) look(ctx context.Context, items []item) error {
	read, err := currentOf(ctx, w.t, items)
	for subject, c := range read {
		if _, known := w.have[subject]; !known {
			w.have[subject] = c
		}
	}
	return err
}

// accept takes over what was decided for a request.
func (w *eventWriter) accept(r *request, events []storedEvent, pays []payload, have map[string]current) error {
	for i, e := range events {
		if err := w.project.addEvent(e, pays[i]); err != nil {
			return err
		}
		if a := pays[i].Attachment; a != nil {
			w.files[a.SHA256] = true
		}
	}
	for subject, c := range have {
		w.have[subject] = c
	}
	for _, it := range r.items {
		w.indexed = w.indexed || it.Noun == zhuanhua.NounAchievement || it.Noun == zhuanhua.NounNeed
	}
	if len(events) > 0 {
		r.rec.First, r.rec.Last = events[0].Seq, events[len(events)-1].Seq
	}
	return nil
}

// add makes an event that is about no record's image.
func (w *eventWriter) add(kind, subject string, p payload) error {
	return w.project.addEvent(w.chain.add(kind, subject, p), p)
}

// finish writes the events, the rows that follow from them, and the job.
func (w *eventWriter) finish(ctx context.Context) error {
	if len(w.chain.events) == 0 {
		return nil
	}
	if err := w.s.seals.beforeWrite(ctx, w.t, w.from.seq, w.from.hash); err != nil {
		return err
	}
	if err := w.people.save(ctx, w.t); err != nil {
		return err
	}
	if err := insertEvents(ctx, w.t, w.chain.events); err != nil {
		return err
	}
	if err := w.project.flush(ctx, w.t); err != nil {
		return err
	}
	if !w.indexed {
		return nil
	}
	return w.t.wake(ctx)
}

func insertEvents(ctx context.Context, db bun.IDB, events []storedEvent) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{e.Seq, e.At, e.Actor, e.Kind, e.Subject, e.Payload, e.PrevHash, e.Hash}
	}
	return insert(ctx, db, "events", columnsOf("events"), rows, "")
}
