package legacy

import (
	"context"
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

var errNoFlight = errors.New("there is no server flight to answer")

// Finish completes a handshake that Client began: it sends the client's second
// flight and reads the server's Finished. Then application data can be read and
// written. The error is an *Error.
func (s *Session) Finish(ctx context.Context) error {
	return s.run(ctx, "finishing the handshake", s.handshake.finish)
}

func (h *handshake) finish() error {
	if err := h.answer(); err != nil {
		return err
	}
	if !h.seen.Resumed {
		m, changed, err := h.message()
		if err == nil {
			err = h.readFinished(m, changed)
		}
		if err != nil {
			return err
		}
	}
	h.ready = true
	return nil
}

// answer sends the client's second flight, once, and reads nothing: an empty
// certificate if one was asked for, ClientKeyExchange, ChangeCipherSpec and
// Finished; in a resumed session the last two.
func (h *handshake) answer() error {
	if h.answered {
		return nil
	}
	var out []byte
	if !h.seen.Resumed {
		if !h.seen.Done {
			return local(errNoFlight)
		}
		var err error
		if out, err = h.agree(); err != nil {
			return err
		}
	}
	out, err := h.appendFinished(out)
	if err != nil {
		return err
	}
	h.answered = true
	return h.flush(out)
}

// agree appends Certificate and ClientKeyExchange, and derives the keys.
func (h *handshake) agree() (out []byte, err error) {
	premaster, exchange, err := h.exchange()
	if err != nil {
		return nil, err
	}
	if h.seen.CertificateRequest != nil {
		if out, err = h.appendNoCertificate(out); err != nil {
			return nil, err
		}
	}
	if out, err = h.appendMessage(out, tlswire.TypeClientKeyExchange, tlswire.ClientKeyExchange{Exchange: exchange}); err != nil {
		return nil, err
	}
	h.keys.master = h.keys.masterSecret(premaster)
	if h.seen.ExtendedMasterSecret {
		if h.keys.master, err = h.keys.extendedMasterSecret(premaster, h.transcript); err != nil {
			return nil, err
		}
	}
	return out, h.deriveKeys()
}

// appendNoCertificate has an empty list (RFC 5246, Section 7.4.6), or the alert of SSLv3 (RFC 6101, Section 5.6.6).
func (h *handshake) appendNoCertificate(out []byte) ([]byte, error) {
	if h.keys.version > tlswire.SSLv3 {
		return h.appendMessage(out, tlswire.TypeCertificate, tlswire.Certificate{})
	}
	alert, _ := tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertNoCertificate}.Marshal() // never fails
	return h.records(out, tlswire.ContentAlert, alert, 0)
}

// appendMessage appends a message in records of its own.
func (h *handshake) appendMessage(out []byte, t tlswire.HandshakeType, b body) ([]byte, error) {
	messages, err := h.emit(t, b)
	if err != nil || len(messages) == 0 {
		return out, err
	}
	return h.records(out, tlswire.ContentHandshake, messages, 0)
}

// appendFinished appends ChangeCipherSpec and Finished.
func (h *handshake) appendFinished(out []byte) ([]byte, error) {
	body, _ := tlswire.ChangeCipherSpec{}.Marshal() // never fails
	out, err := h.records(out, tlswire.ContentChangeCipherSpec, body, 0)
	if err != nil {
		return nil, err
	}
	h.out = h.nextOut
	h.ClientVerifyData = h.keys.finished(h.transcript, false)
	return h.appendMessage(out, tlswire.TypeFinished, tlswire.Finished{VerifyData: h.ClientVerifyData})
}
