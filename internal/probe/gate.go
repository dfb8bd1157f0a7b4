package probe

import (
	"context"
	"sync"
	"time"
)

// Gate limits what one address has to bear: connections at once, the pace of new ones, and a pause after it asked for
// one. It is safe for concurrent use; scans of several ports of an address share one.
type Gate struct {
	slots chan struct{}
	delay time.Duration

	mu    sync.Mutex
	next  time.Time     // no connection starts before
	pause time.Duration // length of the last pause
}

// NewGate returns a gate for at most parallel connections at once, delay apart.
func NewGate(parallel int, delay time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, max(parallel, 1)), delay: delay}
}

// Enter waits for a slot. The error is that of ctx.
func (g *Gate) Enter(ctx context.Context) error {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := sleep(ctx, g.reserve(time.Now())); err != nil {
		g.Leave()
		return err
	}
	return nil
}

// Leave gives the slot back.
func (g *Gate) Leave() { <-g.slots }

// reserve takes the next starting time and returns how long it is away.
func (g *Gate) reserve(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := g.next
	if at.Before(now) {
		at = now
	}
	g.next = at.Add(g.delay)
	return at.Sub(now)
}

// Throttled pauses all new connections: one second at first, twice as long each time, up to a minute. It returns the
// length of the pause.
func (g *Gate) Throttled(now time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.next.Add(-g.delay)) && g.pause > 0 { // this pause is on already
		return 0
	}
	g.pause = min(max(2*g.pause, time.Second), time.Minute)
	g.next = now.Add(g.pause)
	return g.pause
}

// Answered ends the growth of pauses: the server is well again.
func (g *Gate) Answered() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pause = 0
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
