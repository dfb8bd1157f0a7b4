package tlspeer

import (
	"crypto/rand"

	"github.com/mailtls/mailtls/tlswire"
)

// sendFlight sends everything from ServerHello to Finished.
func (s *server) sendFlight(share, secret []byte) error {
	var random [32]byte
	rand.Read(random[:])
	if err := s.emit(tlswire.TypeServerHello, s.hello(random, s.chosen(share))); err != nil {
		return err
	}
	if err := s.cut(); err != nil {
		return err
	}
	if err := s.startKeys(secret, true); err != nil {
		return err
	}
	if err := s.sendProtected(); err != nil {
		return err
	}
	if err := s.send(); err != nil {
		return err
	}
	return s.applicationKeys()
}

// applicationKeys switches the own direction to application data at once, the client's only behind its Finished.
func (s *server) applicationKeys() error {
	if err := s.keys.mix(nil); err != nil {
		return err
	}
	in, out, err := s.secrets("ap traffic", true)
	if err != nil {
		return err
	}
	s.nextIn = in
	return s.protectOut(s.suite, out)
}

// clientFlight reads Certificate and CertificateVerify, if they were asked for, and Finished.
func (s *server) clientFlight() error {
	if s.cfg.CertificateRequest != nil && !s.Seen.Resumed {
		if err := s.clientCertificate(); err != nil {
			return err
		}
	}
	if err := s.finished(); err != nil {
		return err
	}
	if err := s.deriveResumption(); err != nil {
		return err
	}
	err := s.protectIn(s.suite, s.nextIn)
	s.ready = err == nil
	return err
}

func (s *server) clientCertificate() error {
	m, err := s.expect(tlswire.TypeCertificate)
	if err != nil {
		return err
	}
	if err := s.certificate(m); err != nil || len(s.Seen.Certificate.Entries) == 0 {
		return err
	}
	if m, err = s.expect(tlswire.TypeCertificateVerify); err != nil {
		return err
	}
	return s.certificateVerify(m, "client")
}
