package bulk

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Limits are what one address, and one provider with all its addresses, have to bear. 0: anything.
type Limits struct {
	Address, Provider Limit
}

// Limit is one of them.
type Limit struct {
	AtOnce    int // connections
	PerMinute int // new connections
}

// A limiter holds connections back that would break the limits. It remembers those of the last minute.
type limiter struct {
	limits Limits
	mu     sync.Mutex
	meters map[string]*meter // by address, or provider after a space
	swept  time.Time
}

// A meter counts the connections to an address or a provider.
type meter struct {
	limit   Limit
	open    int
	waiting int
	starts  []time.Time   // in the last minute
	changed chan struct{} // closed when one ended
}

func newLimiter(l Limits) *limiter { return &limiter{limits: l, meters: map[string]*meter{}} }

// enter waits until a connection to an address of a provider may be made. The error is that of ctx.
func (l *limiter) enter(ctx context.Context, address, provider string) (leave func(), err error) {
	a, p := l.meters2(address, provider)
	defer l.release(a, p)
	for {
		wait, changed := l.take(time.Now(), a, p)
		if changed == nil && wait == 0 {
			return func() { l.leave(a, p) }, nil
		}
		if err := await(ctx, wait, changed); err != nil {
			return nil, err
		}
	}
}

// await waits for changed, or, if wait is not 0, so long.
func await(ctx context.Context, wait time.Duration, changed <-chan struct{}) error {
	var timeout <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timeout = t.C
	}
	select {
	case <-timeout:
	case <-changed:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// meters2 returns the meters of an address and a provider, which stay until release.
func (l *limiter) meters2(address, provider string) (a, p *meter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(time.Now())
	a, p = l.meter(address, l.limits.Address), l.meter(" "+provider, l.limits.Provider)
	a.waiting++
	p.waiting++
	return a, p
}

func (l *limiter) release(list ...*meter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range list {
		m.waiting--
	}
}

func (l *limiter) meter(key string, limit Limit) *meter {
	m := l.meters[key]
	if m == nil {
		m = &meter{limit: limit, changed: make(chan struct{})}
		l.meters[key] = m
	}
	return m
}

// sweep forgets, once a minute, the meters that say nothing any more.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for key, m := range l.meters {
		if m.recent(now); m.open == 0 && m.waiting == 0 && len(m.starts) == 0 {
			delete(l.meters, key)
		}
	}
}

// recent drops the starts that are more than a minute ago.
func (m *meter) recent(now time.Time) {
	for len(m.starts) > 0 && now.Sub(m.starts[0]) >= time.Minute {
		m.starts = m.starts[1:]
	}
}

// full tells how long to wait, or for what, until m bears one more connection; nothing if it does now.
func (m *meter) full(now time.Time) (time.Duration, <-chan struct{}) {
	m.recent(now)
	switch {
	case m.limit.AtOnce > 0 && m.open >= m.limit.AtOnce:
		return 0, m.changed
	case m.limit.PerMinute > 0 && len(m.starts) >= m.limit.PerMinute:
		return time.Minute - now.Sub(m.starts[0]), nil
	}
	return 0, nil
}

// take makes a connection count if all meters bear it; else it tells how long to wait, or for what.
func (l *limiter) take(now time.Time, list ...*meter) (time.Duration, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range list {
		if wait, changed := m.full(now); wait > 0 || changed != nil {
			return wait, changed
		}
	}
	for _, m := range list {
		m.open++
		if m.limit.PerMinute > 0 {
			m.starts = append(m.starts, now)
		}
	}
	return 0, nil
}

func (l *limiter) leave(list ...*meter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range list {
		m.open--
		close(m.changed)
		m.changed = make(chan struct{})
	}
}

// bears reports whether a connection to an address of a provider would not have to wait.
func (l *limiter) bears(address, provider string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range []string{address, " " + provider} {
		if m := l.meters[key]; m != nil {
			if wait, changed := m.full(time.Now()); wait > 0 || changed != nil {
				return false
			}
		}
	}
	return true
}

// Admit returns an [AdmitWeb] that holds connections back which would break the limits.
func Admit(l Limits) AdmitWeb {
	all := newLimiter(l)
	return func(ctx context.Context, host string, a netip.Addr) (leave func(), err error) {
		return all.enter(ctx, a.String(), ProviderOf(host))
	}
}
