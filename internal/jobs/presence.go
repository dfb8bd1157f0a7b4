package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// A program that makes scans says every aliveEvery that it lives. If it cannot for loseAfter, it stops all that it scans: well before
// others take it for gone, and scan the same.
const (
	aliveEvery = 5 * time.Second
	aliveTime  = 5 * time.Second // for saying so
	loseAfter  = store.GoneAfter / 2
)

// presence is this program's place among the workers.
type presence struct {
	store *store.Store
	log   *slog.Logger

	mu   sync.Mutex
	id   string          // "": none now
	lost string          // the one before, which may still be known
	ctx  context.Context // ends when the place is lost
	end  context.CancelFunc
	late *time.Timer // until the place is lost, unless it is said before that this program lives
}

// here is the ID of this worker, and what ends when others may make its scans. ok is false while it is no worker.
func (p *presence) here() (id string, ctx context.Context, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id, p.ctx, p.id != ""
}

// keep says every aliveEvery that this program lives, until ctx ends.
func (p *presence) keep(ctx context.Context) {
	every(ctx, aliveEvery, func() {
		if err := p.renew(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("the database was not told that this program lives", "error", err)
		}
	})
}

// renew says that this program lives, and takes a new place if there is none.
func (p *presence) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, aliveTime)
	defer cancel()
	id, _, ok := p.here()
	if !ok {
		return p.enter(ctx)
	}
	begun := time.Now()
	err := p.store.Alive(ctx, id)
	switch {
	case err == nil:
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.id == id {
			p.late.Reset(loseAfter - time.Since(begun))
		}
	case errors.Is(err, store.ErrGone):
		p.lose(id, err)
	}
	return err
}

var errLate = errors.New("the database was not told in time that this program lives")

// lose gives up a place that others may take for gone.
func (p *presence) lose(id string, why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.id != id {
		return
	}
	p.log.Error("the scans under way are left to others", "error", why)
	p.end()
	p.late.Stop()
	p.id, p.lost = "", id
}

// enter takes a place, and gives up the one that was lost: nobody has to wait until that is gone.
func (p *presence) enter(ctx context.Context) error {
	begun := time.Now()
	if err := p.store.RemoveWorker(ctx, p.lost); err != nil {
		return err
	}
	id, err := p.store.AddWorker(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.id = id
	p.ctx, p.end = context.WithCancel(context.WithoutCancel(ctx))
	p.late = time.AfterFunc(loseAfter-time.Since(begun), func() { p.lose(id, errLate) })
	return nil
}

// leave gives the place up. Where the database is away, others notice later.
func (p *presence) leave(ctx context.Context) error {
	id, _, ok := p.here()
	if !ok {
		return nil
	}
	p.end()
	p.late.Stop()
	ctx, cancel := context.WithTimeout(ctx, aliveTime)
	defer cancel()
	if err := p.store.RemoveWorker(ctx, id); !store.Away(err) {
		return err
	}
	return nil
}

// every does something, and again every so often, until ctx ends.
func every(ctx context.Context, often time.Duration, do func()) {
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		do()
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
