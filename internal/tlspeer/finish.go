package tlspeer

import (
	"context"
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// Finish completes a handshake that Client began: it answers a
// CertificateRequest with an empty certificate and sends the client's Finished.
// Then application data can be read and written. The error is an *Error. Whether the server is
// content shows only when something is read.
func (s *Session) Finish(ctx context.Context) error {
	return s.run(ctx, "finishing the handshake", func() error {
		if s.nextOut == nil {
			return local(errors.New("there is no server flight to answer"))
		}
		if err := s.sendFinished(); err != nil {
			return err
		}
		if err := s.deriveResumption(); err != nil {
			return err
		}
		err := s.protectOut(s.suite, s.nextOut)
		s.nextOut, s.ready = nil, err == nil
		return err
	})
}

// sendFinished sends the client's second flight.
func (s *Session) sendFinished() error {
	if err := s.endEarly(); err != nil {
		return err
	}
	var flight []byte
	if r := s.Seen.CertificateRequest; r != nil {
		body, err := tlswire.CertificateTLS13{Context: r.Context}.Marshal()
		if err != nil {
			return local(err)
		}
		m := tlswire.Handshake{Type: tlswire.TypeCertificate, Body: body}
		if flight, err = m.Append(flight); err != nil {
			return local(err)
		}
		if err := s.transcript.add(m); err != nil {
			return err
		}
	}
	mac, err := finishedMAC(s.suite.newHash, s.ownSecret, s.transcript.hash(s.suite.newHash))
	if err != nil {
		return err
	}
	m := tlswire.Handshake{Type: tlswire.TypeFinished, Body: mac}
	if flight, err = m.Append(flight); err != nil {
		return err
	}
	if err := s.transcript.add(m); err != nil {
		return err
	}
	return s.sendCompatible(flight, 0)
}

// sendCompatible sends handshake messages, behind a change_cipher_spec if one is due.
func (s *Session) sendCompatible(messages []byte, size int) (err error) {
	var out []byte
	if s.compatible {
		s.compatible = false
		if out, err = changeCipherSpec().Append(out); err != nil {
			return err
		}
	}
	if out, err = s.records(out, tlswire.ContentHandshake, tlswire.TLS12, messages, size); err != nil {
		return err
	}
	return s.flush(out)
}
