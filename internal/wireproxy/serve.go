package wireproxy

import (
	"context"
	"net"
	"sync"
	"time"
)

// A session is one connection through the proxy.
type session struct {
	client *net.TCPConn
	half   time.Duration // half a round trip
	there  *pipe
	record *record
	late   func() time.Duration // how much later than usual pieces come
	left   *budget
}

// serve plays one connection from t0 on, and returns when nothing of it is left.
func (p *Proxy) serve(ctx context.Context, client *net.TCPConn, d Disturbance) {
	defer p.tasks.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := p.session(client, d)
	defer p.counter.close(s.record)
	defer client.Close()
	defer context.AfterFunc(ctx, func() { abort(client) })()
	// The client may speak long before the server hears of the connection.
	var reader sync.WaitGroup
	reader.Go(func() { s.there.read(client) })
	defer reader.Wait()
	defer s.there.drain()
	if !wait(ctx, s.there.opened) {
		return
	}
	switch {
	case d.Fault != None:
		s.fail(ctx, d.Fault)
	case d.Instead != "":
		s.instead(ctx, d.Instead)
	default:
		s.forward(ctx, p.config.Target)
	}
}

func (p *Proxy) session(client *net.TCPConn, d Disturbance) *session {
	s := &session{client: client, half: p.config.RTT / 2, record: p.counter.open(p.config.Keep), late: unhurried(d.Delay),
		left: &budget{limited: d.Reset > 0, left: d.Reset}}
	s.there = s.pipe()
	s.there.opened = time.Now().Add(p.config.RTT + s.half)
	// What is said counts when the client says or hears it: only so is a flight told from its answer.
	s.there.sent = func(c parcel) {
		s.record.fromClient(c)
		if c.end || c.abort {
			p.counter.left()
		}
	}
	return s
}

// pipe returns one direction of the connection.
func (s *session) pipe() *pipe {
	p := newPipe(s.half)
	p.late, p.pass = s.late, s.left.pass
	return p
}

// forward joins the client with the server. When one direction is aborted so is the other, as one RST ends a whole
// connection.
func (s *session) forward(ctx context.Context, target string) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", target)
	if err != nil {
		s.fail(ctx, Reset)
		return
	}
	server := conn.(*net.TCPConn)
	defer server.Close()
	defer context.AfterFunc(ctx, func() { abort(server) })()
	back := s.pipe()
	back.arrived = s.record.toClient
	carry := func(p *pipe, to *net.TCPConn) {
		if !p.write(ctx, to) {
			abort(s.client)
			abort(server)
		}
		p.drain()
	}
	var tasks sync.WaitGroup
	tasks.Go(func() { back.read(server) })
	tasks.Go(func() { carry(back, s.client) })
	tasks.Go(func() { carry(s.there, server) })
	tasks.Wait()
}

// fail plays a fault that begins at the server now. It leaves a client that is to notice nothing, or only the end of
// the stream, to close by itself: closing here with its bytes unread would turn the end into a reset.
func (s *session) fail(ctx context.Context, f Fault) {
	switch {
	case f == Silence || !wait(ctx, time.Now().Add(s.half)):
		return
	case f == Reset:
		s.record.toClient(parcel{abort: true})
		abort(s.client)
		return
	case f == Busy:
		c := parcel{data: []byte(busyReply)}
		s.record.toClient(c)
		_, _ = s.client.Write(c.data)
	}
	s.record.toClient(parcel{end: true})
	_ = s.client.CloseWrite()
}
