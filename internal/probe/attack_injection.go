package probe

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
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
// the same: how many replies come without the command, a further connection tells.
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
	switch {
	case ok:
		return end, true
	case behind == "" || res.Step != starttls.StepSTARTTLS || end.Kind == evidence.EndThrottled || end.Kind == evidence.EndCancelled:
		c.obs.Reaction = nil
		return end, false
	case res.Outcome == starttls.Ready: // with text behind the go-ahead
		r.End, r.Text = evidence.EndNotTLS, heardLines(string(res.Early))
	case res.Outcome == starttls.Closed:
		r.End = endOf(res.Err).Kind
	case res.Outcome == starttls.Timeout:
		r.End = evidence.EndTimeout
		return evidence.End{Kind: evidence.EndTimeout, Detail: end.Detail}, false
	default:
		r.End, r.Text = evidence.EndPreamble, []string{res.Reply.String()}
	}
	return evidence.End{Kind: evidence.EndDone, Detail: end.Detail}, false
}

func heardLines(text string) []string {
	var list []string
	for line := range strings.Lines(text) {
		list = append(list, strings.TrimRight(line[:min(len(line), maxHeardLine)], "\r\n"))
	}
	return list[:min(len(list), maxHeardLines)]
}

// tryInjection finishes the handshake, and takes leave inside TLS.
func (c *connection) tryInjection(ctx context.Context) evidence.End {
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
		return evidence.End{Kind: evidence.EndDone, Detail: "with a line behind STARTTLS: " + endWords(end.Kind)}
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

// lastReply reports whether a line can only be the end of the answer to a farewell. POP3 and ManageSieve close behind it.
func lastReply(p starttls.Protocol, line string) bool {
	switch p {
	case starttls.IMAP:
		return strings.HasPrefix(line, farewellTag+" ")
	case starttls.POP3, starttls.Sieve:
		return false
	}
	return strings.HasPrefix(line, "221") && !strings.HasPrefix(line, "221-")
}

// unasked counts the replies inside TLS beside that to the farewell; false if that has not come.
func unasked(p starttls.Protocol, r *evidence.Reaction) (n int, ok bool) {
	_, behind, _ := strings.Cut(string(r.Sent), "\r\n")
	closed := r.End == evidence.EndClosed || r.End == evidence.EndDone
	statuses, list, answered := 0, false, false
	for _, line := range r.Text {
		word, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch p {
		case starttls.IMAP:
			if tag, _, _ := strings.Cut(behind, " "); behind != "" && strings.HasPrefix(line, tag+" ") {
				n++
			}
			answered = answered || strings.HasPrefix(line, farewellTag+" ")
		case starttls.POP3:
			if word == "+OK" || word == "-ERR" {
				statuses++
			}
			list = list || line == "."
		case starttls.Sieve: // which lists its capabilities unasked once TLS stands (RFC 5804, Section 2.2)
			if word == "OK" || word == "NO" || word == "BYE" {
				statuses++
			}
			list = list || strings.HasPrefix(line, `"`)
		default:
			if len(line) >= 3 && (len(line) == 3 || line[3] == ' ') {
				statuses++
			}
			answered = answered || word == "221" || strings.HasPrefix(word, "221-")
		}
	}
	switch p {
	case starttls.IMAP:
		return n, answered || n > 0
	case starttls.POP3: // a list is the reply to CAPA
		n = max(0, statuses-1)
		if list {
			n = max(n, 1)
		}
		return n, n > 0 || statuses == 1 && closed
	case starttls.Sieve:
		if list {
			statuses--
		}
		n = max(0, statuses-1)
		return n, n > 0 || statuses == 1 && closed
	}
	n = max(0, statuses-1)
	return n, answered
}

// injection is what the connections tell that tried it.
type injection struct {
	answered, silent []string // a line behind STARTTLS was answered inside TLS, or was not
	most             int      // replies to it
	how              string   // in which way the server withstands
	control          []string // connections without such a line
	usual            int      // unasked replies in these
	cut              []string // it closed or reset the connection
	late             int      // nothing came in time
}

func (v *view) injection(p starttls.Protocol) injection {
	var x injection
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack != evidence.STARTTLSInjection || r.reaction == nil {
			continue
		}
		n, ok := unasked(p, r.reaction)
		inside := r.reaction.End != evidence.EndPreamble && r.reaction.End != evidence.EndNotTLS
		switch {
		case r.offer.Vector == noneBehind:
			if ok && inside {
				x.control, x.usual = append(x.control, r.id), max(x.usual, n)
			}
		case inside && ok && n > 0:
			x.answered, x.most = append(x.answered, r.id), max(x.most, n)
		case inside && ok:
			x.silent, x.how = append(x.silent, r.id), "forgets what came before TLS"
		default:
			x.withstands(r)
		}
	}
	if len(x.silent) == 0 && len(x.cut) >= v.wordless(chanceOfNo) {
		x.silent, x.how = x.cut, "hangs up on a command behind STARTTLS"
	}
	if len(x.control) > 0 && x.most <= x.usual { // it says as much without being told to
		x.silent, x.answered = append(x.silent, x.answered...), nil
		x.how = "forgets what came before TLS, and speaks unasked inside it"
	}
	return x
}

