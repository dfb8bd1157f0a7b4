package legacy

import (
	"context"

	"github.com/mailtls/mailtls/tlswire"
)

// Renegotiate sends hello, as it is, inside the session, and completes the
// handshake if the server goes along. A hello that is to be a secure one holds
// renegotiation_info with s.ClientVerifyData; without it and without the
// signalling suite the renegotiation is the one of CVE-2009-3555.
//
// What the server showed is never nil. The error is an *Error; an alert
// no_renegotiation is one, behind which the session goes on if it was a warning.
func (s *Session) Renegotiate(ctx context.Context, hello tlswire.ClientHello) (*Seen, error) {
	seen := new(Seen)
	h := &handshake{Session: s, seen: seen, cfg: &ClientConfig{Hello: hello, Resume: s.State()}}
	s.link.seen, s.asking = seen, true
	defer func() { s.link.seen, s.asking = &s.Seen, false }()
	return seen, s.run(ctx, "renegotiating", func() error {
		if !s.ready {
			return local(errNotReady)
		}
		if err := h.begin(); err != nil {
			return err
		}
		if err := h.finish(); err != nil {
			return err
		}
		s.handshake = h
		return nil
	})
}
