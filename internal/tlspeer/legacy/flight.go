package legacy

import (
	"bytes"
	"crypto/hmac"
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// flight reads what follows the ServerHello.
func (h *handshake) flight() error {
	for first := true; !h.seen.Done; first = false {
		m, changed, err := h.message()
		switch {
		case err != nil:
			return err
		case first && (changed || m.Type == tlswire.TypeNewSessionTicket):
			return h.resumed(m, changed)
		case changed:
			return nonsense(errors.New("change_cipher_spec in place of server_hello_done"))
		}
		if err := h.keep(m); err != nil {
			return err
		}
		h.note(m)
	}
	return nil
}

// keep reads one message of the flight. The order, and what is missing, is not looked at.
func (h *handshake) keep(m tlswire.Handshake) error {
	switch m.Type {
	case tlswire.TypeCertificate:
		return store(&h.seen.Certificate)(tlswire.ParseCertificate(m.Body))
	case tlswire.TypeCertificateStatus:
		return store(&h.seen.Status)(tlswire.ParseCertificateStatus(m.Body))
	case tlswire.TypeServerKeyExchange:
		return h.keepExchange(m.Body)
	case tlswire.TypeCertificateRequest:
		return store(&h.seen.CertificateRequest)(tlswire.ParseCertificateRequest(m.Body, h.keys.version))
	case tlswire.TypeServerHelloDone:
		h.seen.Done = true
		return nil
	case tlswire.TypeSupplementalData:
		return nil
	}
	return unexpected(m, "server_hello_done")
}

// store keeps what was parsed, if it was.
func store[T any](place **T) func(T, error) error {
	return func(value T, err error) error {
		if err == nil {
			*place = &value
		}
		return err
	}
}

// keepExchange keeps the parameters, if the suite is known to have any, and tries their signature; the result stops nobody.
func (h *handshake) keepExchange(body []byte) error {
	info, ok := h.seen.ServerHello.Suite.Info()
	if !ok {
		return nil
	}
	k, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, info.Auth == tlswire.AuthAnon, h.keys.version)
	if err != nil {
		if errors.Is(err, tlswire.ErrMalformed) {
			return err
		}
		return nil // not a key exchange that has a known message
	}
	h.seen.ServerKeyExchange = &k
	if chain := h.seen.Certificate; chain != nil && len(chain.Chain) > 0 && k.Signature != nil {
		params, err := k.Params()
		if err != nil {
			return nil
		}
		h.seen.SignatureValid = verify(chain.Chain[0], k.Scheme, append(h.keys.randoms(false), params...), k.Signature)
	}
	return nil
}

// resumed reads the rest of an abbreviated handshake, of which m or a change_cipher_spec has come (RFC 5246, Section
// 7.3; RFC 5077, Section 3.1).
func (h *handshake) resumed(m tlswire.Handshake, changed bool) error {
	if h.cfg.Resume == nil {
		return nonsense(errors.New("the server resumes a session that was not offered"))
	}
	if h.beyond != nil {
		return h.beyond
	}
	h.keys.master = bytes.Clone(h.cfg.Resume.Master)
	if err := h.deriveKeys(); err != nil {
		return err
	}
	h.seen.Resumed = true
	return h.readFinished(m, changed)
}

func (h *handshake) deriveKeys() (err error) {
	h.nextOut, h.nextIn, err = h.keys.cipherStates(h.seen.EncryptThenMAC)
	if err == nil {
		h.nextOut.random = h.random
	}
	return err
}

// readFinished reads up to the server's Finished; m is the message before a change_cipher_spec, if that has not come.
func (h *handshake) readFinished(m tlswire.Handshake, changed bool) (err error) {
	for ; !changed; m, changed, err = h.message() {
		if err != nil {
			return err
		}
		if m.Type != tlswire.TypeNewSessionTicket {
			return unexpected(m, "change_cipher_spec")
		}
		t, err := tlswire.ParseNewSessionTicket(m.Body)
		if err != nil {
			return err
		}
		h.seen.Ticket = &t
		h.note(m)
	}
	if err := h.protectIn(h.nextIn); err != nil {
		return err
	}
	h.nextIn = nil
	if m, err = h.expect(tlswire.TypeFinished); err != nil {
		return err
	}
	if !hmac.Equal(m.Body, h.keys.finished(h.transcript, true)) {
		return nonsense(errors.New("finished does not match the handshake"))
	}
	h.ServerVerifyData, h.seen.Finished = m.Body, true
	h.note(m)
	return nil
}
