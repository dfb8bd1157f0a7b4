package probe

import (
	"errors"
	"fmt"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Limits on what a server may send in reply to one hello. Real flights have a handful of messages in a few records, and
// chains of a few certificates.
const (
	maxReplyBytes    = 512 << 10
	maxReplyRecords  = 2048
	maxReplyMessages = 32
	maxReplyMessage  = 256 << 10
)

var errLimit = errors.New("the reply exceeds what a scan reads of one connection")

// hello makes the offer, reads what the server says to it, and leaves.
func (c *connection) hello() evidence.End {
	end := c.flight()
	if end.Kind == evidence.EndDone {
		c.leave()
	}
	return end
}

// flight sends the offer and reads the server's messages in the clear: up to ServerHelloDone, or to the ServerHello of
// TLS 1.3.
func (c *connection) flight() evidence.End {
	h := clientHello(c.offer, c.ep.Target.ServerName, c.ep.Target.Protocol)
	raw, err := records(h, c.offer)
	if err != nil {
		return evidence.End{Kind: evidence.EndMalformed, Detail: err.Error()}
	}
	if _, err := c.conn.Write(raw); err != nil {
		return endOf(err)
	}
	alert, err := c.readFlight()
	if alert != nil {
		return evidence.End{Kind: evidence.EndAlert, Alert: alert}
	}
	return endOf(err)
}

// leave tells the server that nothing more comes, as it would after any connection (RFC 8446, Section 6.1).
func (c *connection) leave() {
	alert, _ := tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify}.Marshal()
	_, _ = c.conn.Write(tlswire.AppendRecords(nil, tlswire.ContentAlert, max(tlswire.SSLv3, min(c.version, tlswire.TLS12)), alert, tlswire.MaxPlaintext))
}

// readFlight reads records until the flight is whole, an alert ends it, or a limit is reached.
func (c *connection) readFlight() (*tlswire.Alert, error) {
	msgs := tlswire.HandshakeBuffer{MaxMessage: maxReplyMessage}
	for range maxReplyRecords {
		rec, err := c.records().next()
		if err != nil {
			return nil, c.cut(err)
		}
		c.obs.Timing.Reply = orDefault(c.obs.Timing.Reply, sinceBegun(c))
		switch rec.Type {
		case tlswire.ContentAlert:
			if a, err := fatal(rec.Payload); a != nil || err != nil {
				return a, err
			}
		case tlswire.ContentHandshake:
			msgs.Feed(rec.Payload)
			if done, err := c.takeAll(&msgs); done || err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("%v record in place of the server's hello: %w", rec.Type, tlswire.ErrMalformed)
		}
	}
	return nil, errLimit
}

// cut tells a flight that the limit cut from one the server ended.
func (c *connection) cut(err error) error {
	if isEOF(err) && c.conn.in >= maxReplyBytes {
		return errLimit
	}
	return err
}

// fatal returns the alert that ends a handshake: a fatal one, or close_notify; nil if payload is a warning.
func fatal(payload []byte) (*tlswire.Alert, error) {
	a, err := tlswire.ParseAlert(payload)
	switch {
	case err != nil:
		return nil, err
	case a.Level == tlswire.AlertLevelFatal, a.Description == tlswire.AlertCloseNotify:
		return &a, nil
	case a.Level == tlswire.AlertLevelWarning:
		return nil, nil
	}
	return nil, fmt.Errorf("alert of level %d: %w", a.Level, tlswire.ErrMalformed)
}

// takeAll keeps the messages that are complete, and reports whether the flight is.
func (c *connection) takeAll(msgs *tlswire.HandshakeBuffer) (bool, error) {
	for {
		m, ok, err := msgs.Next()
		if err != nil || !ok {
			return false, err
		}
		if len(c.obs.Messages) >= maxReplyMessages {
			return false, errLimit
		}
		if err := c.take(m); err != nil {
			return false, err
		}
		if c.complete(m.Type) {
			return true, nil
		}
	}
}

// complete reports whether a message of type t ends what can be read without keys.
func (c *connection) complete(t tlswire.HandshakeType) bool {
	if t == tlswire.TypeServerHelloDone {
		return true
	}
	return t == tlswire.TypeServerHello && c.version == tlswire.TLS13
}
