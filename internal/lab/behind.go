package lab

import (
	"bufio"
	"bytes"
	"io"
)

// Behind is what a server does with text that came in one piece with STARTTLS, before TLS began.
type Behind string

// The ways. The zero value forgets it (RFC 3207, Section 4.2).
const (
	BehindForgotten Behind = ""
	// BehindKept takes it for the first commands inside TLS, as Postfix did up to 2.8.2 (CVE-2011-0411), Cyrus up to 2.4.6
	// (CVE-2011-1926), Dovecot up to 2.3.14 (CVE-2021-33515) and Courier up to 1.1.4 (CVE-2021-38084).
	BehindKept Behind = "kept"
	// BehindCloses hangs up instead of the go-ahead.
	BehindCloses Behind = "closes"
	// BehindRefused turns STARTTLS down, and hangs up.
	BehindRefused Behind = "refused"
	// BehindClear answers it in the clear, behind the go-ahead.
	BehindClear Behind = "in the clear"
	// BehindTLS takes it for the beginning of TLS.
	BehindTLS Behind = "taken for TLS"
	// BehindHangs forgets it, and says nothing any more inside TLS.
	BehindHangs Behind = "hangs"
)

// started deals with what is behind STARTTLS, to which reply is the go-ahead, and sends that.
func (s *session) started(reply string) error {
	how := s.Server.Quirks.Behind
	text, _ := s.in.Peek(s.in.Buffered())
	switch text = bytes.Clone(text); {
	case len(text) == 0, how == BehindTLS:
		return s.send(reply)
	case how == BehindCloses:
		return errDone
	case how == BehindRefused:
		if err := s.send("554 5.5.0 Error: SMTP protocol synchronization\r\n"); err != nil {
			return err
		}
		return errDone
	case how == BehindClear:
		line, err := s.readLine()
		if err != nil {
			return err
		}
		answer, _ := s.dialect().command(s, line)
		return s.send(reply + answer)
	}
	_, _ = s.in.Discard(len(text)) // it is there
	if s.kept = text; how == BehindForgotten {
		s.kept = nil
	}
	return s.send(reply)
}

// within is what the server reads inside TLS.
func (s *session) within(conn io.Reader) *bufio.Reader {
	if s.Server.Quirks.Behind != BehindKept {
		return bufio.NewReader(conn)
	}
	return bufio.NewReader(io.MultiReader(bytes.NewReader(s.kept), conn))
}
