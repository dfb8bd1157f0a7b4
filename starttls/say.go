package starttls

import (
	"context"
	"errors"
	"net"
)

// The commands of SMTP and LMTP that begin a transaction and end it. The null sender names nobody (RFC 5321, Section 4.5.5).
const (
	MailFrom = "MAIL FROM:<>"
	Rset     = "RSET"
)

// Said is a command of Options.Commands and the reply to it.
type Said struct {
	Command string `json:"command"`
	Reply   Reply  `json:"reply"` // without a status: none came
}

// Say says the commands of Options.Commands, one after another, on a connection that [Start] made ready and on which TLS was then
// negotiated: without the greeting that RFC 3207, Section 4.2 wants there first. Ready means that each was answered. It is for SMTP
// and LMTP, and otherwise like Open.
func Say(ctx context.Context, conn net.Conn, p Protocol, opt Options) *Result {
	return converse(ctx, conn, p, opt, func(s *session, d dialect) error { return s.say(d) })
}

// say says the commands, and keeps the replies.
func (s *session) say(d dialect) error {
	mail, ok := d.(smtp)
	if !ok {
		return s.fail(Failed, errors.New("commands are for SMTP and LMTP alone"))
	}
	for _, c := range s.opt.Commands {
		if err := s.begin(StepBeforeTLS); err != nil {
			return err
		}
		s.res.Said = append(s.res.Said, Said{Command: c})
		_, err := mail.command(c)
		if err == nil && s.res.Reply.Status == greeting { // said once more inside TLS, unasked: the answer is still to come
			_, err = mail.reply()
		}
		if err != nil {
			return err
		}
		s.res.Said[len(s.res.Said)-1].Reply = s.res.Reply
	}
	return nil
}

// greeting is what SMTP servers begin with, and what answers none of these commands (RFC 5321, Section 4.3.2).
const greeting = "220"
