package probe

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/starttls"
)

// STARTTLS command injection (CVE-2011-0411 and its kin): a server that reads lines through a buffer, and forgets to empty it
// before TLS begins, takes what came behind STARTTLS for part of the protected session. So a harmless command is sent in one
// piece with STARTTLS, and inside TLS the connection is ended politely: the reply to the farewell is the last, and every other
// that nobody asked for in there answers what was put in from outside. A server that speaks unasked inside TLS anyway would look
// the same, where no tag tells which reply is to what: how many replies come without the command, further connections tell.
const (
	lineBehind = "behind"  // a command behind STARTTLS
	noneBehind = "control" // the same without it
)

// Limits on what is read inside TLS: a list of capabilities is a dozen lines.
const (
	maxHeardLines = 64
	maxHeardLine  = 512
)

// injected is the command behind STARTTLS. The tag comes back in the reply, where the protocol has such.
func injected(p starttls.Protocol, tag string) string {
	switch p {
	case starttls.IMAP:
		return tag + " NOOP"
	case starttls.POP3:
		return "CAPA"
	case starttls.Sieve:
		return `NOOP "` + tag + `"`
	}
	return "NOOP"
}

const farewellTag = "a9"

func farewell(p starttls.Protocol) string {
	switch p {
	case starttls.IMAP:
		return farewellTag + " LOGOUT"
	case starttls.Sieve:
		return "LOGOUT"
	}
	return "QUIT"
}

// injecting is the line to send behind STARTTLS, "" for none.
func (c *connection) injecting() string {
	if c.offer.Attack != evidence.STARTTLSInjection || c.offer.Vector != lineBehind {
		return ""
	}
	return injected(c.protocol, "i"+strings.ToLower(rand.Text()[:8]))
}

// begunInjection keeps what came of STARTTLS with a line behind it, if the connection does not get to TLS: that it was
// refused, cut off, or answered twice, is a reaction, too.
func (c *connection) begunInjection(res *starttls.Result, behind string) (evidence.End, bool) {
	r := &evidence.Reaction{}
	for _, l := range res.Dialogue.Lines {
		if l.From == starttls.Client && (len(r.Sent) > 0 || strings.Contains(l.Text, "STARTTLS") || l.Text == "STLS") {
			r.Sent = append(r.Sent, l.Text+"\r\n"...)
		}
	}
	c.obs.Reaction = r
	end, ok := c.preambleEnd(res)
	if ok {
		return end, true
	}
	if r.End = refusalBehind(res); behind == "" || r.End == "" {
		c.obs.Reaction = nil
		return end, false
	}
	switch r.End {
	case evidence.EndTimeout:
		return evidence.End{Kind: evidence.EndTimeout, Detail: end.Detail}, false
	case evidence.EndNotTLS:
		r.Text = heardLines(string(res.Early))
	case evidence.EndPreamble:
		r.Text = []string{res.Reply.String()}
	}
	return evidence.End{Kind: evidence.EndDone, Detail: end.Detail}, false
}

// refusalBehind tells how STARTTLS with a line behind it ended in the clear, "" if in a way that may have other causes: what
// is refused for now is, for the same reason, without the line, and what cannot be read refuses nothing.
func refusalBehind(res *starttls.Result) evidence.EndKind {
	if res.Step != starttls.StepSTARTTLS {
		return ""
	}
	switch res.Outcome {
	case starttls.Ready: // with text behind the go-ahead
		return evidence.EndNotTLS
	case starttls.Closed:
		return endOf(res.Err).Kind
	case starttls.Timeout:
		return evidence.EndTimeout
	case starttls.Refused, starttls.NotOffered, starttls.Rejected:
		return evidence.EndPreamble
	}
	return ""
}

func heardLines(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		list = append(list, strings.TrimRight(line[:min(len(line), maxHeardLine)], "\r\n"))
	}
	return list[:min(len(list), maxHeardLines)]
}

// tryInjection finishes the handshake, and goes on inside TLS; how says what was unusual before it.
func (c *connection) tryInjection(ctx context.Context, how string) evidence.End {
	r := c.obs.Reaction
	end := evidence.End{Kind: evidence.EndDone}
	if is13(c.offer.Version) {
		end = c.peer13(ctx)
	} else {
		end = c.finishOldInjected(ctx)
	}
	if r.End == "" { // it did not get inside
		r.End = end.Kind
		if line, text := firstLine(c.conn.head); text && end.Kind == evidence.EndNotTLS {
			r.Text = []string{line}
		}
	}
	switch end.Kind {
	case evidence.EndAlert, evidence.EndClosed, evidence.EndReset, evidence.EndNotTLS: // says nothing about what was offered
		return evidence.End{Kind: evidence.EndDone, Detail: how + ": " + endWords(end.Kind)}
	}
	return end
}

// finishOldInjected is finishOld, but for that the end of a handshake that breaks off is told as it is.
func (c *connection) finishOldInjected(ctx context.Context) evidence.End {
	s, end := c.legacyClient(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	if err := s.Finish(ctx); err != nil {
		return legacyEnd(s, err)
	}
	c.legacyInside(ctx, s)
	return end
}

// takeLeave says goodbye under TLS, and keeps all that comes until the server has answered it or closed.
func (c *connection) takeLeave(conn net.Conn) {
	r := c.obs.Reaction
	begun := time.Now()
	_ = conn.SetDeadline(begun.Add(c.cfg.timeout()))
	_, err := io.WriteString(conn, farewell(c.protocol)+"\r\n")
	in := bufio.NewReaderSize(conn, maxHeardLine)
	for err == nil && r.End == "" {
		var line []byte
		if line, err = in.ReadSlice('\n'); len(line) > 0 {
			r.Text = append(r.Text, strings.TrimRight(string(line), "\r\n"))
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull), len(r.Text) == maxHeardLines:
			r.End = evidence.EndMalformed
		case err == nil && lastReply(c.protocol, string(line)):
			r.End = evidence.EndDone
		}
	}
	r.After = micros(time.Since(begun))
	if r.End == "" {
		r.End = endInside(err)
	}
}

// endInside is how a connection of one of our peers ended inside TLS.
func endInside(err error) evidence.EndKind {
	var new13 *tlspeer.Error
	var before *legacy.Error
	switch {
	case errors.As(err, &new13):
		return peerEnd(new13.End, nil, err).Kind
	case errors.As(err, &before):
		return peerEnd(before.End, nil, err).Kind
	}
	return endOf(err).Kind
}
