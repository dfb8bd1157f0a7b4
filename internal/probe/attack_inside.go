package probe

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// enter makes the offer, finishes the handshake and lets the server speak inside, so that what is tried next meets a session
// that works. The end is EndDone if it does.
func (c *connection) enter(ctx context.Context) (*legacy.Session, evidence.End) {
	s, end := c.legacyClient(ctx)
	if end.Kind != evidence.EndDone {
		return s, end
	}
	if end = c.legacyFinish(ctx, s); end.Kind != evidence.EndDone {
		return s, end
	}
	res := c.open(ctx, s)
	if res.Outcome != starttls.Ready {
		return s, evidence.End{Kind: evidence.EndMalformed, Detail: "inside TLS: " + reason(res)}
	}
	if res.Reply.Status == greeted && !answers(c.protocol, string(res.Early)) {
		c.restart()
		if _, err := c.answer(s); err != nil {
			return s, evidence.End{Kind: evidence.EndMalformed, Detail: "inside TLS: greeted twice, and then " + endWords(legacyEnd(s, err).Kind)}
		}
	}
	return s, end
}

// greeted is what SMTP servers begin with (RFC 5321, Section 4.3.2). In place of an answer it comes from one that greeted already:
// the answer is still to come, and must not be taken for one to what is tried next.
const greeted = "220"

const harmlessTag = "m1"

// harmless is a command that changes nothing, says nothing about us, and needs no login (RFC 5321, Section 4.1.1.9; RFC
// 2449, Section 5, since POP3 has NOOP only behind a login; RFC 9051, Section 6.1.2; RFC 5804, Section 2.13).
func harmless(p starttls.Protocol) []byte {
	switch p {
	case starttls.POP3, starttls.POP3S:
		return []byte("CAPA\r\n")
	case starttls.IMAP, starttls.IMAPS:
		return []byte(harmlessTag + " NOOP\r\n")
	}
	return []byte("NOOP\r\n")
}

// maxAnswer is how much is read of the answer to a harmless command, in bytes.
const maxAnswer = 4096

// exchange sends a harmless command inside the session and returns the answer, as far as one came.
func (c *connection) exchange(s *legacy.Session) (string, error) {
	c.restart()
	if _, err := s.Write(harmless(c.protocol)); err != nil {
		return "", err
	}
	return c.answer(s)
}

// answer reads what comes up to the end of one answer, as far as it comes.
func (c *connection) answer(s *legacy.Session) (string, error) {
	var all []byte
	chunk := make([]byte, 1024)
	for !answers(c.protocol, string(all)) {
		n, err := s.Read(chunk)
		all = append(all, chunk[:n]...)
		switch {
		case err != nil:
			return string(all), err
		case len(all) > maxAnswer:
			return string(all[:maxAnswer]), errLimit
		}
	}
	return string(all), nil
}

// answers reports whether text is the whole answer to a harmless command.
func answers(p starttls.Protocol, text string) bool {
	body, whole := strings.CutSuffix(text, "\n")
	if !whole {
		return false
	}
	last := body[strings.LastIndexByte(body, '\n')+1:]
	switch p {
	case starttls.POP3, starttls.POP3S:
		return strings.TrimSpace(last) == "." || strings.HasPrefix(body, "-ERR")
	case starttls.IMAP, starttls.IMAPS:
		return strings.HasPrefix(last, harmlessTag+" ")
	case starttls.Sieve:
		word, _, _ := strings.Cut(strings.TrimSpace(last), " ")
		return word == "OK" || word == "NO" || word == "BYE"
	}
	return len(last) >= 3 && strings.Trim(last[:3], "0123456789") == "" && !strings.HasPrefix(last[3:], "-")
}

// carriedOut reports whether the reaction is the answer that the harmless command gets when all is well (for the sources see
// there), with no alert before it. A farewell or an error that a server says inside TLS before it hangs up is none.
func carriedOut(p starttls.Protocol, r *evidence.Reaction) bool {
	if slices.ContainsFunc(r.Records, func(x evidence.Reacted) bool { return x.Alert != nil }) {
		return false
	}
	for line := range strings.Lines(strings.Join(r.Text, "")) {
		if well(p, line) {
			return true
		}
	}
	return false
}

// well reports whether a line says that the harmless command was taken. With IMAP, our tag alone says so.
func well(p starttls.Protocol, line string) bool {
	switch p {
	case starttls.POP3, starttls.POP3S:
		return strings.HasPrefix(line, "+OK")
	case starttls.IMAP, starttls.IMAPS:
		return strings.HasPrefix(line, harmlessTag+" ")
	case starttls.Sieve:
		return strings.HasPrefix(line, "OK")
	}
	return strings.HasPrefix(line, "2") && !strings.HasPrefix(line, greeted) && !strings.HasPrefix(line, "221") // which takes leave
}

// provokeInside sends a record inside the session and keeps what comes back, decrypted, until the connection ends, the command
// is carried out, or time is up. The end is that of the connection, also behind an alert: an attacker can tell one that is
// closed from one that is reset or goes on. sent is what is in the record.
func (c *connection) provokeInside(ctx context.Context, s *legacy.Session, rec tlswire.Record, sent []byte) {
	r := &evidence.Reaction{Sent: sent[:min(len(sent), keptOfAttack)]}
	c.obs.Reaction = r
	c.conn.head = nil
	begun := time.Now()
	c.restart()
	err := s.WriteRecord(rec)
	for err == nil && !carriedOut(c.protocol, r) {
		var in legacy.Incoming
		if in, err = s.ReadRecord(context.WithoutCancel(ctx)); err == nil { // cancelling ends the deadline of the connection
			err = heedInside(r, in)
		}
	}
	r.After = micros(time.Since(begun))
	if r.End = evidence.EndDone; err != nil {
		r.End = legacyEnd(s, err).Kind
	}
	if line, text := firstLine(c.conn.head); r.End == evidence.EndNotTLS && text { // Exim with GnuTLS goes on in the clear
		r.Text = append(r.Text, line[:min(len(line), keptOfAnswer)])
	}
}

// settled reports whether the server itself ended a reaction inside a session, so that nothing it said was lost.
func settled(r *evidence.Reaction) bool {
	return orderly(r) || r.End == evidence.EndDone
}

// heedInside keeps one record of a reaction.
func heedInside(r *evidence.Reaction, in legacy.Incoming) error {
	if len(r.Records) == maxReacted {
		return errLimit
	}
	r.Records = append(r.Records, evidence.Reacted{Type: in.Record.Type, Length: len(in.Record.Payload), Alert: in.Alert})
	if in.Record.Type == tlswire.ContentApplicationData && in.Protected && in.MACOK && len(in.Content) > 0 {
		r.Text = append(r.Text, string(in.Content[:min(len(in.Content), keptOfAnswer)]))
	}
	return nil
}

// keptOfAnswer is how much is kept of what a server says inside, in bytes.
const keptOfAnswer = 200
