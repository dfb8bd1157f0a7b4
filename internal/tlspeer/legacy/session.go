package legacy

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// Session is one connection of the peer. Before its handshake is complete it
// only holds what was Seen; afterwards it is the net.Conn of the application
// data. Its methods are not safe for concurrent use, but for SetDeadline.
type Session struct {
	// Seen is about the first handshake, and about what came behind it but for renegotiations.
	Seen Seen
	// ClientVerifyData and ServerVerifyData are those of the last Finished messages, sent or received: what
	// renegotiation_info carries (RFC 5746, Section 3.2).
	ClientVerifyData, ServerVerifyData []byte

	link
	handshake *handshake // the one under way, or the last
	random    io.Reader
	ready     bool // a handshake is complete
}

func newSession(conn net.Conn, limits tlspeer.Limits, hooks tlspeer.Hooks) *Session {
	s := new(Session)
	s.link = newLink(conn, limits, hooks, &s.Seen)
	return s
}

// run calls do under the deadline and cancellation of ctx, and turns its error into an *Error.
func (s *Session) run(ctx context.Context, doing string, do func() error) error {
	return s.failed(doing, tlspeer.Within(ctx, s.Conn, do))
}

// failed records how the connection ended, once but for deadlines, behind which it may go on, and wraps err.
func (s *Session) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	end := tlspeer.EndOf(err)
	if s.seen.End == "" || s.seen.End == tlspeer.EndTimeout {
		s.seen.End = end
	}
	return &Error{Doing: doing, End: end, Seen: s.seen, Err: err}
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
				s.seen.End = tlspeer.EndAlert
				return 0, io.EOF
			}
			return 0, s.failed(doing, err)
		}
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// receive deals with one record behind the handshake, and with what it brings.
func (s *Session) receive() error {
	if changed, err := s.next(); err != nil {
		return err
	} else if changed {
		return nonsense(errors.New("a change_cipher_spec behind the handshake"))
	}
	for {
		m, ok, err := s.buffered()
		if err != nil || !ok {
			return err
		}
		if m.Type != tlswire.TypeNewSessionTicket {
			return nonsense(unexpected(m, "application data"))
		}
	}
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
	if err := s.write(tlswire.ContentApplicationData, p, 0); err != nil {
		return 0, s.failed(doing, err)
	}
	return len(p), nil
}

// SendAlert sends an alert under the keys of the moment, whatever the state:
// it is how a caller takes leave of a handshake that it does not finish.
func (s *Session) SendAlert(a tlswire.Alert) error {
	body, _ := a.Marshal() // never fails
	return s.failed("sending an alert", s.write(tlswire.ContentAlert, body, 0))
}

// Close sends close_notify if the handshake is complete, and closes the connection.
func (s *Session) Close() error {
	if s.ready {
		// An error says that the other side is gone, which closing will not change.
		_ = s.SendAlert(tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify})
	}
	return s.Conn.Close()
}

var _ net.Conn = (*Session)(nil)
