package probe

import (
	"context"
	"errors"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// legacyClient makes the offer with the peer for SSLv3 to TLS 1.2, and reads the server's flight. The end is EndDone if it is
// whole; the session is never nil.
func (c *connection) legacyClient(ctx context.Context) (*legacy.Session, evidence.End) {
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	h.CompressionMethods = []tlswire.CompressionMethod{tlswire.CompressionNull} // the only one that the peer has
	s, err := legacy.Client(ctx, c.conn, &legacy.ClientConfig{Hello: h, Limits: tlspeer.Limits{Message: maxReplyMessage, Messages: maxLegacyMessages}})
	c.replied(s)
	if kerr := c.keepLegacy(s.Seen.Messages); err == nil && kerr != nil {
		return s, endOf(kerr)
	}
	return s, legacyEnd(s, err)
}

// replied keeps the time of the reply, if there is one.
func (c *connection) replied(s *legacy.Session) {
	if len(s.Seen.Messages) > 0 || s.Seen.Alert != nil {
		c.obs.Timing.Reply = sinceBegun(c)
	}
}

// legacyFinish completes the handshake. Nothing is concluded about the offer if that fails: it may be for our own limits.
func (c *connection) legacyFinish(ctx context.Context, s *legacy.Session) evidence.End {
	n := len(s.Seen.Messages)
	err := s.Finish(ctx)
	_ = c.keepLegacy(s.Seen.Messages[n:]) // what cannot be read of these says nothing about the handshake
	if err == nil {
		c.resumable.keepOld(s.State())
		return evidence.End{Kind: evidence.EndDone}
	}
	end := legacyEnd(s, err)
	switch end.Kind {
	case evidence.EndTimeout, evidence.EndClosed, evidence.EndReset:
		end.Detail = "finishing the handshake: " + endWords(end.Kind)
	default:
		end.Detail = err.Error()
	}
	end.Kind = evidence.EndMalformed
	return end
}

// legacyInside talks the mail protocol inside, as [connection.inside], and takes leave.
func (c *connection) legacyInside(ctx context.Context, s *legacy.Session) {
	c.inside(ctx, s)
	_ = s.Close()
}

// finishOld finishes a handshake of TLS 1.2 or older, to see what the mail protocol says inside.
func (c *connection) finishOld(ctx context.Context) evidence.End {
	s, end := c.legacyClient(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	if end = c.legacyFinish(ctx, s); end.Kind == evidence.EndDone {
		c.legacyInside(ctx, s)
	}
	return end
}

// keepLegacy keeps what the server sent.
func (c *connection) keepLegacy(list []tlspeer.Message) error {
	for _, m := range list {
		if err := c.take(m.Handshake); err != nil {
			return err
		}
	}
	return nil
}

// legacyEnd tells how a handshake ended by its error.
func legacyEnd(s *legacy.Session, err error) evidence.End {
	var e *legacy.Error
	switch {
	case err == nil:
		return evidence.End{Kind: evidence.EndDone}
	case !errors.As(err, &e):
		return endOf(err)
	}
	return peerEnd(e.End, s.Seen.Alert, e)
}

// maxLegacyMessages is how many handshake messages a session may bring, renegotiations included.
const maxLegacyMessages = 8 * (maxRenegotiations + 1)
