package lab

import (
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/tlswire"
)

// tls answers the hello of a client, and whatever follows.
func (s *session) tls() error {
	q := s.Server.Quirks
	if len(q.Unasked) > 0 {
		if _, err := s.out.Write(q.Unasked); err != nil {
			return err
		}
		return s.silence()
	}
	h, err := s.readHello()
	if err != nil {
		s.visit.Problem = err
		return s.notHello(err)
	}
	s.saw(&h)
	if err := s.step(AtHello); err != nil {
		return err
	}
	if err := s.misbehave(); err != nil {
		return err
	}
	if !q.Tolerance.stands(&h) {
		return s.refuse(tlswire.AlertDecodeError)
	}
	if h.v2 != nil && h.v2.Version == tlswire.SSLv2 {
		return s.helloV2(&h)
	}
	return s.answer(&h)
}

// answer negotiates and sends the server's part of the handshake.
func (s *session) answer(h *hello) error {
	if err := s.refuseForeign(h); err != nil {
		return err
	}
	c, err := s.negotiate(h)
	var r refused
	switch {
	case errors.As(err, &r):
		s.visit.Problem = err
		return s.refuse(tlswire.AlertDescription(r))
	case err != nil:
		return err
	}
	s.visit.Got = Agreed{c.version, c.suite, c.group}
	switch {
	case c.version == tlswire.TLS13:
		return s.answer13(h, c)
	case s.finishes(c):
		return s.answer12(h, c)
	}
	flight, _, err := s.flight12(h, c)
	if err != nil {
		return fmt.Errorf("answering with %v: %w", c.suite, err)
	}
	if err := s.sendFlight(c.version, flight); err != nil {
		return err
	}
	switch q := s.Server.Quirks; {
	case q.EarlyCCS != "":
		return s.answerCCS(c)
	case !q.Decryption.zero() && c.info.KeyExchange == tlswire.KeyExchangeRSA && !c.info.Export:
		return s.decrypts(h, c)
	}
	return s.unfinished(c.version)
}

// unfinished waits for the client's next flight, and answers heartbeats meanwhile. The script ends there: a client
// that goes on is told that this is the server's fault.
func (s *session) unfinished(v tlswire.Version) error {
	record, err := s.readRecord()
	for err == nil && record[0] == byte(tlswire.ContentHeartbeat) && s.Server.Extensions.Heartbeat {
		if err = s.answerHeartbeat(v, record[tlswire.RecordHeaderLen:]); err == nil {
			record, err = s.readRecord()
		}
	}
	if err != nil || record[0] == byte(tlswire.ContentAlert) {
		return errDone
	}
	if err := s.release(); err != nil {
		return err
	}
	return s.alert(v, tlswire.AlertLevelFatal, tlswire.AlertInternalError)
}

// notHello answers what is no ClientHello, when it came whole.
func (s *session) notHello(err error) error {
	if errors.Is(err, errNotHello) || errors.Is(err, tlswire.ErrMalformed) || errors.Is(err, tlswire.ErrTooLarge) {
		return s.refuse(tlswire.AlertDecodeError)
	}
	return err
}

// refuse turns a hello down in the server's way.
func (s *session) refuse(d tlswire.AlertDescription) error {
	switch s.Server.Quirks.Refusal {
	case RefuseClose:
		return errDone
	case RefuseReset:
		return errReset
	case RefuseSilence:
		return s.silence()
	}
	return s.alert(s.alertVersion(), tlswire.AlertLevelFatal, d)
}

// alertVersion is the version in the record of an alert that comes before any
// version was agreed: the oldest, which all clients take.
func (s *session) alertVersion() tlswire.Version {
	v := tlswire.TLS12
	for _, have := range s.Server.Versions {
		if have >= tlswire.SSLv3 {
			v = min(v, have)
		}
	}
	return v
}

// alert sends one alert and ends the connection.
func (s *session) alert(v tlswire.Version, level tlswire.AlertLevel, d tlswire.AlertDescription) error {
	if err := s.sendRecord(tlswire.ContentAlert, v, []byte{byte(level), byte(d)}); err != nil {
		return err
	}
	return errDone
}

// misbehave does what the quirks have in place of a handshake. A nil error means
// that there is nothing of the kind.
func (s *session) misbehave() error {
	q := s.Server.Quirks
	switch {
	case len(q.Instead) > 0:
		if _, err := s.out.Write(q.Instead); err != nil {
			return err
		}
		return errDone
	case q.Alert != nil:
		return s.alert(tlswire.TLS12, q.Alert.Level, q.Alert.Description)
	case q.EveryAlert:
		return s.alert(tlswire.TLS12, tlswire.AlertLevelFatal, tlswire.AlertDescription(s.number))
	case q.Flood != "":
		return s.flood(q.Flood)
	}
	return nil
}
