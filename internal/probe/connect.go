package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// connection is one observation in the making.
type connection struct {
	*Session
	offer evidence.Offer
	conn  *countedConn
	obs   *evidence.Observation
	begun time.Time

	asking  starttls.Asking
	in      *recordReader   // of conn, once TLS begins
	version tlswire.Version // of the server's hello
	suite   tlswire.Suite

	challenge []byte // of our hello of SSLv2
}

// observe makes one connection with offer o and tells what came of it. It returns when the connection is closed.
func (s *Session) observe(ctx context.Context, id string, o evidence.Offer, asking starttls.Asking, connected func()) *evidence.Observation {
	c := &connection{Session: s, offer: o, asking: asking, begun: time.Now(), obs: &evidence.Observation{ID: id, Offer: o}}
	c.obs.Start = micros(c.begun.Sub(s.ep.At))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c.obs.End = c.run(ctx, connected)
	c.obs.Timing.End = sinceBegun(c)
	if c.conn != nil {
		_ = c.conn.Close()
		c.obs.BytesIn, c.obs.BytesOut, c.obs.RoundTrips = c.conn.in, c.conn.out, c.conn.turns
	}
	if ctx.Err() != nil {
		c.obs.End.Kind = evidence.EndCancelled
	}
	return c.obs
}

func (c *connection) run(ctx context.Context, connected func()) evidence.End {
	conn, err := c.cfg.dial(ctx, c.address())
	if err != nil {
		return evidence.End{Kind: evidence.EndUnreachable, Detail: dialReason(err)}
	}
	connected()
	c.cameFrom(conn)
	c.conn = &countedConn{Conn: conn, turns: 1, over: ctx.Done()}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c.obs.Timing.Connect = sinceBegun(c)
	if end, ok := c.preamble(ctx); !ok {
		return end
	}
	c.obs.Timing.Ready = sinceBegun(c)
	_ = c.conn.SetDeadline(time.Now().Add(c.cfg.timeout()))
	if ctx.Err() != nil {
		return evidence.End{Kind: evidence.EndCancelled}
	}
	c.conn.head = nil
	return c.inTheClear(ctx, c.handshake(ctx))
}

// cameFrom keeps the address of our end, the same for all connections to one address but where routes change.
func (s *Session) cameFrom(conn net.Conn) {
	if a, ok := conn.LocalAddr().(*net.TCPAddr); ok && a.IP != nil {
		ip := a.AddrPort().Addr().Unmap().WithZone("").String()
		s.source.CompareAndSwap(nil, &ip)
	}
}

func (s *Session) address() string {
	return net.JoinHostPort(s.ep.Target.Address, portText(s.ep.Target.Port))
}

// preamble goes through the plaintext part, if there is one, up to the go-ahead.
func (c *connection) preamble(ctx context.Context) (evidence.End, bool) {
	if c.protocol.ImplicitTLS() {
		return evidence.End{}, true
	}
	opt := c.options()
	opt.BeforeTLS, opt.Behind = c.asking, c.injecting()
	opt.Commands, opt.Unannounced = c.saidBefore()
	res := starttls.Start(ctx, c.conn, preambleOf(c.ep.Target, c.protocol), opt)
	c.obs.Dialogue = c.keepDialogue(res)
	for _, l := range res.Dialogue.Lines {
		c.obs.LinesMS = append(c.obs.LinesMS, (c.obs.Timing.Connect + l.At).Milliseconds())
	}
	if c.offer.Attack == evidence.STARTTLSInjection {
		return c.begunInjection(res, opt.Behind)
	}
	if c.offer.Attack == evidence.StateKept {
		return c.begunState(res)
	}
	return c.preambleEnd(res)
}

