package jobs

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// Old scans are removed when the program starts, and every pruneEvery. Where that fails it is tried again after pruneAgain.
const (
	pruneEvery = 24 * time.Hour
	pruneAgain = 5 * time.Minute
)

// pruner removes scans when they are older than keep.
type pruner struct {
	store   *store.Store
	keep    time.Duration
	log     *slog.Logger
	removed atomic.Int64
	ended   sync.WaitGroup
	stop    context.CancelFunc
}

// begin has it remove what is old until stop.
func (p *pruner) begin(ctx context.Context) {
	ctx, p.stop = context.WithCancel(ctx)
	p.ended.Go(func() {
		for {
			next := time.NewTimer(p.prune(ctx))
			select {
			case <-next.C:
			case <-ctx.Done():
				next.Stop()
				return
			}
		}
	})
}

// prune removes what is old, tells of it, and returns when that is to be done again.
func (p *pruner) prune(ctx context.Context) time.Duration {
	n, _, err := p.store.PruneAlone(ctx, p.keep) // another program tells of what it removes
	p.removed.Add(n)
	if n > 0 {
		p.log.Info("old scans were removed", "scans", n, "older_than", p.keep.String())
	}
	if err != nil {
		if ctx.Err() == nil {
			p.log.Warn("old scans were not all removed; it is tried again in "+pruneAgain.String(), "error", err)
		}
		return pruneAgain
	}
	return pruneEvery
}

// Removed is how many scans this program has removed since it started because they were old.
func (q *Queue) Removed() int64 {
	if q.pruner == nil {
		return 0
	}
	return q.pruner.removed.Load()
}
