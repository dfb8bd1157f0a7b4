package tlspeer

import (
	"context"
	"net"

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
	psk        []byte // of the session that is resumed
	early      []byte // the secret of early data; nil if none was offered
	resumption []byte // the resumption master secret
	tickets    []Ticket
	data       []byte // application data received and not yet read
}

func newSession(conn net.Conn, limits Limits) *Session {
	s := new(Session)
	s.link = newLink(conn, limits, &s.Seen)
	return s
}

// run calls do under the deadline and cancellation of ctx, and turns its error into an *Error.
func (s *Session) run(ctx context.Context, doing string, do func() error) error {
	return s.failed(doing, Within(ctx, s.Conn, do))
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
	return s.Conn.Close()
}

var _ net.Conn = (*Session)(nil)
