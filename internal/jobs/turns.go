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

	mu     sync.Mutex
	scans  int             // under way
	may    map[string]bool // IDs of this worker by which it may have the address: the answer may have been lost
	wanted bool            // by another, when it was last held
	rest   time.Time       // until then another that wants it is let in
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
			x.quit(scanning, t.store, address)
			t.drop(address)
			return nil, ctx.Err()
		}
	}
	return sync.OnceFunc(func() {
		x.end(scanning, t.store, address)
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
	if time.Now().Before(x.rest) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, aliveTime)
	defer cancel()
	if x.may == nil {
		x.may = make(map[string]bool)
	}
	x.may[worker] = true
	held, wanted, err := s.Hold(ctx, worker, address)
	if err == nil && !held {
		delete(x.may, worker)
	}
	if err != nil || !held {
		return false
	}
	x.wanted = wanted
	if wanted && x.scans > 0 {
		return false
	}
	x.scans++
	return true
}

// end notes the end of a scan.
func (x *turn) end(ctx context.Context, s *store.Store, address string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.scans--; x.scans == 0 {
		x.release(ctx, s, address)
	}
}

// quit notes that a scan does not wait any more.
func (x *turn) quit(ctx context.Context, s *store.Store, address string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.scans == 0 {
		x.release(ctx, s, address)
	}
}

// release lets others have the address, first those that want it. Where the database is away until ctx ends, they have it when this worker is
// gone.
func (x *turn) release(ctx context.Context, s *store.Store, address string) {
	for worker := range x.may {
		if patiently(ctx, func(ctx context.Context) error { return s.Release(ctx, worker, address) }) == nil {
			delete(x.may, worker)
		}
	}
	if x.wanted {
		x.wanted, x.rest = false, time.Now().Add(2*turnEvery)
	}
}
