package store

import (
	"context"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// indexKind is the job that brings the index up to date with the rows. It names no record: whoever
// runs it asks IndexPending, so that one job serves every change committed before it starts.
const indexKind = "index"

type indexArgs struct{}

// Kind is River's name for the job.
func (indexArgs) Kind() string { return indexKind }

// jobs is River over one of the two drivers, whose transactions have different types.
type jobs[T any] struct {
	driver riverdriver.Driver[T]
	client *river.Client[T] // only inserts
}

func newJobs[T any](driver riverdriver.Driver[T]) *jobs[T] { return &jobs[T]{driver: driver} }

func (j *jobs[T]) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(j.driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// insert enqueues the index job within a transaction. Only the writer calls it, one at a time.
func (j *jobs[T]) insert(ctx context.Context, t T) error {
	if j.client == nil {
		c, err := river.NewClient(j.driver, &river.Config{Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		j.client = c
	}
	_, err := j.client.InsertTx(ctx, t, indexArgs{}, &river.InsertOpts{MaxAttempts: 1000})
	return err
}

type indexWorker struct {
	river.WorkerDefaults[indexArgs]
	index func(context.Context) error
}

// Work brings the index up to date.
func (w *indexWorker) Work(ctx context.Context, _ *river.Job[indexArgs]) error { return w.index(ctx) }

// Timeout lets an index of many records take its time.
func (w *indexWorker) Timeout(*river.Job[indexArgs]) time.Duration { return -1 }

// NextRetry tries again soon: the job is wanted as long as the index lags behind.
func (w *indexWorker) NextRetry(job *river.Job[indexArgs]) time.Time {
	return time.Now().Add(time.Duration(min(job.Attempt*job.Attempt, 300)) * time.Second)
}

func (j *jobs[T]) work(ctx context.Context, log *slog.Logger, index func(context.Context) error) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &indexWorker{index: index})
	c, err := river.NewClient(j.driver, &river.Config{
		Logger: log, Workers: workers,
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1}},
		FetchPollInterval: 500 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	if err := c.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return c.StopAndCancel(stop)
}

// Work runs the jobs until the context ends: index is called after records changed, and again after a
// while when it returns an error. It must take all that IndexPending tells, so one call may serve many
// changes. Work needs a writing store.
func (s *Store) Work(ctx context.Context, index func(context.Context) error) error {
	if err := s.writing(); err != nil {
		return err
	}
	s.mu.Unlock()
	return dbError("the jobs cannot be run", s.db.work(ctx, s.o.Log, index))
}