// preambleEnd tells what came of the plaintext part. "454 TLS not available" (RFC 3207, Section 4) is no request to come
// later: as a rule certificate or key cannot be read. Bytes behind the go-ahead are not TLS, whatever follows them.
func (c *connection) preambleEnd(res *starttls.Result) (evidence.End, bool) {
	unavailable := res.Step == starttls.StepSTARTTLS && res.Reply.Status == "454"
	switch {
	case res.Outcome == starttls.Ready && len(res.Early) > 0:
		return evidence.End{Kind: evidence.EndNotTLS, Detail: fmt.Sprintf("text behind the go-ahead for TLS: %.100q", res.Early)}, false
	case res.Outcome == starttls.Ready:
		c.preambles.Add(1)
		if res.Before.Listed {
			c.listed.Store(&res.Before)
		}
		return evidence.End{}, true
	case res.Step == starttls.StepBeforeTLS && res.Outcome != starttls.Canceled:
		return evidence.End{Kind: evidence.EndAside, Detail: reason(res)}, false
	case res.Outcome == starttls.TemporarilyRefused && !unavailable:
		return evidence.End{Kind: evidence.EndThrottled, Detail: reason(res)}, false
	case res.Outcome == starttls.Canceled:
		return evidence.End{Kind: evidence.EndCancelled}, false
	}
	return evidence.End{Kind: evidence.EndPreamble, Detail: reason(res)}, false
}

func (c *connection) options() starttls.Options {
	return starttls.Options{Helo: c.cfg.Helo, Timeout: c.cfg.timeout(), GreetingTimeout: c.cfg.greeting(),
		SkipCapabilities: c.preambles.Load() > 0, Listed: c.listed.Load()}
}

// reason says why a dialogue did not end in a go-ahead, in words that are the same for each connection: errors of the
// network name its ports.
func reason(res *starttls.Result) string {
	var network *net.OpError
	switch {
	case res.Err == nil:
		return string(res.Outcome)
	case res.Outcome == starttls.Timeout:
		return fmt.Sprintf("%s: no answer in time", res.Step)
	case errors.Is(res.Err, syscall.ECONNRESET):
		return fmt.Sprintf("%s: the server reset the connection", res.Step)
	case res.Outcome == starttls.Closed:
		return fmt.Sprintf("%s: the server closed the connection", res.Step)
	case errors.As(res.Err, &network):
		return fmt.Sprintf("%s: %v", res.Step, network.Err)
	}
	return res.Err.Error()
}

// handshake sends the hello and reads the reply.
func (c *connection) handshake(ctx context.Context) evidence.End {
	switch o := c.offer; {
	case o.Attack != "":
		return c.try(ctx)
	case o.Version == tlswire.SSLv2:
		return c.helloV2()
	case o.Version == tlswire.TLS13 && (o.Has(evidence.ServerFlight) || o.Has(evidence.Finished)):
		return c.peer13(ctx)
	case o.Has(evidence.Finished):
		return c.finishOld(ctx)
	}
	return c.hello()
}

// noReply is the detail of a timeout.
const noReply = "no whole reply to the hello in time"

// endOf tells how a connection ended by its error.
func endOf(err error) evidence.End {
	var timeout net.Error
	switch {
	case err == nil:
		return evidence.End{Kind: evidence.EndDone}
	case errors.Is(err, context.Canceled):
		return evidence.End{Kind: evidence.EndCancelled}
	case errors.As(err, &timeout) && timeout.Timeout():
		return evidence.End{Kind: evidence.EndTimeout, Detail: noReply}
	case isEOF(err):
		return evidence.End{Kind: evidence.EndClosed}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return evidence.End{Kind: evidence.EndReset}
	case errors.Is(err, tlswire.ErrNotTLS):
		return evidence.End{Kind: evidence.EndNotTLS, Detail: err.Error()}
	}
	return evidence.End{Kind: evidence.EndMalformed, Detail: err.Error()}
}

// dialReason says why there is no connection, without the address, which the reader knows.
func dialReason(err error) string {
	var op *net.OpError
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH),
		errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT): // the latter two: no IPv6 here
		return "no route to this address"
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer to the connection attempt"
	case errors.As(err, &op):
		return op.Err.Error()
	}
	return err.Error()
}
