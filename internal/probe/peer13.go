package probe

import (
	"context"
	"errors"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// peer13 makes a TLS 1.3 handshake up to the end of the server's flight, or to its own end.
func (c *connection) peer13(ctx context.Context) evidence.End {
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	cfg := &tlspeer.ClientConfig{Hello: h, Shares: append([]tlswire.Group{}, c.offer.KeyShares...),
		Limits: tlspeer.Limits{Message: maxReplyMessage}}
	if body, err := h.Marshal(); err == nil && c.offer.Has(evidence.Fragmented) {
		cfg.RecordSize = recordSize(c.offer, len(body))
	}
	s, err := tlspeer.Client(ctx, c.conn, cfg)
	if err == nil {
		err = unproven(s)
	}
	if err == nil && c.offer.Has(evidence.Finished) {
		if ferr := s.Finish(ctx); ferr == nil {
			c.inside(ctx, s)
			c.resumable.keepNew(s.Tickets())
		}
	}
	end := evidence.End{Kind: evidence.EndDone}
	if err != nil {
		end = end13(s, err)
	}
	c.keepPeer(s, end.Kind != evidence.EndMalformed)
	if err == nil {
		_ = s.Close()
	}
	return end
}

// unproven returns why a whole flight of the server proves nothing: it shows no certificate, or signs with another key. A
// signature that cannot be checked is left open.
func unproven(s *tlspeer.Session) error {
	switch valid, shown := s.Seen.SignatureValid, s.Seen.Certificate; {
	case valid != nil && !*valid:
		return errors.New("the signature on the handshake is wrong")
	case shown != nil && len(shown.Entries) == 0:
		return errors.New("the server shows no certificate")
	}
	return nil
}

// keepPeer keeps what the peer saw of the server. What came encrypted in a flight that breaks the rules could be from
// anybody, and is not kept.
func (c *connection) keepPeer(s *tlspeer.Session, honest bool) {
	for _, m := range s.Seen.Messages {
		if m.Encrypted && !honest {
			return
		}
		if err := c.take(m.Handshake); err != nil {
			return
		}
	}
}

// end13 tells how a handshake ended that did not get to the end of the server's flight.
func end13(s *tlspeer.Session, err error) evidence.End {
	var e *tlspeer.Error
	if !errors.As(err, &e) {
		return endOf(err)
	}
	return peerEnd(e.End, s.Seen.Alert, e)
}

// peerEnd tells how a handshake of one of our peers ended.
func peerEnd(how tlspeer.End, alert *tlswire.Alert, err error) evidence.End {
	end := evidence.End{Detail: err.Error()}
	switch how {
	case tlspeer.EndAlert:
		return evidence.End{Kind: evidence.EndAlert, Alert: alert}
	case tlspeer.EndClosed:
		return evidence.End{Kind: evidence.EndClosed}
	case tlspeer.EndReset:
		return evidence.End{Kind: evidence.EndReset}
	case tlspeer.EndTimeout:
		return evidence.End{Kind: evidence.EndTimeout, Detail: noReply}
	case tlspeer.EndCanceled:
		return evidence.End{Kind: evidence.EndCancelled}
	case tlspeer.EndNotTLS:
		end.Kind = evidence.EndNotTLS
	case tlspeer.EndVersion, tlspeer.EndUnsupported:
		end.Kind = evidence.EndDone
	default:
		end.Kind = evidence.EndMalformed
	}
	return end
}
