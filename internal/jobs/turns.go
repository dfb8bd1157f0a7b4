package jobs

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// turnEvery is how often a scan looks whether its turn at an address has come.
const turnEvery = 250 * time.Millisecond

// turns are the addresses at which this program scans. No other does meanwhile, so that the limits for an address, which scans of one
// program keep together, hold for all programs. Where another waits, no further scan begins at an address until those under way have
// ended.
type turns struct {
	store *store.Store
	mu    sync.Mutex
	at    map[string]*turn
}

// turn is that at one address.
type turn struct {
	known int // goroutines that have it in hand; the last lets go of it

	mu    sync.Mutex
	scans int // under way
}

// take waits for a turn at an address. The error is that of ctx. When the turn ends, that is told until scanning does.
func (t *turns) take(ctx, scanning context.Context, worker, address string) (leave func(), err error) {
	if a, err := netip.ParseAddr(address); err == nil { // however it is written
		address = a.Unmap().String()
	}
	x := t.of(address)
	for !x.begin(ctx, t.store, worker, address) {
		select {
		case <-time.After(turnEvery):
		case <-ctx.Done():
			t.drop(address)
			return nil, ctx.Err()
		}
	}
	return sync.OnceFunc(func() {
		x.end(scanning, t.store, worker, address)
		t.drop(address)
	}), nil
}

func (t *turns) of(address string) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at == nil {
		t.at = make(map[string]*turn)
	}
	if t.at[address] == nil {
		t.at[address] = new(turn)
	}
	t.at[address].known++
	return t.at[address]
}

func (t *turns) drop(address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at[address].known--; t.at[address].known == 0 {
		delete(t.at, address)
	}
}

// begin reports whether a scan may begin now.
func (x *turn) begin(ctx context.Context, s *store.Store, worker, address string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, aliveTime)
	defer cancel()
	held, wanted, err := s.Hold(ctx, worker, address)
	if err != nil || !held || wanted && x.scans > 0 {
		return false
	}
	x.scans++
	return true
}

// end lets others have the address after the last scan. Where the database is away until ctx ends, they have it when this worker is gone.
func (x *turn) end(ctx context.Context, s *store.Store, worker, address string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.scans--; x.scans == 0 {
		_ = patiently(ctx, func(ctx context.Context) error { return s.Release(ctx, worker, address) })
	}
}
