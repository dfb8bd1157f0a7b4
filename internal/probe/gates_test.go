package probe

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// dialCounter counts connections as their client holds them, from before the first packet until after the last. It holds
// the first ones back until so many were asked for as crowd says.
type dialCounter struct {
	crowd      int
	mu         sync.Mutex
	open, peak int
	crowded    chan struct{}
	once       sync.Once // closes crowded
}

func (c *dialCounter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c.change(1)
	select {
	case <-c.crowded:
	case <-ctx.Done():
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		c.change(-1)
		return nil, err
	}
	return &held{conn, sync.OnceFunc(func() { c.change(-1) })}, nil
}

func (c *dialCounter) change(by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open += by
	if c.peak = max(c.peak, c.open); by > 0 && c.open == c.crowd {
		c.once.Do(func() { close(c.crowded) })
	}
}

type held struct {
	net.Conn
	closed func()
}

func (h *held) Close() error {
	err := h.Conn.Close()
	h.closed()
	return err
}

// refuser hangs up on all its clients, without a word.
func refuser(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return l.Addr().(*net.TCPAddr).Port
}

// TestGatesLimitAnAddress scans four services of one address at once, by two ways to write it: they share its limit. Without
// Gates each has its own, and more get through.
func TestGatesLimitAnAddress(t *testing.T) {
	const parallel = 2
	for _, c := range []struct {
		name  string
		gates *Gates
		peak  int // at least as many connections at once; where they share, at most as well
	}{{"shared", new(Gates), parallel}, {"each its own", nil, parallel + 1}} {
		t.Run(c.name, func(t *testing.T) {
			count := dialCounter{crowd: c.peak, crowded: make(chan struct{})}
			var scans sync.WaitGroup
			for range 2 {
				for _, address := range []string{"127.0.0.1", "::ffff:127.0.0.1"} {
					target := evidence.Target{Protocol: "imaps", Host: "mail.example.org", Address: address, Port: refuser(t)}
					scans.Go(func() {
						cfg := Config{Parallel: parallel, Gates: c.gates, Dial: count.dial, Timeout: time.Minute}
						if _, err := Scan(t.Context(), target, cfg); err != nil {
							t.Error(err)
						}
					})
				}
			}
			scans.Wait()
			if count.peak < c.peak || c.gates != nil && count.peak > parallel {
				t.Errorf("%d connections at once, want %d", count.peak, c.peak)
			}
		})
	}
}

// TestGatesTellAddressesApart: a limit is that of one address.
func TestGatesTellAddressesApart(t *testing.T) {
	var g Gates
	of := func(address string) *Gate {
		gate, _ := g.of(address, Config{})
		return gate
	}
	a, b := of("192.0.2.1"), of("192.0.2.2")
	if a == b || of("192.0.2.1") != a || of("2001:db8:0::1") != of("2001:db8::1") {
		t.Error("addresses are mixed up")
	}
}

// TestGatesAreForgotten: their number does not grow with that of addresses, and those in use stay.
func TestGatesAreForgotten(t *testing.T) {
	var g Gates
	first, leave := g.of("192.0.2.1", Config{})
	address := netip.MustParseAddr("198.18.0.0")
	for range 3 * idleGates {
		_, left := g.of(address.String(), Config{})
		left()
		address = address.Next()
	}
	if again, _ := g.of("192.0.2.1", Config{}); again != first || len(g.gates) > idleGates+1 {
		t.Errorf("there are %d gates, and that in use is kept: %v", len(g.gates), again == first)
	}
	leave()
}
