package legacy

import (
	"bytes"
	"crypto/hmac"
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/tlswire"
)

// serverHandshake is one handshake of a connection, the first or one more.
type serverHandshake struct {
	*ServerSession
	schedule
	hello      *ReceivedHello
	flight     *Flight
	session    *State // the one that is resumed, if one is
	how        Resumption
	transcript []byte
	stream     []byte       // handshake messages not yet in records
	queue      []byte       // records not yet sent
	client     *cipherState // due at the next ChangeCipherSpec of the client
	own        *cipherState // due at the own one
	weak       *schedule    // after an early ChangeCipherSpec: the keys come from its empty master secret
	late       Reaction     // to a bad premaster secret, once Finished came
}

// handshake answers a hello and carries the handshake through.
func (s *ServerSession) handshake(hello *ReceivedHello) error {
	if !s.ready {
		s.version = min(max(hello.Version, tlswire.SSLv3), tlswire.TLS12)
	}
	h := &serverHandshake{ServerSession: s, hello: hello, transcript: hello.Message}
	s.current = h
	defer func() { s.current = nil }()
	if err := h.answer(); err != nil {
		return err
	}
	do := h.full
	if h.session != nil {
		do = h.abbreviated
	}
	if err := do(); err != nil {
		return err
	}
	s.Seen.Version, s.Seen.Suite, s.Seen.Resumed, s.Seen.Master = h.schedule.version, h.suite.ID, h.how, h.master
	return nil
}

// answer asks for the flight and sends it.
func (h *serverHandshake) answer() error {
	session, how := h.resumable()
	flight, err := h.cfg.Answer(h.hello, session)
	var refusal Refusal
	if errors.As(err, &refusal) {
		return h.fatal(tlswire.AlertDescription(refusal), err)
	}
	if err != nil {
		return errors.Join(err, h.fatal(tlswire.AlertInternalError, nil))
	}
	h.flight = flight
	if session != nil && len(flight.Rest) == 0 {
		h.session, h.how = session, how
	}
	if err := h.adopt(); err != nil {
		return errors.Join(err, h.fatal(tlswire.AlertInternalError, nil))
	}
	if err := h.emit(tlswire.TypeServerHello, flight.Hello); err != nil {
		return err
	}
	for _, m := range flight.Rest {
		if err := h.emitMessage(m); err != nil {
			return err
		}
	}
	if h.session != nil {
		return nil // the flight is not at its end
	}
	return h.send()
}

// adopt takes over what the ServerHello says, and fills in what it lacks.
func (h *serverHandshake) adopt() error {
	hello := &h.flight.Hello
	suite, err := suiteOf(hello.Suite, hello.Version)
	if err != nil {
		return err
	}
	if hello.Compression != 0 {
		return unsupported(errors.New("compression is not implemented"))
	}
	h.schedule = schedule{version: hello.Version, suite: suite, client: h.hello.Random, server: hello.Random}
	h.ServerSession.version = hello.Version
	h.Seen.ExtendedMaster, h.Seen.EncryptMAC = h.has(tlswire.ExtensionExtendedMasterSecret), h.has(tlswire.ExtensionEncryptThenMAC)
	h.renew(hello)
	if h.session != nil {
		h.master = h.session.Master
		hello.SessionID = h.echoedID()
	}
	return nil
}

// echoedID is the session id of an abbreviated handshake: the client's (RFC 5246, Section 7.4.1.3; RFC 5077, Section 3.4).
func (h *serverHandshake) echoedID() []byte {
	id := h.hello.SessionID
	if h.cfg.Faults.Ticket.LongSessionID && h.how == ResumedTicket && len(id) < 32 {
		id = append(bytes.Clone(id), randomBytes(32-len(id))...)
	}
	return id
}

// has reports whether the ServerHello carries an extension.
func (h *serverHandshake) has(t tlswire.ExtensionType) bool {
	_, ok := tlswire.Find(h.flight.Hello.Extensions, t)
	return ok
}

// full goes on behind ServerHelloDone (RFC 5246, Section 7.3).
func (h *serverHandshake) full() error {
	m, err := h.message()
	if err != nil {
		return err
	}
	if m.Type != tlswire.TypeClientKeyExchange {
		return h.fatal(tlswire.AlertUnexpectedMessage, fmt.Errorf("%w: %v", errUnexpected, m.Type))
	}
	premaster, err := h.premaster(m.Body)
	if err != nil {
		return err
	}
	if err := h.hash(m); err != nil {
		return err
	}
	if h.Seen.ExtendedMaster {
		if h.master, err = h.extendedMasterSecret(premaster, h.transcript); err != nil {
			return err
		}
	} else {
		h.master = h.masterSecret(premaster)
	}
	if err := h.makeKeys(); err != nil {
		return err
	}
	if err := h.clientFinished(); err != nil {
		return err
	}
	h.remember()
	return h.serverFinished()
}

