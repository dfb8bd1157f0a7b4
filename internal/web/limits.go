package web

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A visitor may order burst scans at once, and then one every pause. So may everybody together for one target.
const (
	visitorBurst, visitorPause = 10, 6 * time.Second
	targetBurst, targetPause   = 5, time.Minute
	maxKnown                   = 10_000 // visitors and targets that are remembered
)

// limits keeps how much visitors have ordered, and of what.
type limits struct {
	now      func() time.Time
	mu       sync.Mutex
	visitors buckets
	targets  buckets
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, visitors: buckets{pause: visitorPause, burst: visitorBurst}, targets: buckets{pause: targetPause, burst: targetBurst}}
}

// admit reports whether a visitor may order a scan of target now, and if not, who has had enough.
func (l *limits) admit(remote, target string) (refusal string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	visitor := l.visitors.of(visitorOf(remote))
	if visitor.TokensAt(now) < 1 {
		return "You have ordered many scans: wait a few seconds before the next."
	}
	of := l.targets.of(target)
	if of.TokensAt(now) < 1 {
		return "This has been scanned often in the last minutes: its history has the reports. The next scan can be ordered in a minute."
	}
	visitor.AllowN(now, 1)
	of.AllowN(now, 1)
	return ""
}

// buckets are limiters by key. Those that were asked for last are remembered: when there are maxKnown of them, those before are forgotten.
type buckets struct {
	pause       time.Duration
	burst       int
	late, early map[string]*rate.Limiter
}

func (b *buckets) of(key string) *rate.Limiter {
	l, ok := b.late[key]
	if ok {
		return l
	}
	if b.late == nil || len(b.late) >= maxKnown {
		b.early, b.late = b.late, make(map[string]*rate.Limiter)
	}
	if l, ok = b.early[key]; !ok {
		l = rate.NewLimiter(rate.Every(b.pause), b.burst)
	}
	b.late[key] = l
	return l
}

// originKey is the key of the address that a request comes from, which [server.from] tells.
type originKey struct{}

// orderedBy is who orders a scan: an account has an allowance of its own, wherever it asks from.
func orderedBy(ctx context.Context) string {
	if v := visitorIn(ctx); v != nil {
		return "account " + v.ID
	}
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
}

// visitorOf is what counts as one visitor: an IPv4 address, or the network of 64 bits that one home has in IPv6.
func visitorOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	if a = a.Unmap().WithZone(""); a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
