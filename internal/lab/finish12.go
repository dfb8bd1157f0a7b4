package lab

import (
	"errors"
	"slices"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// finishes reports whether a handshake of SSLv3 to TLS 1.2 can be finished: unless the server forges, stops on the way, or
// chose what legacy does not have.
func (s *session) finishes(c choice) bool {
	q := s.Server.Quirks
	switch {
	case q.EarlyCCS != "" && !q.EarlyCCS.finishes(), !q.Decryption.zero() && c.info.KeyExchange == tlswire.KeyExchangeRSA && !c.info.Export:
		return false
	case !q.Forge.zero(), q.Fault.At.inTLS() && q.Fault.Do != Drip, c.compression != 0:
		return false
	case c.group != 0 && !hasCurve(c.group):
		return false
	case c.info.KeyExchange == tlswire.KeyExchangeDHE && !c.info.Export && !s.Server.DH.honest():
		return false
	}
	return slices.Contains(legacy.Suites(c.version), c.suite)
}

// answer12 carries a handshake of SSLv3 to TLS 1.2 through and speaks mail inside.
func (s *session) answer12(h *hello, c choice) error {
	q := s.Server.Quirks
	first := &legacy.ReceivedHello{ClientHello: h.ClientHello, Message: h.message}
	config := &legacy.ServerConfig{Hello: first, Sessions: s.sessions, RecordSize: q.Fragment,
		OneMessagePerRecord: q.OneMessagePerRecord, Faults: q.Attack}
	if s.Server.Extensions.Heartbeat {
		config.Heartbeat = s.heartbeat
	}
	if r, ok := s.draw(); ok {
		config.Faults.CBC = legacy.CBCFaults{BadMAC: r, BadPadding: r, BadBoth: r}
	}
	config.Answer = func(hello *legacy.ReceivedHello, session *legacy.State) (*legacy.Flight, error) {
		if hello == first {
			return s.flightOrResume(h, c, session)
		}
		return s.answerAgain(hello, session)
	}
	peer, err := legacy.Server(s.ctx, &replayed{s.raw, s.behindHello(c), s.out}, config)
	if err != nil {
		return resetting(err)
	}
	s.in, s.out, s.secure = s.within(peer), peer, true
	if err := s.inside(); err != nil {
		return resetting(err)
	}
	return peer.CloseNotify()
}

// resetting turns the reset that legacy asks for into the lab's.
func resetting(err error) error {
	if errors.Is(err, legacy.ErrReset) {
		return errReset
	}
	return err
}

// answerAgain negotiates the hello of a renegotiation.
func (s *session) answerAgain(received *legacy.ReceivedHello, session *legacy.State) (*legacy.Flight, error) {
	var h hello
	m, _, err := tlswire.ParseHandshake(received.Message)
	if err == nil {
		err = h.parse(m)
	}
	if err != nil {
		return nil, err
	}
	h.versions = nil // nobody renegotiates TLS 1.3 (RFC 8446, Section 4.1.2)
	c, err := s.negotiate(&h)
	var r refused
	if errors.As(err, &r) {
		return nil, legacy.Refusal(r)
	}
	if err != nil {
		return nil, err
	}
	return s.flightOrResume(&h, c, session)
}

// flightOrResume resumes a session in the version that was chosen, and else begins one.
func (s *session) flightOrResume(h *hello, c choice, session *legacy.State) (*legacy.Flight, error) {
	if session == nil || s.Server.Quirks.ForgetTickets || session.Version != c.version {
		_, flight, err := s.flight12(h, c)
		return flight, err
	}
	info, _ := session.Suite.Info()
	answer := s.serverHello(h, choice{version: c.version, suite: session.Suite, info: info})
	answer.Extensions = slices.DeleteFunc(answer.Extensions, func(x tlswire.Extension) bool {
		return x.Type == tlswire.ExtensionSessionTicket // the client keeps its own
	})
	return &legacy.Flight{Hello: answer}, nil
}
