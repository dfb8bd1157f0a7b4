package tlspeer

import (
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// body is a message that can be marshalled.
type body interface{ Marshal() ([]byte, error) }

// emit puts a message, as the hook left it, into the transcript and on its way.
func (s *server) emit(t tlswire.HandshakeType, b body) error {
	raw, err := b.Marshal()
	if err != nil {
		return local(err)
	}
	messages := []tlswire.Handshake{{Type: t, Body: raw}}
	if s.cfg.Hooks.Message != nil {
		messages = s.cfg.Hooks.Message(messages[0])
	}
	for _, m := range messages {
		if err := s.emitOne(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) emitOne(m tlswire.Handshake) (err error) {
	if err = s.transcript.add(m); err != nil {
		return local(err)
	}
	if s.stream, err = m.Append(s.stream); err != nil {
		return local(err)
	}
	if s.cfg.RecordSize == 0 {
		return s.cut()
	}
	return nil
}

// cut turns the messages so far into records under the keys of the moment, and
// behind the first ones adds the change_cipher_spec that is due (RFC 8446, Appendix D.4).
func (s *server) cut() (err error) {
	if len(s.stream) > 0 {
		s.queue, err = s.records(s.queue, tlswire.ContentHandshake, tlswire.TLS12, s.stream, s.cfg.RecordSize)
		s.stream = s.stream[:0]
	}
	if err == nil && s.compatible {
		s.compatible = false
		s.queue, err = changeCipherSpec().Append(s.queue)
	}
	return err
}

// send writes what is on its way.
func (s *server) send() error {
	if err := s.cut(); err != nil {
		return err
	}
	queue := s.queue
	s.queue = nil
	return s.flush(queue)
}

// sendProtected emits the protected messages of the flight (RFC 8446, Section 4.3 and 4.4).
func (s *server) sendProtected() error {
	if err := s.emit(tlswire.TypeEncryptedExtensions, tlswire.EncryptedExtensions{Extensions: s.cfg.Extensions}); err != nil {
		return err
	}
	if !s.Seen.Resumed {
		if err := s.sendAuthentication(); err != nil {
			return err
		}
	}
	mac, err := finishedMAC(s.suite.newHash, s.ownSecret, s.transcript.hash(s.suite.newHash))
	if err != nil {
		return err
	}
	return s.emit(tlswire.TypeFinished, tlswire.Finished{VerifyData: mac})
}

// sendAuthentication emits what a session that is resumed leaves out.
func (s *server) sendAuthentication() error {
	if r := s.cfg.CertificateRequest; r != nil {
		if err := s.emit(tlswire.TypeCertificateRequest, *r); err != nil {
			return err
		}
	}
	if err := s.emit(tlswire.TypeCertificate, s.cfg.Certificate); err != nil {
		return err
	}
	return s.sendVerify()
}

func (s *server) sendVerify() error {
	if s.cfg.Key == nil {
		return local(errors.New("no key to sign with"))
	}
	content := signedContent("server", s.transcript.hash(s.suite.newHash))
	signature, err := sign(s.cfg.Key, s.cfg.Scheme, content)
	if err != nil {
		return local(err)
	}
	return s.emit(tlswire.TypeCertificateVerify, tlswire.CertificateVerify{Scheme: s.cfg.Scheme, Signature: signature})
}

// sendTickets sends the tickets, which the transcript no longer matters to.
func (s *server) sendTickets() error {
	for _, t := range s.cfg.Tickets {
		if err := s.issue(t); err != nil {
			return err
		}
		if err := s.emit(tlswire.TypeNewSessionTicket, t); err != nil {
			return err
		}
	}
	if len(s.cfg.Tickets) == 0 {
		return nil
	}
	return s.send()
}
