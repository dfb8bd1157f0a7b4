package probe

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// State kept across STARTTLS: a server has to forget what it was told in the clear, such as the name in EHLO (RFC 3207, Section
// 4.2), since anybody on the wire may have said it. What SMTP and LMTP remember without a login are a greeting and a transaction.
// A transaction is begun in the clear, in which a second MAIL FROM shows how the server speaks of one that goes on already.
// Inside TLS nobody greets: there MAIL FROM is said at once; behind RSET, when no transaction is left; and behind a greeting, when
// nothing is amiss. Of the other protocols nothing can be seen without a name and a password, which are never sent.
const (
	stateTransaction = "transaction" // a greeting and a transaction before STARTTLS
	stateGreeting    = "greeting"    // a greeting alone
	stateNone        = "control"     // neither: MAIL FROM without a greeting, which RSET takes back
)

// recallable reports whether p has state that can be looked at without a login.
func recallable(p starttls.Protocol) bool {
	return p == starttls.SMTP || p == starttls.Submission || p == starttls.LMTP
}

// saidBefore are the commands to say before STARTTLS, and whether to leave out the greeting.
func (c *connection) saidBefore() (commands []string, unannounced bool) {
	if c.offer.Attack != evidence.StateKept {
		return nil, false
	}
	switch c.offer.Vector {
	case stateTransaction:
		return []string{starttls.MailFrom, starttls.MailFrom}, false
	case stateNone:
		return []string{starttls.MailFrom, starttls.Rset}, true
	}
	return nil, false
}

// begunState keeps what was answered before TLS. That STARTTLS is refused then says nothing about what is offered.
func (c *connection) begunState(res *starttls.Result) (evidence.End, bool) {
	c.obs.Reaction = &evidence.Reaction{}
	if c.offer.Vector != stateNone {
		c.keepGreeting(res, false)
	}
	c.keepSaid(res, false)
	end, ok := c.preambleEnd(res)
	switch {
	case ok:
		return end, true
	case end.Kind == evidence.EndThrottled, end.Kind == evidence.EndCancelled:
		c.obs.Reaction = nil
		return end, false
	case end.Kind == evidence.EndAside: // no mere question was lost here, to be put again: this is what there is to see
		end.Kind = endOf(res.Err).Kind
	}
	if c.obs.Reaction.End = refusalBehind(res); c.obs.Reaction.End == evidence.EndPreamble {
		return evidence.End{Kind: evidence.EndDone, Detail: end.Detail}, false
	}
	if c.obs.Reaction.End == "" {
		c.obs.Reaction.End = endOf(res.Err).Kind
	}
	return end, false
}

// keepSaid adds the commands of res and their replies to the reaction.
func (c *connection) keepSaid(res *starttls.Result, inside bool) {
	r := c.obs.Reaction
	for _, s := range res.Said {
		reply := s.Reply.String()
		r.Said = append(r.Said, evidence.Said{Command: s.Command, Reply: reply[:min(len(reply), maxHeardLine)], Inside: inside})
	}
}

// keepGreeting adds EHLO or LHLO, and whether it was taken, as far as it was said.
func (c *connection) keepGreeting(res *starttls.Result, inside bool) {
	for _, l := range res.Dialogue.Lines {
		command, _, _ := strings.Cut(l.Text, " ")
		if l.From != starttls.Client || command != "EHLO" && command != "LHLO" {
			continue
		}
		said := evidence.Said{Command: command, Inside: inside}
		if res.Before.Listed {
			said.Reply = "250"
		}
		c.obs.Reaction.Said = append(c.obs.Reaction.Said, said)
		return
	}
}

// recall looks inside TLS for what the server remembers, and takes leave. A transaction that is left ends with that.
func (c *connection) recall(ctx context.Context, conn net.Conn) {
	r := c.obs.Reaction
	begun := time.Now()
	res := c.say(ctx, conn, starttls.MailFrom, starttls.Rset, starttls.MailFrom)
	if res.Outcome == starttls.Ready {
		res = c.open(ctx, conn)
		c.keepGreeting(res, true)
	}
	if res.Outcome == starttls.Ready {
		res = c.say(ctx, conn, starttls.MailFrom, starttls.Rset)
	}
	if r.End = evidence.EndDone; res.Outcome != starttls.Ready {
		r.End = endInside(res.Err)
	}
	r.After = micros(time.Since(begun))
	if res.Outcome == starttls.Ready {
		c.bye(ctx, conn)
	}
}

// say says commands inside TLS and keeps what is answered.
func (c *connection) say(ctx context.Context, conn net.Conn, commands ...string) *starttls.Result {
	opt := c.options()
	opt.Commands = commands
	res := starttls.Say(ctx, conn, c.protocol, opt)
	c.keepSaid(res, true)
	return res
}
