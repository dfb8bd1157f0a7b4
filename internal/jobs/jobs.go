package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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
	Watch   *Watch         // nil: this program watches nothing for monitors
	Keep    time.Duration  // scans that are older are removed, as [store.Store.Prune] does; 0: this program removes none
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
	stopped  sync.WaitGroup // done when this program is no worker any more
	watcher  *watcher       // nil: this program watches nothing
	pruner   *pruner        // nil: this program removes nothing

	campaigns *campaigner // nil: other programs make the scans
}

// Start begins to make what scans the store has waiting, those among it whose programs died, and those of monitors when they are due; and to
// remove those that are old.
func Start(ctx context.Context, s *store.Store, cfg Config) (*Queue, error) {
	q, err := begin(ctx, s, cfg)
	if err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // it ends by Stop alone
	if q.watcher != nil {
		q.watcher.begin(ctx)
	}
	if cfg.Keep > 0 {
		q.pruner = &pruner{store: s, keep: cfg.Keep, log: cfg.Log}
		q.pruner.begin(ctx)
	}
	return q, nil
}

// begin is Start without a clock: nothing looks for what is due.
func begin(ctx context.Context, s *store.Store, cfg Config) (*Queue, error) {
	q := &Queue{store: s}
	config := &river.Config{Logger: slog.New(warnings{cfg.Log.Handler()}), // how the queue does is nobody's matter
		MaxAttempts: maxAttempts}
	if cfg.Workers > 0 {
		q.presence = &presence{store: s, log: cfg.Log}
	}
	if cfg.Watch != nil {
		q.watcher = &watcher{Queue: q, Watch: *cfg.Watch, log: cfg.Log}
	}
	if q.works() {
		q.configure(config, cfg)
	}
	var err error
	if q.client, err = river.NewClient(s.Queue(), config); err == nil && q.works() {
		err = q.work(context.WithoutCancel(ctx)) // it ends by Stop alone
	}
	if err != nil {
		return nil, fmt.Errorf("starting the queue of scans: %w", err)
	}
	return q, nil
}

// works reports whether this program does any of the jobs itself.
func (q *Queue) works() bool { return q.presence != nil || q.watcher != nil }

// configure says which jobs this program does. It has to know all kinds, since it may have to have those done again whose programs died.
func (q *Queue) configure(config *river.Config, cfg Config) {
	workers := river.NewWorkers()
	scans := &scanWorker{store: q.store, cfg: cfg, presence: q.presence, turns: &turns{store: q.store}, slots: newSlots(cfg.Workers)}
	river.AddWorker(workers, scans)
	teller := &tellWorker{store: q.store}
	config.Queues = make(map[string]river.QueueConfig)
	if q.presence != nil {
		q.campaigns = newCampaigner(scans)
		config.Queues[river.QueueDefault] = river.QueueConfig{MaxWorkers: cfg.Workers}
	}
	if q.watcher != nil {
		teller.Watch = *cfg.Watch
		config.Queues[tellQueue] = river.QueueConfig{MaxWorkers: tellers}
	}
	river.AddWorker(workers, teller)
	config.Workers, config.JobTimeout, config.RescueStuckJobsAfter = workers, jobTime, rescueTime
	config.FetchPollInterval, config.FetchCooldown = 50*time.Millisecond, 20*time.Millisecond
}

// work makes this program a worker.
func (q *Queue) work(ctx context.Context) error {
	if q.presence == nil { // others make the scans
		return q.client.Start(ctx)
	}
	if err := q.presence.enter(ctx); err != nil {
		return err
	}
	if err := q.client.Start(ctx); err != nil {
		return errors.Join(err, q.presence.leave(ctx))
	}
	ctx, q.stop = context.WithCancel(ctx)
	q.stopped.Go(func() { q.presence.keep(ctx) }) // whatever keeps the other waiting
	q.stopped.Go(func() { q.attend(ctx) })
	q.campaigns.begin(ctx)
	return nil
}

// takeOverTime is how long that may take which [store.Store.TakeOver] does: another program may be at it, and stand still.
const takeOverTime = 5 * time.Second

// attend has those scans made anew whose programs do not live, until ctx ends.
func (q *Queue) attend(ctx context.Context) {
	every(ctx, aliveEvery, func() {
		limited, cancel := context.WithTimeout(ctx, takeOverTime)
		defer cancel()
		err := q.store.TakeOver(limited, func(tx *sql.Tx, id string) error { return q.order(limited, tx, id, river.PriorityDefault) })
		if err != nil && ctx.Err() == nil {
			q.presence.log.Warn("the scans of programs that died were not taken over", "error", err)
		}
	})
}

// order puts a scan into the queue.
func (q *Queue) order(ctx context.Context, tx *sql.Tx, id string, priority int) error {
	_, err := q.client.InsertTx(ctx, tx, scanArgs{ID: id}, &river.InsertOpts{Priority: priority})
	return err
}

// Ask orders a scan of target, or joins in one that is under way.
func (q *Queue) Ask(ctx context.Context, target string, quick bool) (*store.Scan, error) {
	return q.ask(ctx, target, quick, river.PriorityDefault)
}

func (q *Queue) ask(ctx context.Context, target string, quick bool, priority int) (*store.Scan, error) {
	scan, _, err := q.store.Ask(ctx, target, quick, func(tx *sql.Tx, id string) error { return q.order(ctx, tx, id, priority) })
	return scan, err
}

// behindPeople is the priority of scans that nobody waits for.
const behindPeople = river.PriorityDefault + 1

// Stop ends the scans under way; whoever starts the queue again, or another worker, makes them anew. Messages on their way get tellStop.
func (q *Queue) Stop(ctx context.Context) error {
	if q.pruner != nil {
		q.pruner.stop()
		defer q.pruner.ended.Wait()
	}
	if !q.works() {
		return nil
	}
	if q.watcher != nil {
		q.watcher.stop()
	}
	soft, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	if q.campaigns != nil {
		q.stopped.Go(func() { q.campaigns.stop(soft) })
	}
	err := q.client.Stop(soft)
	if errors.Is(err, context.DeadlineExceeded) {
		err = q.client.StopAndCancel(ctx)
	}
	if q.presence == nil {
		return err
	}
	cancel()
	q.stop()
	q.stopped.Wait()
	q.campaigns.leave(ctx)
	return errors.Join(err, q.presence.leave(ctx))
}