// withstands takes in a connection that did not get to a farewell inside TLS.
func (x *injection) withstands(r *reply) {
	switch r.reaction.End {
	case evidence.EndPreamble:
		x.silent, x.how = append(x.silent, r.id), "refuses STARTTLS with a command behind it: "+strings.Join(r.reaction.Text, " ")
	case evidence.EndNotTLS:
		x.silent, x.how = append(x.silent, r.id), "answers a command behind STARTTLS in the clear"
	case evidence.EndAlert:
		x.silent, x.how = append(x.silent, r.id), "takes what is behind STARTTLS for TLS, and breaks off"
	case evidence.EndClosed, evidence.EndReset:
		x.cut = append(x.cut, r.id)
	case evidence.EndTimeout:
		x.late++
	}
}

// maxLate is how often nothing may come in time before an attack is given up.
const maxLate = 2

func nextInjection(p *plan) (ask, bool) {
	protocol, err := starttls.ParseProtocol(p.target.Protocol)
	if err != nil || protocol.ImplicitTLS() || !p.mayEnter() || !p.mayTry(evidence.STARTTLSInjection, evidence.KeySTARTTLSInjection, 8) {
		return ask{}, false
	}
	a, ok := p.finishing()
	x := p.injection(protocol)
	switch {
	case !ok || x.late >= maxLate || len(x.answered) == 0 && len(x.silent) > 0 || len(x.answered) > 1 && len(x.control) > 0:
		return ask{}, false
	case len(x.answered) > 1:
		a.offer.Vector = noneBehind
	default:
		a.offer.Vector = lineBehind
	}
	a.question, a.offer.Attack = string(evidence.STARTTLSInjection), evidence.STARTTLSInjection
	return a, true
}

func deriveInjection(d *deriver) {
	f := &d.facts.STARTTLSInjection
	protocol, err := starttls.ParseProtocol(d.ep.Target.Protocol)
	if err == nil && protocol.ImplicitTLS() {
		*f = inapplicable[evidence.Weakness]("TLS from the first byte")
		return
	}
	x := d.injection(protocol)
	switch {
	case len(x.answered) > 1 && len(x.control) > 0:
		*f = known(evidence.Weakness{Found: true, Shown: []string{fmt.Sprintf(
			"a command behind STARTTLS is answered inside TLS, in %d of %d connections", len(x.answered), len(x.answered)+len(x.silent))}}, x.answered...)
	case len(x.answered) == 0 && len(x.silent) > 0:
		*f = known(evidence.Weakness{Shown: []string{x.how}}, x.silent...)
	case len(x.answered) > 0:
		*f = evidence.Fact[evidence.Weakness]{State: evidence.Unknown, From: x.answered,
			Why: "a command behind STARTTLS seems to be answered inside TLS, which could not be confirmed"}
	default:
		*f = d.untried(evidence.STARTTLSInjection)
		if d.unfinishable() {
			f.Why = "no suite is accepted with which this program can finish a handshake"
		}
	}
}
