package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// maxLine is the longest command line in bytes that the lab reads; RFC 5321,
// Section 4.5.3.1.4 asks for 512.
const maxLine = 4096

// verdict is what follows a command.
type verdict int

const (
	goOn verdict = iota
	startTLS
	leave
)

// dialect is the server side of one mail protocol.
type dialect struct {
	greeting func(*session) string
	// command answers one line. The reply is complete, line ends included.
	command func(*session, string) (reply string, v verdict)
	// moreGreeting and moreCapabilities are lines of which a greeting and a
	// capability list can have any number.
	moreGreeting, moreCapabilities string
}

// dialect returns the protocol's dialect.
func (s *session) dialect() dialect {
	switch s.Server.Protocol {
	case "imap", "imaps":
		return imap()
	case "pop3", "pop3s":
		return pop3()
	case "sieve":
		return sieve()
	}
	return smtp()
}

// plaintext speaks the protocol before TLS, and reports whether TLS is to start.
func (s *session) plaintext() (start bool, err error) {
	if err := s.greet(); err != nil {
		return false, err
	}
	return s.commands()
}

// greet sends the greeting, or what the quirks have in its place.
func (s *session) greet() error {
	d, q := s.dialect(), s.quirks()
	line := d.greeting(s)
	if q.Raw != "" {
		line = q.Raw
	}
	switch {
	case q.EndlessGreeting:
		return s.endless([]byte(d.moreGreeting))
	case q.EndlessLine:
		return s.endless([]byte(strings.TrimRight(line, "\r\n") + strings.Repeat(" and on", 1000)))
	}
	if q.Teaser > 0 {
		if err := s.tease(d, q.Teaser); err != nil {
			return err
		}
	}
	if f := s.Server.Quirks.Fault; f.At == AtGreeting && f.Do != Drip {
		if err := s.send(line[:len(line)/2]); err != nil {
			return err
		}
	}
	if err := s.step(AtGreeting); err != nil {
		return err
	}
	return s.send(line)
}

// quirks returns the deviations of the mail protocol at this point.
func (s *session) quirks() MailQuirks {
	if s.secure {
		return s.Server.Quirks.Inside
	}
	return s.Server.Quirks.Mail
}

// tease sends the first line of a greeting and sees whether the client waits for
// the rest of it.
func (s *session) tease(d dialect, wait time.Duration) error {
	if err := s.send(d.moreGreeting); err != nil {
		return err
	}
	s.raw.SetReadDeadline(time.Now().Add(wait))
	_, err := s.in.Peek(1)
	s.raw.SetReadDeadline(s.until)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case err != nil:
		return err
	}
	if err := s.send("521 5.5.1 Protocol error\r\n"); err != nil {
		return err
	}
	return errDone
}

// commands answers the client until it leaves or, before TLS, starts TLS.
func (s *session) commands() (start bool, err error) {
	d := s.dialect()
	for {
		line, err := s.readLine()
		if err != nil {
			return false, err
		}
		s.heard(line)
		if err := s.provoked(line); err != nil {
			return false, err
		}
		reply, v := s.prompted, goOn
		if s.prompted != "" { // the lab lets nobody in
			s.prompted = ""
		} else {
			reply, v = d.command(s, line)
		}
		if v == startTLS {
			return true, s.started(reply)
		}
		if err := s.send(reply); err != nil {
			return false, err
		}
		if v == leave {
			return false, nil
		}
	}
}

// provoked applies the faults and floods that a command sets off.
func (s *session) provoked(line string) error {
	switch verb(line) {
	case "EHLO", "LHLO", "CAPABILITY", "CAPA":
		if s.quirks().EndlessCapabilities {
			return s.endless([]byte(s.dialect().moreCapabilities))
		}
		return s.step(AtCapabilities)
	case "MAIL", "AUTH", "AUTHENTICATE":
		return s.step(AtBeforeTLS)
	case "STARTTLS", "STLS":
		return s.step(AtStartTLS)
	}
	return nil
}

// verb returns the command of a line in upper case, behind the tag if there is one.
func verb(line string) string {
	fields := strings.Fields(strings.ToUpper(line))
	for i, f := range fields {
		switch f {
		case "EHLO", "LHLO", "HELO", "CAPABILITY", "CAPA", "STARTTLS", "STLS", "NOOP", "RSET", "QUIT", "LOGOUT",
			"MAIL", "AUTH", "AUTHENTICATE":
			if i < 2 {
				return f
			}
		}
	}
	return ""
}

// readLine reads one command line without its end.
func (s *session) readLine() (string, error) {
	b, err := s.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) || len(b) > maxLine {
		return "", fmt.Errorf("reading a command: longer than %d bytes", maxLine)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// send writes text, line by line for a tarpit.
func (s *session) send(text string) error {
	if !s.quirks().Tarpit {
		_, err := io.WriteString(s.out, text)
		return err
	}
	for _, line := range strings.SplitAfter(text, "\n") {
		if err := s.pause(s.interval()); err != nil {
			return err
		}
		if _, err := io.WriteString(s.out, line); err != nil {
			return err
		}
	}
	return nil
}

// endless writes b until the client hangs up.
func (s *session) endless(b []byte) error {
	for {
		if _, err := s.out.Write(b); err != nil {
			return err
		}
	}
}

// throttle refuses the connection.
func (s *session) throttle() error {
	t := s.Server.Throttle
	if t.Reset {
		return errReset
	}
	if t.Reply == "" || s.Server.Protocol.ImplicitTLS() {
		return errDone
	}
	return s.send(t.Reply + "\r\n")
}

// offersTLS reports whether the capability list is to name STARTTLS.
func (s *session) offersTLS() bool {
	return !s.secure && len(s.Server.Versions) > 0 && s.quirks().StartTLS != "-"
}

// starttls returns the capability that stands for STARTTLS.
func (s *session) starttls(name string) string {
	if masked := s.quirks().StartTLS; masked != "" {
		return masked
	}
	return name
}

// goAhead returns the answer to STARTTLS: ok unless the quirks have another.
func (s *session) goAhead(ok, no string) (string, verdict) {
	q := s.quirks()
	switch {
	case q.Reply != "":
		return q.Reply + "\r\n", goOn
	case !s.offersTLS() || q.StartTLS != "":
		return no + "\r\n", goOn
	}
	return ok + "\r\n", startTLS
}

// welcome returns the text of the greeting.
func (s *session) welcome(usual string) string {
	if g := s.quirks().Greeting; g != "" {
		return g
	}
	return usual
}
