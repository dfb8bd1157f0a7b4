package legacy

import (
	"context"

	"github.com/mailtls/mailtls/tlswire"
)

// InjectCCS sends a ChangeCipherSpec right behind the server's flight, and its
// answer, without another ChangeCipherSpec, under the keys that come of an empty
// master secret, as somebody in the middle could (CVE-2014-0224): OpenSSL 1.0.1
// took no second one before Finished. It reads up to the server's Finished: if
// there is no error, the server has used these keys, too. The error is an *Error.
func (s *Session) InjectCCS(ctx context.Context) error {
	return s.run(ctx, "finishing the handshake without a master secret", s.handshake.injectCCS)
}

func (h *handshake) injectCCS() error {
	switch {
	case h.beyond != nil:
		return h.beyond
	case !h.seen.Done:
		return local(errNoFlight)
	}
	ccs, _ := tlswire.ChangeCipherSpec{}.Marshal() // never fails
	out, err := h.records(nil, tlswire.ContentChangeCipherSpec, ccs, 0)
	if err != nil {
		return err
	}
	empty := h.keys
	empty.master = nil
	if h.out, _, err = empty.cipherStates(h.seen.EncryptThenMAC); err != nil {
		return err
	}
	h.out.random = h.random
	answer, err := h.agree()
	if err != nil {
		return err
	}
	if _, h.nextIn, err = empty.cipherStates(h.seen.EncryptThenMAC); err != nil {
		return err
	}
	h.ClientVerifyData = h.keys.finished(h.transcript, false)
	if answer, err = h.appendMessage(answer, tlswire.TypeFinished, tlswire.Finished{VerifyData: h.ClientVerifyData}); err != nil {
		return err
	}
	h.answered = true
	if err := h.flush(append(out, answer...)); err != nil {
		return err
	}
	return h.finish()
}
