package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/riverqueue/river"
)

// scanTime is how long a scan may take. What is known then is the report. The queue rescues a job rescueTime after it was begun: later than
// any that lives can last. Scans are taken over before, when their worker is gone.
const (
	scanTime   = 5 * time.Minute
	jobTime    = scanTime + 30*time.Second
	rescueTime = jobTime + 30*time.Second
)

// maxAttempts is how often a scan is made whose report cannot be kept, or whose program dies.
const maxAttempts = 5

// stopTime is how long scans under way may go on when the program is to end. They are made again then.
const stopTime = 2 * time.Second

// Config says how scans are made.
type Config struct {
	Scan    mailtls.Config // for all; Quick, Events, Gates and Turn are the jobs'
	Workers int            // scans at once; 0: other programs make them
	Refuse  Refuse         // which targets are left alone; nil: none
	Log     *slog.Logger
}

// Refuse says why a target is not scanned, in words for whoever ordered that; nil if it is.
type Refuse func(ctx context.Context, target string) error

// Queue takes orders for scans, and makes them.
type Queue struct {
	store    *store.Store
	client   *river.Client[*sql.Tx]
	presence *presence // nil: other programs make the scans
	stop     context.CancelFunc
	stopped  chan struct{} // closed when this program is no worker any more
}

// Start begins to make what scans the store has waiting, those among it whose programs died.
func Start(ctx context.Context, s *store.Store, cfg Config) (*Queue, error) {
	q := &Queue{store: s}
	config := &river.Config{Logger: cfg.Log, MaxAttempts: maxAttempts}
	if cfg.Workers > 0 {
		q.presence = &presence{store: s, log: cfg.Log}
		workers := river.NewWorkers()
		river.AddWorker(workers, &scanWorker{store: s, cfg: cfg, presence: q.presence, turns: &turns{store: s}})
		config.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}}
		config.Workers, config.JobTimeout, config.RescueStuckJobsAfter = workers, jobTime, rescueTime
		config.FetchPollInterval, config.FetchCooldown = 50*time.Millisecond, 20*time.Millisecond
	}
	var err error
	if q.client, err = river.NewClient(s.Queue(), config); err == nil && cfg.Workers > 0 {
		err = q.work(context.WithoutCancel(ctx)) // it ends by Stop alone
	}
	if err != nil {
		return nil, fmt.Errorf("starting the queue of scans: %w", err)
	}
	return q, nil
}

// work makes this program a worker.
func (q *Queue) work(ctx context.Context) error {
	if err := q.presence.enter(ctx); err != nil {
		return err
	}
	if err := q.client.Start(ctx); err != nil {
		return errors.Join(err, q.presence.leave(ctx))
	}
	ctx, q.stop = context.WithCancel(ctx)
	q.stopped = make(chan struct{})
	go func() {
		defer close(q.stopped)
		q.attend(ctx)
	}()
	return nil
}

// attend says that this program lives, and has those scans made anew whose programs do not, until ctx ends.
func (q *Queue) attend(ctx context.Context) {
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	for {
		err := q.presence.renew(ctx)
		if err == nil {
			err = q.store.TakeOver(ctx, func(tx *sql.Tx, id string) error { return q.order(ctx, tx, id) })
		}
		if err != nil && ctx.Err() == nil {
			q.presence.log.Warn("the database was not told that this program lives", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// order puts a scan into the queue.
func (q *Queue) order(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := q.client.InsertTx(ctx, tx, scanArgs{ID: id}, nil)
	return err
}

// Ask orders a scan of target, or joins in one that is under way.
func (q *Queue) Ask(ctx context.Context, target string, quick bool) (*store.Scan, error) {
	scan, _, err := q.store.Ask(ctx, target, quick, func(tx *sql.Tx, id string) error { return q.order(ctx, tx, id) })
	return scan, err
}

// Stop ends the scans under way; whoever starts the queue again, or another worker, makes them anew.
func (q *Queue) Stop(ctx context.Context) error {
	if q.presence == nil {
		return nil
	}
	soft, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	err := q.client.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		err = q.client.StopAndCancel(ctx)
	}
	q.stop()
	<-q.stopped
	return errors.Join(err, q.presence.leave(ctx))
}
