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

// scanTime is how long a scan may take. What is known then is the report. A job whose program died is taken over rescueTime after it
// was begun: later than any that lives can last.
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
	Scan    mailtls.Config // for all; Quick, Events and Gates are the jobs'
	Workers int            // scans at once
	Refuse  Refuse         // which targets are left alone; nil: none
	Log     *slog.Logger
}

// Refuse says why a target is not scanned, in words for whoever ordered that; nil if it is.
type Refuse func(ctx context.Context, target string) error

// Queue takes orders for scans, and makes them.
type Queue struct {
	store  *store.Store
	client *river.Client[*sql.Tx]
}

// Start begins to make what scans the store has waiting.
func Start(ctx context.Context, s *store.Store, cfg Config) (*Queue, error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &scanWorker{store: s, cfg: cfg})
	client, err := river.NewClient(s.Queue(), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: cfg.Workers}},
		Workers:              workers,
		Logger:               cfg.Log,
		JobTimeout:           jobTime,
		MaxAttempts:          maxAttempts,
		RescueStuckJobsAfter: rescueTime,
		FetchPollInterval:    50 * time.Millisecond,
		FetchCooldown:        20 * time.Millisecond,
	})
	if err == nil {
		err = client.Start(context.WithoutCancel(ctx)) // it ends by Stop alone
	}
	if err != nil {
		return nil, fmt.Errorf("starting the queue of scans: %w", err)
	}
	return &Queue{s, client}, nil
}

// Ask orders a scan of target, or joins in one that is under way.
func (q *Queue) Ask(ctx context.Context, target string, quick bool) (*store.Scan, error) {
	scan, _, err := q.store.Ask(ctx, target, quick, func(tx *sql.Tx, id string) error {
		_, err := q.client.InsertTx(ctx, tx, scanArgs{ID: id}, nil)
		return err
	})
	return scan, err
}

// Stop ends the scans under way; whoever starts the queue again makes them anew.
func (q *Queue) Stop(ctx context.Context) error {
	soft, cancel := context.WithTimeout(ctx, stopTime)
	defer cancel()
	if err := q.client.Stop(soft); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return q.client.StopAndCancel(ctx)
}
