package store

import (
	"context"
	"time"

	"zhuanhua"
)

// atKey is under which a context carries the time of a rehearsal.
type atKey struct{}

// At makes t the time of whatever is recorded under the context: for rehearsals, which are kept in
// records of their own. It may not lie before the newest event.
func At(ctx context.Context, t time.Time) context.Context {
	return AtClock(ctx, func() time.Time { return t })
}

// AtClock is At with a time that goes on: what is served from the records of a rehearsal.
func AtClock(ctx context.Context, now func() time.Time) context.Context {
	return context.WithValue(ctx, atKey{}, now)
}

// Rehearsed reports whether a context carries a time.
func Rehearsed(ctx context.Context) bool {
	return ctx.Value(atKey{}) != nil
}

// Now is the time of what is done under the context: the one it carries, else the clock's.
func (s *Store) Now(ctx context.Context) time.Time {
	if now, ok := ctx.Value(atKey{}).(func() time.Time); ok {
		return now().UTC().Truncate(time.Microsecond)
	}
	return s.o.Now().UTC().Truncate(time.Microsecond)
}

// setTime is the time of a request: for a rehearsal not before what the log says already.
func (w *eventWriter) setTime(ctx context.Context) error {
	w.now = w.s.Now(ctx)
	at := w.now.Format(timeLayout)
	if Rehearsed(ctx) && at < w.newest {
		return zhuanhua.Invalid("--at "+w.now.Format(time.RFC3339), "the newest event is of "+w.newest+": time does not run backwards",
			"name a later time, or rehearse in a new data directory")
	}
	w.chain.at, w.newest = at, max(at, w.newest)
	return nil
}
