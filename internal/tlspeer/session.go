package tlspeer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// Session is one connection of the peer. Before its handshake is complete it
// only holds what was Seen; afterwards it is the net.Conn of the application
// data. Its methods are not safe for concurrent use, but for SetDeadline.
type Session struct {
	Seen Seen

	link
	suite      suite
	keys       *schedule
	transcript transcript
	ownSecret  []byte // the traffic secrets of the two Finished
	peerSecret []byte
	nextOut    []byte // the client's application traffic secret, from its Finished on
	nextIn     []byte // the same, as the server reads it
	compatible bool   // a change_cipher_spec is due before the next own flight
	ready      bool   // the handshake is complete
	data       []byte // application data received and not yet read
}

func newSession(conn net.Conn, limits Limits) *Session {
	s := new(Session)
	s.link = newLink(conn, limits, &s.Seen)
	return s
}

// run calls do under the deadline and cancellation of ctx, and turns its error into an *Error.
func (s *Session) run(ctx context.Context, doing string, do func() error) error {
	if err := ctx.Err(); err != nil {
		return s.failed(doing, err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		s.conn.SetDeadline(deadline)
	}
	stop := context.AfterFunc(ctx, func() { s.conn.SetDeadline(time.Unix(1, 0)) })
	err := do()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil && ctx.Err() != nil && endOf(err) == EndTimeout {
		err = ctx.Err()
	}
	return s.failed(doing, err)
}

// failed records how the connection ended, once, and wraps err.
func (s *Session) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	if s.Seen.End == "" {
		s.Seen.End = endOf(err)
	}
	return &Error{Doing: doing, End: endOf(err), Seen: &s.Seen, Err: err}
}

var errNotReady = errors.New("the handshake is not complete")

// Read reads application data. It returns io.EOF after a close_notify, and an
// *Error for any other end, also for a connection that closes without one.
func (s *Session) Read(p []byte) (int, error) {
	const doing = "reading application data"
	if !s.ready {
		return 0, s.failed(doing, local(errNotReady))
	}
	for len(s.data) == 0 {
		if err := s.receive(); err != nil {
			if a := (alertError{}); errors.As(err, &a) && a.Description == tlswire.AlertCloseNotify {
				s.Seen.End = EndAlert
				return 0, io.EOF
			}
			return 0, s.failed(doing, err)
		}
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// receive deals with one post-handshake message or else one record.
func (s *Session) receive() error {
	h, ok, err := s.buffered()
	if err != nil {
		return err
	}
	if ok {
		return s.postHandshake(h)
	}
	s.data, err = s.next()
	return err
}

// postHandshake keeps tickets, follows key updates and passes over the rest (RFC 8446, Section 4.6).
func (s *Session) postHandshake(h tlswire.Handshake) error {
	switch h.Type {
	case tlswire.TypeNewSessionTicket:
		t, err := tlswire.ParseNewSessionTicketTLS13(h.Body)
		if err == nil {
			s.Seen.Tickets = append(s.Seen.Tickets, t)
		}
		return err
	case tlswire.TypeKeyUpdate:
		return s.keyUpdated(h.Body)
	case tlswire.TypeCertificateRequest:
		return nil
	}
	return nonsense(fmt.Errorf("%v behind the handshake", h.Type))
}

// keyUpdated follows the other side's KeyUpdate and answers it when it asks to.
func (s *Session) keyUpdated(body []byte) error {
	update, err := tlswire.ParseKeyUpdate(body)
	if err != nil {
		return err
	}
	if s.incoming.Pending() > 0 {
		return nonsense(errSpans)
	}
	in, err := s.in.next()
	if err != nil {
		return err
	}
	s.in = in
	if update.Requested {
		return s.UpdateKeys(false)
	}
	return nil
}

// UpdateKeys sends a KeyUpdate, asks for one in return when request is set,
// and goes on with the next keys (RFC 8446, Section 4.6.3).
func (s *Session) UpdateKeys(request bool) error {
	const doing = "updating keys"
	if !s.ready {
		return s.failed(doing, local(errNotReady))
	}
	body, _ := tlswire.KeyUpdate{Requested: request}.Marshal()                     // never fails
	m, _ := tlswire.Handshake{Type: tlswire.TypeKeyUpdate, Body: body}.Append(nil) // one byte always fits
	if err := s.write(tlswire.ContentHandshake, tlswire.TLS12, m, 0); err != nil {
		return s.failed(doing, err)
	}
	out, err := s.out.next()
	if err == nil {
		s.out = out
	}
	return s.failed(doing, err)
}

// Write sends application data, in records of at most 16384 bytes.
func (s *Session) Write(p []byte) (int, error) {
	const doing = "writing application data"
	if !s.ready {
		return 0, s.failed(doing, local(errNotReady))
	}
	if len(p) == 0 {
		return 0, nil
	}
	if err := s.write(tlswire.ContentApplicationData, tlswire.TLS12, p, 0); err != nil {
		return 0, s.failed(doing, err)
	}
	return len(p), nil
}

// SendAlert sends an alert under the keys of the moment, whatever the state:
// it is how a caller takes leave of a handshake that it does not finish.
func (s *Session) SendAlert(a tlswire.Alert) error {
	body, _ := a.Marshal() // never fails
	return s.failed("sending an alert", s.write(tlswire.ContentAlert, tlswire.TLS12, body, 0))
}

// Close sends close_notify if the handshake is complete, and closes the connection.
func (s *Session) Close() error {
	if s.ready {
		// An error says that the other side is gone, which closing will not change.
		_ = s.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify})
	}
	return s.conn.Close()
}

// LocalAddr, RemoteAddr and the deadlines are those of the connection below.

func (s *Session) LocalAddr() net.Addr                { return s.conn.LocalAddr() }
func (s *Session) RemoteAddr() net.Addr               { return s.conn.RemoteAddr() }
func (s *Session) SetDeadline(t time.Time) error      { return s.conn.SetDeadline(t) }
func (s *Session) SetReadDeadline(t time.Time) error  { return s.conn.SetReadDeadline(t) }
func (s *Session) SetWriteDeadline(t time.Time) error { return s.conn.SetWriteDeadline(t) }