// abbreviated resumes a session: the server finishes first (RFC 5246, Section 7.3).
func (h *serverHandshake) abbreviated() error {
	if err := h.makeKeys(); err != nil {
		return err
	}
	if err := h.serverFinished(); err != nil {
		return err
	}
	return h.clientFinished()
}

// makeKeys derives the keys, unless an early ChangeCipherSpec already did.
func (h *serverHandshake) makeKeys() (err error) {
	if h.weak != nil {
		h.client, h.own, err = h.weak.cipherStates(h.Seen.EncryptMAC)
		return err
	}
	h.client, h.own, err = h.cipherStates(h.Seen.EncryptMAC)
	return err
}

// clientFinished reads ChangeCipherSpec and Finished. Behind an early ChangeCipherSpec, which was taken for this one, no other is due.
func (h *serverHandshake) clientFinished() error {
	if h.weak == nil {
		if err := h.changeCipherSpec(); err != nil {
			return err
		}
	}
	if h.late != (Reaction{}) {
		return h.reactLate()
	}
	m, err := h.message()
	if err != nil {
		return err
	}
	if m.Type != tlswire.TypeFinished {
		return h.fatal(tlswire.AlertUnexpectedMessage, fmt.Errorf("%w: %v", errUnexpected, m.Type))
	}
	want := h.finished(h.transcript, false)
	if h.weak != nil && !h.cfg.Faults.CCS.Exploitable {
		want = h.weak.finished(h.transcript, false)
	}
	if !hmac.Equal(m.Body, want) {
		alert := tlswire.AlertDecryptError
		if h.schedule.version == tlswire.SSLv3 {
			alert = tlswire.AlertHandshakeFailure
		}
		return h.fatal(alert, errors.New("the client's Finished is wrong"))
	}
	h.clientVerify = m.Body
	return h.hash(m)
}

// reactLate awaits the record of a Finished that cannot be right.
func (h *serverHandshake) reactLate() error {
	if _, err := h.readRecord(); err != nil {
		return err
	}
	return h.react(h.late, Alert(tlswire.AlertBadRecordMAC), errPremaster)
}

// changeCipherSpec waits for the client's, and switches to its keys.
func (h *serverHandshake) changeCipherSpec() error {
	for {
		if h.incoming.Pending() > 0 {
			return h.fatal(tlswire.AlertUnexpectedMessage, errSpans)
		}
		r, err := h.next()
		if err == nil && r.Type == tlswire.ContentChangeCipherSpec {
			if _, err := tlswire.ParseChangeCipherSpec(r.Payload); err != nil {
				return h.fatal(tlswire.AlertDecodeError, err)
			}
			h.in = h.client
			return nil
		}
		if err == nil {
			err = h.sort(r)
		}
		if err != nil {
			return err
		}
	}
}

// early answers a ChangeCipherSpec that comes too early.
func (h *serverHandshake) early(payload []byte) error {
	f := h.cfg.Faults.CCS
	right := Alert(tlswire.AlertUnexpectedMessage)
	if h.client != nil || h.weak != nil { // keys are there: it is one too many
		f.Early = Reaction{}
	}
	err := h.react(f.Early, right, fmt.Errorf("%w: an early ChangeCipherSpec", errUnexpected))
	switch {
	case errors.Is(err, errIgnore):
		return nil
	case !errors.Is(err, errAccept):
		return err
	}
	if h.weak == nil {
		weak := h.schedule
		weak.master = nil
		h.weak = &weak
	}
	h.in, _, err = h.weak.cipherStates(h.Seen.EncryptMAC)
	return err
}

// serverFinished sends a ticket, if one was promised, ChangeCipherSpec and Finished.
func (h *serverHandshake) serverFinished() error {
	if err := h.sendTicket(); err != nil {
		return err
	}
	if err := h.cut(); err != nil {
		return err
	}
	var err error
	if h.queue, err = h.seal(h.queue, tlswire.ContentChangeCipherSpec, []byte{1}, 0); err != nil {
		return err
	}
	h.out = h.own
	h.serverVerify = h.finished(h.transcript, true)
	if err := h.emit(tlswire.TypeFinished, tlswire.Finished{VerifyData: h.serverVerify}); err != nil {
		return err
	}
	return h.send()
}

// hash adds a message of the client to the transcript.
func (h *serverHandshake) hash(m tlswire.Handshake) (err error) {
	h.transcript, err = m.Append(h.transcript[:len(h.transcript):len(h.transcript)])
	return err
}
