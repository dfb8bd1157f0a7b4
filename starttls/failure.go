package starttls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// failure ends a dialogue: what Result.Outcome and Result.Err become.
type failure struct {
	outcome Outcome
	err     error
}

// Error returns the text of the error.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap returns the error.
func (f *failure) Unwrap() error { return f.err }

// fail ends the dialogue with an outcome.
func (s *session) fail(o Outcome, err error) error {
	return &failure{outcome: o, err: fmt.Errorf("%s: %w", s.res.Step, err)}
}

// said ends the dialogue with an outcome for which the last reply is the reason.
func (s *session) said(o Outcome) error {
	return s.fail(o, fmt.Errorf("the server said %s", quote(s.res.Reply.String())))
}

// denied ends the dialogue after a refusal: the given outcome, unless the server
// says that it is only for now.
func (s *session) denied(o Outcome) error {
	if s.res.Reply.temporary() {
		o = TemporarilyRefused
	}
	return s.said(o)
}

// broken ends the dialogue with an error of the network or of the limits.
func (s *session) broken(doing string, err error) error {
	o := networkOutcome(s.ctx, err)
	partial := string(s.in.buf)
	if (o == Timeout || o == Closed || o == TooLong) && s.res.Step == StepGreeting && s.lines <= 1 &&
		partial != "" && !plausible(family(s.res.Protocol), partial) {
		return s.fail(NotThisProtocol, fmt.Errorf("the server sent %s without a line end: %w", quote(partial), err))
	}
	return s.fail(o, fmt.Errorf("%s: %w", doing, err))
}

// networkOutcome returns what an error of the connection means.
func networkOutcome(ctx context.Context, err error) Outcome {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return Canceled
	case ctx.Err() != nil, errors.Is(err, os.ErrDeadlineExceeded):
		return Timeout
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, errLineTooLong), errors.Is(err, errTooManyLines), errors.Is(err, errTooMuch):
		return TooLong
	case closed(err):
		return Closed
	}
	return Failed
}

// closed reports whether err is one of the ways in which a connection ends.
func closed(err error) bool {
	for _, end := range []error{
		io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed,
		syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED,
	} {
		if errors.Is(err, end) {
			return true
		}
	}
	return false
}

// wrong ends the dialogue at a line that the protocol does not have.
func (s *session) wrong(line string) error {
	if s.startedHere() {
		return s.fail(NotThisProtocol, fmt.Errorf("%s %s", foreign(line), quote(line)))
	}
	return s.fail(Malformed, fmt.Errorf("not a reply: %s", quote(line)))
}

// foreign names the protocol that begins with line.
func foreign(line string) string {
	for _, p := range []struct{ prefix, name string }{
		{"SSH-", "SSH"}, {"HTTP/", "HTTP"}, {"RFB ", "VNC"},
		{"+OK", "POP3"}, {"-ERR", "POP3"},
		{"* OK", "IMAP"}, {"* BYE", "IMAP"}, {"* PREAUTH", "IMAP"},
		{`"IMPLEMENTATION"`, "ManageSieve"},
		{"220", "SMTP or FTP"}, {"554", "SMTP"}, {"421", "SMTP or FTP"},
	} {
		if strings.HasPrefix(line, p.prefix) {
			return "the server speaks " + p.name + ":"
		}
	}
	return "not a greeting:"
}

// plausible reports whether a greeting of the protocol may begin with the bytes
// so far.
func plausible(p Protocol, begin string) bool {
	starts := []string{"* OK", "* PREAUTH", "* BYE"}
	switch p {
	case SMTP, LMTP:
		return strings.Trim(begin[:min(3, len(begin))], "0123456789") == ""
	case POP3:
		starts = []string{"+OK", "-ERR"}
	case Sieve:
		starts = []string{`"`, "{", "OK", "NO", "BYE"}
	}
	for _, start := range starts {
		n := min(len(start), len(begin))
		if strings.EqualFold(start[:n], begin[:n]) {
			return true
		}
	}
	return false
}

// tlsRecord reports whether b begins with the header of a TLS record (RFC 8446,
// Section 5.1): a type of 20 to 24 and a version 3.x. No line of text begins so.
func tlsRecord(b []byte) bool {
	return len(b) >= 3 && b[0] >= 20 && b[0] <= 24 && b[1] == 3 && b[2] <= 4
}
