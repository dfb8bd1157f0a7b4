package legacy

import (
	"errors"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// Read reads application data, and answers what else comes. It returns io.EOF after a close_notify.
func (s *ServerSession) Read(p []byte) (int, error) {
	if !s.ready {
		return 0, local(errNotReady)
	}
	for len(s.data) == 0 {
		if err := s.receive(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.data)
	s.data = s.data[n:]
	return n, nil
}

// receive deals with one record behind the handshake.
func (s *ServerSession) receive() error {
	r, err := s.next()
	if err != nil {
		return err
	}
	if r.Type == tlswire.ContentApplicationData {
		s.data = append(s.data, r.Payload...)
		return nil
	}
	if err := s.sort(r); err != nil {
		return err
	}
	m, ok, err := s.incoming.Next()
	if err != nil {
		return s.fatal(tlswire.AlertDecodeError, err)
	}
	if !ok {
		return nil
	}
	hello, err := receivedHello(m)
	if err != nil {
		return s.fatal(tlswire.AlertUnexpectedMessage, err)
	}
	return s.renegotiate(hello)
}

// Write sends application data, in records of at most 16384 bytes.
func (s *ServerSession) Write(p []byte) (int, error) {
	if !s.ready {
		return 0, local(errNotReady)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if err := s.write(tlswire.ContentApplicationData, p, 0); err != nil {
		return 0, err
	}
	return len(p), nil
}

// renegotiate answers a hello behind the handshake as Faults.Renegotiation says.
func (s *ServerSession) renegotiate(hello *ReceivedHello) error {
	f := s.cfg.Faults.Renegotiation
	if f.Accept >= 0 && s.Seen.Renegotiations >= f.Accept || f.SecureOnly && !s.secure {
		right := Reaction{DoWarn, tlswire.AlertNoRenegotiation}
		if s.version == tlswire.SSLv3 {
			right = Alert(tlswire.AlertHandshakeFailure)
		}
		err := s.react(f.Refusal, right, errors.New("the client wants to renegotiate"))
		if !errors.Is(err, errAccept) {
			return ignored(err)
		}
	}
	if err := s.sameClient(hello); err != nil {
		return s.fatal(tlswire.AlertHandshakeFailure, err)
	}
	if err := s.handshake(hello); err != nil {
		return err
	}
	s.Seen.Renegotiations++
	return nil
}

// ignored turns errIgnore into no error.
func ignored(err error) error {
	if errors.Is(err, errIgnore) {
		return nil
	}
	return err
}

// sameClient holds a renegotiation to RFC 5746, Section 3.7, if that holds for the connection.
func (s *ServerSession) sameClient(hello *ReceivedHello) error {
	if !s.secure {
		return nil
	}
	x, ok := tlswire.Find(hello.Extensions, tlswire.ExtensionRenegotiationInfo)
	data, err := tlswire.ParseRenegotiationInfo(x.Data)
	if !ok || err != nil || string(data) != string(s.clientVerify) {
		return fmt.Errorf("renegotiation_info does not go with the connection: %x", data)
	}
	return nil
}

// renew fills in the renegotiation_info of a ServerHello (RFC 5746, Section 3.6 and 3.7).
func (h *serverHandshake) renew(hello *tlswire.ServerHello) {
	i := slices.IndexFunc(hello.Extensions, func(x tlswire.Extension) bool { return x.Type == tlswire.ExtensionRenegotiationInfo })
	if !h.ready {
		h.secure = i >= 0
		return
	}
	if i >= 0 && h.secure {
		hello.Extensions = slices.Clone(hello.Extensions)
		hello.Extensions[i] = tlswire.RenegotiationInfo(slices.Concat(h.clientVerify, h.serverVerify))
	}
}

// heartbeat answers a heartbeat record; errIgnore says that the connection goes on.
func (s *ServerSession) heartbeat(request []byte) error {
	var answer []byte
	ok := s.cfg.Heartbeat != nil
	if ok {
		answer, ok = s.cfg.Heartbeat(request)
	}
	if !ok {
		return s.fatal(tlswire.AlertUnexpectedMessage, errUnexpected)
	}
	if answer != nil {
		if err := s.write(tlswire.ContentHeartbeat, answer, 0); err != nil {
			return err
		}
	}
	return errIgnore
}
