package web

import (
	"context"
	"math"
	"net"
	"net/netip"
	"strconv"
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

// notNow is why a scan is not begun now, and after how long it might be.
type notNow struct {
	why   string
	after time.Duration
}

// seconds is how long to wait, as a header tells it (RFC 9110, Section 10.2.3).
func (n *notNow) seconds() string {
	return strconv.Itoa(int(math.Ceil(max(n.after, time.Second).Seconds())))
}

// until is how long it takes until l has one to give.
func until(l *rate.Limiter, now time.Time, pause time.Duration) time.Duration {
	return time.Duration((1 - l.TokensAt(now)) * float64(pause))
}

// admit says why a visitor may not order a scan of target now; nil: he may.
func (l *limits) admit(remote, target string) *notNow {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	visitor := l.visitors.of(visitorOf(remote))
	if visitor.TokensAt(now) < 1 {
		return &notNow{"You have ordered many scans: wait a few seconds before the next.", until(visitor, now, visitorPause)}
	}
	of := l.targets.of(target)
	if of.TokensAt(now) < 1 {
		return &notNow{"This has been scanned often in the last minutes: its history has the reports. The next scan can be ordered in a minute.", until(of, now, targetPause)}
	}
	visitor.AllowN(now, 1)
	of.AllowN(now, 1)
	return nil
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
