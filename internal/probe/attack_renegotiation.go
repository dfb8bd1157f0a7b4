package probe

import (
	"cmp"
	"context"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// Renegotiation, up to TLS 1.2: a hello inside a session begins another handshake. Without RFC 5746 nothing binds the two
// together, so that an attacker may begin a session, say something in it, and let somebody else's go on there
// (CVE-2009-3555). With it, clients that ask over and over still make the server work more than themselves (CVE-2011-1473).
// Both are tried in the same way; which it is depends on what the hellos say of RFC 5746.

// maxRenegotiations is how often a client asks on one connection.
const maxRenegotiations = 10

// tryRenegotiation asks for one handshake after the other in a session that works, until the server refuses. The session has to
// go on behind the first and the last: a harmless command is answered there. More of them would annoy some servers.
func (c *connection) tryRenegotiation(ctx context.Context) evidence.End {
	s, end := c.enter(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	r := &evidence.Reaction{}
	c.obs.Reaction = r
	for r.End == "" && r.Times < maxRenegotiations {
		seen, err := c.renegotiate(ctx, s, r)
		if err != nil {
			r.End = c.refusal(s, r, seen, err)
		} else if r.Times++; r.Times == 1 || r.Times == maxRenegotiations {
			r.End = c.goesOn(s, r)
		}
	}
	if r.End = cmp.Or(r.End, evidence.EndDone); r.End == evidence.EndDone && ctx.Err() == nil {
		c.bye(ctx, s)
	}
	_ = s.Close()
	return end
}

// renegotiate asks once.
func (c *connection) renegotiate(ctx context.Context, s *legacy.Session, r *evidence.Reaction) (*legacy.Seen, error) {
	hello := c.helloAgain(s)
	c.restart()
	seen, err := s.Renegotiate(context.WithoutCancel(ctx), hello) // cancelling ends the deadline of the connection
	if err == nil && len(seen.Sent) > 0 {                         // what was refused is not worth its bytes
		r.Sent = seen.Sent[0][:min(len(seen.Sent[0]), keptOfAttack)]
	}
	return seen, err
}

// goesOn tells how the session ended behind a renegotiation, or "" if a command is answered.
func (c *connection) goesOn(s *legacy.Session, r *evidence.Reaction) evidence.EndKind {
	text, err := c.exchange(s)
	if err != nil {
		return legacyEnd(s, err).Kind
	}
	r.Text = append(r.Text, text[:min(len(text), keptOfAnswer)])
	return ""
}

// refusal tells how a renegotiation ended that did not come about. Behind a warning, and where nothing was said, the session may
// go on as if nothing had been asked: then it is done.
func (c *connection) refusal(s *legacy.Session, r *evidence.Reaction, seen *legacy.Seen, err error) evidence.EndKind {
	kind, flight := legacyEnd(s, err).Kind, begun(seen)
	if flight > 0 {
		r.Records = append(r.Records, evidence.Reacted{Type: tlswire.ContentHandshake, Length: flight})
	}
	if seen.Alert != nil {
		r.Records = append(r.Records, evidence.Reacted{Type: tlswire.ContentAlert, Length: 2, Alert: seen.Alert})
	}
	fatal := kind == evidence.EndAlert && seen.Alert != nil && seen.Alert.Level == tlswire.AlertLevelFatal
	if fatal || flight > 0 || kind != evidence.EndAlert && kind != evidence.EndTimeout {
		return kind
	}
	if _, err := c.exchange(s); err == nil {
		return evidence.EndDone
	}
	return kind
}

// begun is how many bytes of a handshake the server sent. To ask for one itself begins none.
func begun(seen *legacy.Seen) (n int) {
	for _, m := range seen.Messages {
		if m.Type != tlswire.TypeHelloRequest {
			n += len(m.Body) + 4 // of header
		}
	}
	return n
}

// helloAgain is the hello of a renegotiation: bound to the session by RFC 5746 if the server knows that, and we said so.
func (c *connection) helloAgain(s *legacy.Session) tlswire.ClientHello {
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	h.CompressionMethods = []tlswire.CompressionMethod{tlswire.CompressionNull}
	h.Suites = slices.DeleteFunc(slices.Clone(h.Suites), tlswire.Suite.IsSCSV) // RFC 5746, Section 3.5
	h.Extensions = slices.DeleteFunc(h.Extensions, func(x tlswire.Extension) bool { return x.Type == tlswire.ExtensionRenegotiationInfo })
	if bound(s.Seen.ServerHello) {
		h.Extensions = append(h.Extensions, tlswire.RenegotiationInfo(s.ClientVerifyData))
	}
	return h
}

// bound reports whether a server agrees to RFC 5746.
func bound(h *tlswire.ServerHello) bool {
	if h == nil {
		return false
	}
	_, ok := tlswire.Find(h.Extensions, tlswire.ExtensionRenegotiationInfo)
	return ok
}
