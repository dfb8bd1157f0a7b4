package wireproxy

import (
	"context"
	"sync"
	"time"
)

// Disturbance is what befalls one connection on its way. The zero value is nothing at all.
type Disturbance struct {
	// Fault takes the place of the server.
	Fault Fault
	// Instead is sent in place of the server, and then the stream ends; empty: the server is there.
	Instead string
	// Reset is after how many bytes, of both directions together, the connection is reset; zero: never.
	Reset int
	// Delay is how much longer than usual each piece takes; it is called for one after the other. Nil: no longer.
	Delay func() time.Duration
}

// instead plays a server that says one thing and hangs up.
func (s *session) instead(ctx context.Context, text string) {
	if !wait(ctx, time.Now().Add(s.half)) {
		return
	}
	c := parcel{data: []byte(text)}
	s.record.toClient(c)
	_, _ = s.client.Write(c.data)
	s.record.toClient(parcel{end: true})
	_ = s.client.CloseWrite()
}

// A budget is how many bytes may still pass.
type budget struct {
	mu      sync.Mutex
	limited bool
	left    int
}

// pass takes n bytes off, and returns how many of them may pass, and whether the connection ends with them.
func (b *budget) pass(n int) (int, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.limited {
		return n, false
	}
	n = min(n, b.left)
	b.left -= n
	return n, b.left == 0
}

// unhurried returns delays that may be asked for by both directions at once.
func unhurried(delay func() time.Duration) func() time.Duration {
	if delay == nil {
		return func() time.Duration { return 0 }
	}
	var mu sync.Mutex
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return delay()
	}
}
