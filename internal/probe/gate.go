package probe

import (
	"context"
	"sync"
	"time"
)

// Gate limits what one address has to bear: connections at once, the pace of new ones, and pauses while it asks for them.
// It is safe for concurrent use; scans of one address that share [Gates] share it.
type Gate struct {
	slots chan struct{}
	delay time.Duration

	mu      sync.Mutex
	next    time.Time     // no connection starts before
	pause   time.Duration // between connections while the server throttles; 0 while it is well
	pace    time.Duration // between connections ever after: what was too fast once is too fast again
	since   time.Time     // when the pause grew last
	waited  time.Duration // all pauses so far
	changed chan struct{} // closed when the server is well again
}

// NewGate returns a gate for at most parallel connections at once, delay apart.
func NewGate(parallel int, delay time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, max(parallel, 1)), delay: delay, changed: make(chan struct{})}
}

// Enter waits for a slot and for its time. The error is that of ctx.
func (g *Gate) Enter(ctx context.Context) error {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		wait, changed := g.claim(time.Now())
		if wait <= 0 {
			return nil
		}
		if err := sleep(ctx, wait, changed); err != nil {
			g.Leave()
			return err
		}
	}
}

// Leave gives the slot back.
func (g *Gate) Leave() { <-g.slots }

// claim takes the right to start a connection, or tells how long to wait before trying again, and what may end the wait
// early.
func (g *Gate) claim(now time.Time) (time.Duration, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if wait := g.next.Sub(now); wait > 0 {
		return wait, g.changed
	}
	g.next = now.Add(max(g.delay, g.pace, g.pause)) // while the server throttles, one at a time
	return 0, nil
}

// Throttled pauses new connections because one that was started at that time was turned away: for a second at first, and
// twice as long each time, up to half a minute. It returns the length of the pause, or 0 if a pause was on already when
// the connection started.
func (g *Gate) Throttled(now, started time.Time) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pause > 0 && !started.After(g.since) {
		return 0
	}
	if g.pause == 0 {
		g.pace = min(max(2*g.pace, 100*time.Millisecond), 5*time.Second)
	}
	g.pause = min(max(2*g.pause, time.Second), 30*time.Second)
	g.next, g.since, g.waited = now.Add(g.pause), now, g.waited+g.pause
	return g.pause
}

// Waited is the length of all pauses so far: every scan that shares the gate waits for them, whichever was turned away.
func (g *Gate) Waited() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waited
}

// Answered ends the pauses: the server is well again.
func (g *Gate) Answered() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pause == 0 {
		return
	}
	g.pause, g.next = 0, time.Now().Add(max(g.delay, g.pace))
	close(g.changed)
	g.changed = make(chan struct{})
}

// sleep waits for d, or until early is closed. The error is that of ctx.
func sleep(ctx context.Context, d time.Duration, early <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-early:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
