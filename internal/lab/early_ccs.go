package lab

import (
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

// EarlyCCS is what a server does about a ChangeCipherSpec that comes before the ClientKeyExchange (RFC 5246, Section 7.1).
type EarlyCCS string

// The ways. The zero value goes on as the script does with anything behind its flight.
const (
	EarlyCCSScript EarlyCCS = ""
	// EarlyCCSRefused is unexpected_message, as in all current libraries.
	EarlyCCSRefused EarlyCCS = "refused"
	// EarlyCCSAccepted switches to keys that nobody has: what comes next cannot be decrypted. So did OpenSSL (CVE-2014-0224).
	EarlyCCSAccepted EarlyCCS = "accepted"
	// EarlyCCSAcceptedMute does so, and hangs up where others send an alert.
	EarlyCCSAcceptedMute EarlyCCS = "accepted without a word"
	// EarlyCCSIgnored passes over it, as F5's own stack did: the handshake can be finished.
	EarlyCCSIgnored EarlyCCS = "ignored"
	// EarlyCCSIgnoredMute does so, and hangs up at what is no handshake.
	EarlyCCSIgnoredMute EarlyCCS = "ignored without a word"
	// EarlyCCSBlamed passes over it, too, and says of what is no handshake that it cannot be decrypted.
	EarlyCCSBlamed EarlyCCS = "blamed"
	// EarlyCCSOddAlert is bad_record_mac at once.
	EarlyCCSOddAlert EarlyCCS = "odd alert"
	// EarlyCCSRandom passes over it, and answers what comes next by a random alert.
	EarlyCCSRandom EarlyCCS = "random"
	EarlyCCSCloses EarlyCCS = "closes"
	EarlyCCSResets EarlyCCS = "resets"
	// EarlyCCSEcho sends everything back.
	EarlyCCSEcho EarlyCCS = "echo"
	// EarlyCCSSilent takes everything and says nothing.
	EarlyCCSSilent EarlyCCS = "silent"
)

// finishes reports whether the handshake goes on behind an early ChangeCipherSpec.
func (e EarlyCCS) finishes() bool {
	return e == EarlyCCSIgnored || e == EarlyCCSIgnoredMute || e == EarlyCCSBlamed
}

// passing reads what the client sends behind its hello, without any ChangeCipherSpec that comes before something else.
type passing struct {
	s    *session
	in   io.Reader // of the session until TLS is up
	v    tlswire.Version
	head []byte
	done bool
}

func (p *passing) Read(b []byte) (int, error) {
	for !p.done {
		record, err := p.s.readRecord()
		switch {
		case err != nil:
			return 0, err
		case record[0] == byte(tlswire.ContentChangeCipherSpec):
			continue
		case record[0] == byte(tlswire.ContentApplicationData) && p.s.Server.Quirks.EarlyCCS == EarlyCCSIgnoredMute:
			return 0, errDone
		case record[0] == byte(tlswire.ContentApplicationData) && p.s.Server.Quirks.EarlyCCS == EarlyCCSBlamed:
			return 0, p.s.alert(p.v, tlswire.AlertLevelFatal, tlswire.AlertBadRecordMAC)
		}
		p.head, p.done = record, true
	}
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	return p.in.Read(b)
}

// behindHello is what the client sends behind its hello, for whoever finishes the handshake.
func (s *session) behindHello(c choice) io.Reader {
	if s.Server.Quirks.EarlyCCS.finishes() {
		return &passing{s: s, in: s.in, v: c.version}
	}
	return s.in
}

// answerCCS deals with what comes behind the flight on a server that minds an early ChangeCipherSpec in some way.
func (s *session) answerCCS(c choice) error {
	way, keys := s.Server.Quirks.EarlyCCS, false
	for {
		record, err := s.readRecord()
		if err != nil || record[0] == byte(tlswire.ContentAlert) && !keys {
			return errDone
		}
		ccs := record[0] == byte(tlswire.ContentChangeCipherSpec)
		switch {
		case way == EarlyCCSEcho:
			if _, err := s.out.Write(record); err != nil {
				return err
			}
			continue
		case way == EarlyCCSSilent:
			return s.silence()
		case !ccs || keys:
			return s.behindCCS(c, keys)
		}
		switch way {
		case EarlyCCSAccepted, EarlyCCSAcceptedMute:
			keys = true
		case EarlyCCSRandom:
		case EarlyCCSOddAlert:
			return s.fatal(c, tlswire.AlertBadRecordMAC)
		case EarlyCCSCloses:
			return errDone
		case EarlyCCSResets:
			return errReset
		default:
			return s.fatal(c, tlswire.AlertUnexpectedMessage)
		}
	}
}

// behindCCS answers a record that is not a ChangeCipherSpec; keys tells that it counts as encrypted.
func (s *session) behindCCS(c choice, keys bool) error {
	switch way := s.Server.Quirks.EarlyCCS; {
	case way == EarlyCCSAcceptedMute, way == EarlyCCSCloses:
		return errDone
	case way == EarlyCCSRandom:
		return s.fatal(c, s.randomAlert())
	case keys:
		return s.fatal(c, tlswire.AlertBadRecordMAC)
	}
	return s.fatal(c, tlswire.AlertUnexpectedMessage)
}

// fatal sends a fatal alert and ends the connection.
func (s *session) fatal(c choice, d tlswire.AlertDescription) error {
	return s.alert(c.version, tlswire.AlertLevelFatal, d)
}
