package probe

import (
	"context"
	"net"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// Config says how a scan is made. The zero value is usable.
type Config struct {
	Timeout        time.Duration // of each step of a connection; 0 means 10 s
	Greeting       time.Duration // of the greeting, which may be slow on purpose; 0 means Timeout, or 30 s if that is 0 too
	Patience       time.Duration // how long in all to wait for a server that throttles; 0 means 5 minutes
	MaxConnections int           // at most; 0 means 500
	Parallel       int           // connections at once; 0 means 5
	Delay          time.Duration // between the starts of two connections
	Helo           string        // argument of EHLO; empty means the address literal
	Goal           []evidence.Need
	Quick          bool            // ask only what decides Goal
	Without        []*evidence.Key // facts that nobody reads: nothing is asked for them alone
	Passive        bool            // leave out what no ordinary client does: reserved values, odd sizes, the fallback signal, commands before TLS
	Dial           func(ctx context.Context, network, address string) (net.Conn, error)
	Gates          *Gates                                                              // shared with other scans that may meet this one at an address; nil: this scan is alone
	Admit          func(ctx context.Context) (leave func(), err error)                 // waits until a connection may be made beyond what the gate says; nil: it may
	Turn           func(ctx context.Context, address string) (leave func(), err error) // waits until the scan may begin at the target's address; nil: it may
	Trust          func(chain [][]byte, name string, at time.Time) *evidence.TrustResult
	Events         func(Event)
}

// Event tells how a scan goes on. It is called from one goroutine at a time.
type Event struct {
	Target      evidence.Target
	Question    string // what the connection just ended was for
	Connections int    // made so far
	Elapsed     time.Duration
	Versions    int           // protocol versions decided
	Suites      int           // accepted suites found
	Waiting     time.Duration // the server throttles; the scan goes on after this time
	Done        bool
}

func (c Config) timeout() time.Duration { return orDefault(c.Timeout, 10*time.Second) }

func (c Config) greeting() time.Duration {
	return orDefault(c.Greeting, orDefault(c.Timeout, 30*time.Second))
}

func (c Config) patience() time.Duration { return orDefault(c.Patience, 5*time.Minute) }

func (c Config) maxConnections() int { return orDefault(c.MaxConnections, 500) }

func (c Config) parallel() int { return orDefault(c.Parallel, 5) }

// admitted is the answer of Admit.
func (c Config) admitted(ctx context.Context) (leave func(), err error) {
	if c.Admit == nil {
		return func() {}, nil
	}
	return c.Admit(ctx)
}

func (c Config) dial(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	if c.Dial != nil {
		return c.Dial(ctx, "tcp", address)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", address)
}

func orDefault[T int | time.Duration](v, fallback T) T {
	if v <= 0 {
		return fallback
	}
	return v
}
