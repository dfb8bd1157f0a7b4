package starttls

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// dialect is how one family of protocols does each step. Each method conducts
// its exchange, fills in the session's result, and returns nil when the server
// granted what was asked, else a *failure.
type dialect interface {
	greet() error     // wait for the server to speak
	list() error      // ask for the capabilities
	relist() error    // learn them again after STARTTLS
	beforeTLS() error // ask for what should need TLS, and fill in Asked
	starttls() error  // ask for TLS
	quit() error      // say goodbye
}

// dialect returns how to speak the session's protocol.
func (s *session) dialect() (dialect, error) {
	switch family(s.res.Protocol) {
	case SMTP:
		return smtp{s, "EHLO"}, nil
	case LMTP:
		return smtp{s, "LHLO"}, nil
	case IMAP:
		return imap{s}, nil
	case POP3:
		return pop3{s}, nil
	case Sieve:
		return sieve{s}, nil
	}
	return nil, fmt.Errorf("unknown protocol %q", string(s.res.Protocol))
}

// family returns the protocol whose dialogue p has, or "".
func family(p Protocol) Protocol {
	switch p {
	case SMTP, Submission, Submissions:
		return SMTP
	case IMAP, IMAPS:
		return IMAP
	case POP3, POP3S:
		return POP3
	case LMTP, Sieve:
		return p
	}
	return ""
}

// Start conducts the preamble of p on a fresh plaintext connection: greeting,
// capabilities, STARTTLS. When the outcome is Ready the server waits for a
// ClientHello and the connection has no deadline; nothing that the server sends
// from then on has been read, except for Result.Early.
//
// Start never closes conn. It returns within the timeouts of opt, and soon after
// ctx ends. The result is never nil.
func Start(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	return converse(ctx, conn, p, opt, func(s *session, d dialect) error {
		if p.ImplicitTLS() {
			return s.fail(Failed, fmt.Errorf("%s is TLS from the first byte: there is no STARTTLS", p))
		}
		if err := d.greet(); err != nil {
			return err
		}
		err := s.upgrade(d)
		var no *failure
		if opt.BeforeTLS != AskNothing && errors.As(err, &no) && !s.asked && no.listens(s.res.Reply) {
			s.askInstead(d)
		}
		return err
	})
}

// upgrade goes from the greeting to the go-ahead.
func (s *session) upgrade(d dialect) error {
	// A greeting that lists STARTTLS has said enough. One that lists other
	// things may not have said everything: only the full list is a No.
	// Nor can it be left out where they say which questions to put.
	p := family(s.res.Protocol)
	known := s.opt.BeforeTLS != AskFirst || s.opt.Listed != nil
	skip := s.opt.SkipCapabilities && known && (p == IMAP || p == POP3)
	if !s.res.Before.STARTTLS && !skip && !s.opt.Unannounced {
		if err := d.list(); err != nil {
			return err
		}
		if err := s.offered(); err != nil {
			return err
		}
	}
	if s.opt.BeforeTLS == AskFirst {
		if err := s.ask(d); err != nil {
			return err
		}
	}
	if len(s.opt.Commands) > 0 {
		if err := s.say(d); err != nil {
			return err
		}
	}
	return d.starttls()
}

// Open reads greeting and capabilities on a connection that is encrypted already
// (RFC 8314, Section 3). Ready means that the server talks to us; whether it
// listed capabilities says Result.Before.Listed. Otherwise it is like Start.
func Open(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	return converse(ctx, conn, p, opt, func(s *session, d dialect) error {
		if err := d.greet(); err != nil {
			return err
		}
		if s.res.Before.Listed {
			return nil
		}
		return d.list()
	})
}

// Again learns the capabilities anew on a connection that [Start] made ready and
// on which TLS was then negotiated. What was said before TLS has no value (RFC
// 3207, Section 4.2). ManageSieve lists them unasked (RFC 5804, Section 2.2),
// the others are asked. Otherwise it is like Open.
func Again(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	return converse(ctx, conn, p, opt, func(_ *session, d dialect) error { return d.relist() })
}

// Quit ends a session politely with QUIT or LOGOUT and waits for the answer, so
// that the server logs no lost connection. Ready means that it answered. It works
// at any point at which no reply is outstanding and does not close conn.
func Quit(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	return converse(ctx, conn, p, opt, func(_ *session, d dialect) error { return d.quit() })
}

// converse conducts a dialogue and makes its result.
func converse(ctx context.Context, conn net.Conn, p Protocol, opt Options, talk func(*session, dialect) error) *Result {
	s := newSession(ctx, conn, p, opt)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	err := s.talk(talk)
	if stop() {
		_ = conn.SetDeadline(time.Time{})
	}
	s.finish(err)
	s.leftovers()
	return s.res
}

// talk checks what can be checked before the first byte, and begins.
func (s *session) talk(talk func(*session, dialect) error) error {
	d, err := s.dialect()
	if err != nil {
		return &failure{Failed, err}
	}
	if err := checkHelo(s.opt.Helo); err != nil {
		return &failure{Failed, err}
	}
	return talk(s, d)
}

// finish sets outcome and error.
func (s *session) finish(err error) {
	var f *failure
	switch {
	case err == nil:
		s.res.Outcome, s.res.Early = Ready, slices.Clone(s.in.buf)
	case errors.As(err, &f):
		s.res.Outcome, s.res.Err = f.outcome, f.err
	default:
		s.res.Outcome, s.res.Err = Failed, err
	}
}

// offered returns nil when STARTTLS may be sent.
func (s *session) offered() error {
	c := s.res.Before
	switch {
	case c.STARTTLS:
		return nil
	case c.Masked:
		return s.fail(Masked, errors.New("the list of capabilities was overwritten on its way (XXXX)"))
	case c.Listed:
		return s.fail(NotOffered, errors.New("the server does not list STARTTLS"))
	case s.capsRefused != nil && family(s.res.Protocol) == SMTP:
		return s.unlisted()
	}
	// CAPA and CAPABILITY may be unknown to an old server that has STLS.
	return nil
}

// refusal is the outcome of a STARTTLS that was refused for good: a server that
// would not list its capabilities never offered it.
func (s *session) refusal() Outcome {
	if s.capsRefused != nil {
		return NotOffered
	}
	return Refused
}
