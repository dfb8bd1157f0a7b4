package tlspeer

import (
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

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
		if err != nil {
			return err
		}
		return s.keepTicket(t)
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
