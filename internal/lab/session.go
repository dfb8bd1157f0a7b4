package lab

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// The ways in which a connection ends before its protocol is through.
var (
	errDone  = errors.New("the server is done with this connection")
	errReset = errors.New("the server resets this connection")
)

// session is one connection.
type session struct {
	*Running
	ctx    context.Context
	number int // of this connection, from 1
	raw    net.Conn
	in     *bufio.Reader // of raw, or of the TLS connection in it
	out    io.Writer     // likewise; a dripper once the server slows down
	secure bool          // TLS is up
	visit  Visit
	until  time.Time // when the connection must be over; zero: it may last

	knows    knowledge // by SMTP and LMTP
	kept     []byte    // what came behind STARTTLS
	held     []byte    // what was said and is not sent yet
	prompted string    // the reply to the next line, which follows a prompt; empty if none does
}

// run carries the connection from its first byte to its last.
func (s *session) run() error {
	if err := s.pause(s.Server.Throttle.Delay); err != nil {
		return err
	}
	if err := s.step(AtConnect); err != nil {
		return err
	}
	if !s.Server.Protocol.ImplicitTLS() {
		if startTLS, err := s.plaintext(); err != nil || !startTLS {
			return err
		}
	}
	return s.tls()
}

// step does what the server's fault asks for, if this is its step. A nil error
// means that the connection goes on, perhaps slowly.
func (s *session) step(at Step) error {
	f := s.Server.Quirks.Fault
	if f.At != at || at == "" {
		return nil
	}
	switch f.Do {
	case Silence:
		return s.silence()
	case Reset:
		return errReset
	case Drip:
		s.out = &dripper{s: s}
		return nil
	}
	return errDone
}

// silence swallows what the client sends until it gives up.
func (s *session) silence() error {
	if _, err := io.Copy(io.Discard, s.in); err != nil {
		return err
	}
	return errDone
}

// interval is the pause of drips and tarpits.
func (s *session) interval() time.Duration {
	if d := s.Server.Quirks.Interval; d > 0 {
		return d
	}
	return time.Minute
}

// pause waits for d, or less when the server is stopped.
func (s *session) pause(d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// dripper writes one byte per interval.
type dripper struct{ s *session }

func (d *dripper) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := d.s.raw.Write(b[i : i+1]); err != nil {
			return i, err
		}
		if err := d.s.pause(d.s.interval()); err != nil {
			return i + 1, err
		}
	}
	return len(b), nil
}

// reset closes the connection so that the client sees a TCP reset.
func (s *session) reset() {
	if tcp, ok := s.raw.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	s.raw.Close()
}

// lingering is how long a closed connection still takes what the client sends.
const lingering = time.Second

// finish closes the connection so that the client sees an orderly end: a close
// with bytes unread would turn into a reset that overtakes what was written.
func (s *session) finish() {
	if tcp, ok := s.raw.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		_ = tcp.SetReadDeadline(time.Now().Add(lingering))
		_, _ = io.Copy(io.Discard, tcp)
	}
	s.raw.Close()
}
