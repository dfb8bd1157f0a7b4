package starttls

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"
)

// session is one dialogue on one connection: it sends commands and reads lines
// within limits and deadlines, and writes everything down.
type session struct {
	ctx   context.Context
	conn  net.Conn
	opt   Options
	began time.Time
	in    input
	lines int // of the reply being read
	res   *Result

	// capsRefused is the reply where one to the question for capabilities came
	// without a list.
	capsRefused *Reply

	asked bool // the questions of Options.BeforeTLS were put
}

// newSession returns a session in which nothing has been said.
func newSession(ctx context.Context, conn net.Conn, p Protocol, opt Options) *session {
	res := &Result{Protocol: p, Before: Capabilities{Protocol: p}}
	return &session{ctx: ctx, conn: conn, opt: opt, began: time.Now(), res: res}
}

// begin starts a step and its clock. A step's deadline covers all of it, so that
// a server that sends a byte now and then gains nothing.
func (s *session) begin(step Step) error {
	s.res.Step = step
	deadline := time.Now().Add(s.opt.timeout(step))
	if d, ok := s.ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	if err := s.conn.SetDeadline(deadline); err != nil {
		return s.broken("preparing", err)
	}
	// After setting the deadline, not before: a cancellation from here on finds
	// the deadline set and overrides it.
	if s.ctx.Err() != nil {
		return s.broken("preparing", s.ctx.Err())
	}
	return nil
}

// send writes a command line, or a group of them, in one write. A server that says
// goodbye and closes may make the write fail while its last words wait to be read,
// so a failed write is reported only when there is no reply either.
func (s *session) send(lines ...string) error {
	s.lines = 0
	for _, line := range lines {
		s.res.Dialogue.add(time.Since(s.began), Client, line, false)
	}
	if _, err := s.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")); err != nil {
		if len(s.in.buf) == 0 && s.in.fill(s.conn) != nil {
			return s.broken("sending "+quote(lines[0]), err)
		}
	}
	return nil
}

// readLine returns the next line of a reply, whatever the pieces it comes in.
func (s *session) readLine() (string, error) {
	if s.lines++; s.lines > MaxLines {
		return "", s.broken("reading a reply", errTooManyLines)
	}
	for {
		if tlsRecord(s.in.buf) {
			return "", s.fail(ImplicitTLS, fmt.Errorf("the server sent a TLS record in the plaintext preamble"))
		}
		line, ok, err := s.in.next(s.maxLine())
		if err != nil {
			return "", s.broken("reading a line", err)
		}
		if ok {
			text := string(line)
			s.res.Dialogue.add(time.Since(s.began), Server, text, false)
			return text, nil
		}
		if err := s.in.fill(s.conn); err != nil {
			return "", s.broken("waiting for the server", err)
		}
	}
}

// readLiteral returns the n bytes of a literal string.
func (s *session) readLiteral(n int) (string, error) {
	if n > MaxBytes-s.in.total+len(s.in.buf) {
		return "", s.broken("reading a literal string", errTooMuch)
	}
	for {
		if b, ok := s.in.take(n); ok {
			text := string(b)
			s.res.Dialogue.add(time.Since(s.began), Server, text, true)
			return text, nil
		}
		if err := s.in.fill(s.conn); err != nil {
			return "", s.broken("reading a literal string", err)
		}
	}
}

// maxLine is the longest line of the protocol.
func (s *session) maxLine() int {
	if f := family(s.res.Protocol); f == SMTP || f == LMTP {
		return MaxSMTPLine
	}
	return MaxLine
}

// greeted keeps the greeting's line, or the next of its lines.
func (s *session) greeted(line string) {
	if s.res.Greeting != "" {
		s.res.Greeting += "\n"
	}
	s.res.Greeting += line
}

// startedHere reports whether the line just read is the first of the greeting:
// the one place where a wrong line means another protocol, not a broken one.
func (s *session) startedHere() bool {
	return s.res.Step == StepGreeting && s.lines == 1
}

// leftovers writes what was read and not handed out into the transcript.
func (s *session) leftovers() {
	for {
		line, ok, err := s.in.next(MaxBytes + 1)
		if !ok || err != nil {
			break
		}
		s.res.Dialogue.add(time.Since(s.began), Server, string(line), false)
	}
	if len(s.in.buf) > 0 {
		s.res.Dialogue.add(time.Since(s.began), Server, string(s.in.buf), true)
		s.in.buf = nil
	}
}
