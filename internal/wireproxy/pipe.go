package wireproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// A parcel is what travels one way: bytes, or the end of the stream.
type parcel struct {
	due   time.Time
	data  []byte
	end   bool // FIN
	abort bool // RST
}

// inFlight bounds how many parcels travel one way at a time, so that a sender faster than its reader is slowed as TCP
// would slow it.
const inFlight = 256

// A pipe carries one direction of a connection: read puts parcels on the path, write takes them off when they are due.
type pipe struct {
	delay   time.Duration // half a round trip
	opened  time.Time     // when the far end first hears of the connection; zero for the way back
	sent    func(parcel)  // told when a parcel enters the path
	arrived func(parcel)  // told just before it leaves the path
	late    func() time.Duration
	pass    func(n int) (int, bool) // how many of n bytes may pass, and whether the connection ends with them
	path    chan parcel
}

func ignore(parcel) {}

func newPipe(delay time.Duration) *pipe {
	return &pipe{delay: delay, sent: ignore, arrived: ignore, path: make(chan parcel, inFlight)}
}

// read fills the path until from ends or is aborted. It never blocks for good: the path is always written or drained to
// its end.
func (p *pipe) read(from *net.TCPConn) {
	defer close(p.path)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			p.enter(parcel{data: append([]byte(nil), buf[:n]...)})
		}
		if err != nil {
			end := errors.Is(err, io.EOF)
			p.enter(parcel{end: end, abort: !end})
			return
		}
	}
}

func (p *pipe) enter(c parcel) {
	c.due = time.Now().Add(p.delay + p.late())
	if c.due.Before(p.opened) {
		c.due = p.opened
	}
	p.sent(c)
	p.path <- c
}

// write delivers the path until it ends in order; anything else makes it return false at once.
func (p *pipe) write(ctx context.Context, to *net.TCPConn) bool {
	for c := range p.path {
		if !wait(ctx, c.due) {
			return false
		}
		p.arrived(c)
		if c.abort {
			return false
		}
		if c.end {
			return to.CloseWrite() == nil
		}
		n, ends := p.pass(len(c.data))
		if _, err := to.Write(c.data[:n]); err != nil || ends {
			return false
		}
	}
	return false
}

// drain discards what is left on the path, and returns when its reader has ended.
func (p *pipe) drain() {
	for {
		if _, ok := <-p.path; !ok {
			return
		}
	}
}

// wait returns at the given time, or false when ctx is done before.
func wait(ctx context.Context, until time.Time) bool {
	d := time.Until(until)
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// abort closes with RST rather than FIN: a pending linger of zero discards what is unsent (RFC 9293, Section 3.10.5).
func abort(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}
