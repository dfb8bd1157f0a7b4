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
	lose context.CancelFunc
	said time.Time // that it lives
}

// here is the ID of this worker, and what ends when others may make its scans. ok is false while it is no worker.
func (p *presence) here() (id string, ctx context.Context, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.id, p.ctx, p.id != ""
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
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.said = begun
	case errors.Is(err, store.ErrGone), time.Since(p.said) > loseAfter:
		p.log.Error("the scans under way are left to others", "error", err)
		p.lose()
		p.id, p.lost = "", id
	}
	return err
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
	p.id, p.said = id, begun
	p.ctx, p.lose = context.WithCancel(context.WithoutCancel(ctx))
	return nil
}

// leave gives the place up. Where the database is away, others notice later.
func (p *presence) leave(ctx context.Context) error {
	id, _, ok := p.here()
	if !ok {
		return nil
	}
	p.lose()
	ctx, cancel := context.WithTimeout(ctx, aliveTime)
	defer cancel()
	if err := p.store.RemoveWorker(ctx, id); !store.Away(err) {
		return err
	}
	return nil
}
