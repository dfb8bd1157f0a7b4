// Package wireproxy is a TCP proxy that models a long network path and counts what crosses it.
//
// Benchmarks and tests put it between a scanner and a real server on loopback, so that the number of connections, the
// bytes and the round trips are counted by somebody other than the scanner, and so that every scanner meets the same
// round trip time. It understands no protocol.
//
// # The path
//
// With a round trip time R, a connection that the client opens at t0 reaches the server at t0+1.5R, as the last packet
// of a TCP handshake (RFC 9293, Section 3.5) would. From there on bytes, the end of a stream (FIN) and an abort (RST)
// alike take R/2 each way and keep their order. What a client writes before t0+1.5R arrives at that time. A client
// so sees a server's greeting at t0+2R, and the answer to a hello sent at once at t0+2R too.
//
// Only bandwidth and loss are left out: loopback has as much as is asked for, and loses nothing.
//
// # Faults
//
// [Config].Fault picks the connections that are to fail, and how: see [After] and [Every]. [Config].Disturb makes a path rough:
// resets in the middle, pieces that come late, servers that turn connections away.
package wireproxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Config says how a Proxy behaves. Only Target is needed.
type Config struct {
	// Target is the address of the server, "127.0.0.1:2525".
	Target string
	// Listen is where clients connect to, "127.0.0.2:0"; empty for a free port of 127.0.0.1.
	Listen string
	// RTT is the round trip time of the path; zero forwards at once.
	RTT time.Duration
	// Fault says what happens to the nth connection, counted from 1. Nil leaves all alone.
	Fault func(n int) Fault
	// Disturb says what befalls the nth connection, beside Fault. Nil: nothing.
	Disturb func(n int) Disturbance
	// Keep is how many of the first bytes of each direction are kept for Connections; zero keeps none.
	Keep int
}

// Proxy listens, and forwards to one server. Its methods may be called at any time, from
// any goroutine.
type Proxy struct {
	config   Config
	listener net.Listener
	cancel   context.CancelFunc
	tasks    sync.WaitGroup
	counter  counter
}

// Listen starts a proxy. It runs until ctx is done or Close is called; Close must be called in either case to wait for
// its end. The error says why no port could be had.
func Listen(ctx context.Context, config Config) (*Proxy, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", cmp.Or(config.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("opening the proxy's port: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &Proxy{config: config, listener: listener, cancel: cancel}
	context.AfterFunc(ctx, func() { _ = listener.Close() })
	p.tasks.Add(1)
	go p.accept(ctx)
	return p, nil
}

// Addr is where the proxy listens, "127.0.0.1:40123".
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Close aborts all connections, stops listening and returns when nothing of the proxy runs any more.
func (p *Proxy) Close() {
	p.cancel()
	_ = p.listener.Close()
	p.tasks.Wait()
}

// Stats is the sum over all connections so far.
func (p *Proxy) Stats() Stats { return p.counter.stats() }

// Connections tells of each connection so far, in the order in which they were opened.
func (p *Proxy) Connections() []Connection { return p.counter.list() }

// Reset forgets every connection so far, open ones included, so that one proxy can serve several measurements.
func (p *Proxy) Reset() { p.counter.reset() }

func (p *Proxy) accept(ctx context.Context) {
	defer p.tasks.Done()
	for n := 1; ; n++ {
		conn, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
			if err == nil { // it came in the moment of the end
				_ = conn.Close()
			}
			return
		}
		if err != nil {
			// Out of file descriptors, most likely: others will be closed soon.
			n--
			wait(ctx, time.Now().Add(10*time.Millisecond))
			continue
		}
		p.tasks.Add(1)
		go p.serve(ctx, conn.(*net.TCPConn), p.disturbance(n))
	}
}

func (p *Proxy) disturbance(n int) Disturbance {
	var d Disturbance
	if p.config.Disturb != nil {
		d = p.config.Disturb(n)
	}
	if p.config.Fault != nil && d.Fault == None {
		d.Fault = p.config.Fault(n)
	}
	return d
}
