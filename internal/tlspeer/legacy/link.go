package legacy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

var (
	errLimit       = errors.New("more than the limit")
	errEmptyRecord = errors.New("a handshake record without content") // RFC 5246, Section 6.2.1
	errSpans       = errors.New("a handshake message spans a change of keys")
)

// maxMessages is the default for Limits.Messages: enough for some thirty handshakes.
const maxMessages = 256

// link is the record layer of one connection, and the limits on it.
type link struct {
	tlspeer.Socket
	reader   *bufio.Reader
	in, out  *cipherState
	version  tlswire.Version // of records on their way out
	limits   tlspeer.Limits  // what remains
	incoming tlswire.HandshakeBuffer
	seen     *Seen
	hooks    tlspeer.Hooks
	asking   bool   // for a renegotiation
	data     []byte // application data received and not yet read
}

func newLink(conn net.Conn, limits tlspeer.Limits, hooks tlspeer.Hooks, seen *Seen) link {
	if limits.Messages == 0 {
		limits.Messages = maxMessages
	}
	limits = limits.WithDefaults()
	return link{
		Socket: tlspeer.Socket{Conn: conn}, reader: bufio.NewReaderSize(conn, tlswire.RecordHeaderLen+tlswire.MaxCiphertext), limits: limits, seen: seen, hooks: hooks,
		incoming: tlswire.HandshakeBuffer{MaxMessage: limits.Message},
	}
}

// readRaw reads one record whole, and nothing behind its header that cannot be one. When a deadline passes, nothing of
// it is lost: it can be read again.
func (l *link) readRaw() (tlswire.Record, error) {
	raw, err := l.reader.Peek(tlswire.RecordHeaderLen)
	if err != nil {
		if _, _, bad := tlswire.ParseRecord(raw); len(raw) > 0 && errors.Is(bad, tlswire.ErrNotTLS) {
			return tlswire.Record{}, bad
		}
		return tlswire.Record{}, err
	}
	if _, _, err := tlswire.ParseRecord(raw); err != nil && !errors.Is(err, tlswire.ErrShort) {
		return tlswire.Record{}, err
	}
	size := tlswire.RecordHeaderLen + (int(raw[3])<<8 | int(raw[4]))
	if size > l.limits.Bytes || l.limits.Records < 1 {
		return tlswire.Record{}, tlspeer.WithEnd(tlspeer.EndLimit, fmt.Errorf("reading records: %w", errLimit))
	}
	if raw, err = l.reader.Peek(size); err != nil {
		return tlswire.Record{}, err
	}
	l.limits.Bytes -= size
	l.limits.Records--
	if l.seen.End == tlspeer.EndTimeout {
		l.seen.End = "" // it was not the end
	}
	r, _, err := tlswire.ParseRecord(bytes.Clone(raw))
	_, _ = l.reader.Discard(size) // it is there
	return r, err
}

// next reads one record and deals with it: handshake content and application data go to their buffers, an alert that
// ends something becomes the error. It tells whether the record was a change_cipher_spec.
func (l *link) next() (changed bool, err error) {
	r, err := l.readRaw()
	if err != nil {
		return false, err
	}
	opened := l.in.dissect(r)
	if err := opened.err(); err != nil {
		return false, err
	}
	l.seen.keepNonce(r, &opened)
	content := opened.Content
	switch r.Type {
	case tlswire.ContentHandshake:
		if len(content) == 0 {
			return false, nonsense(errEmptyRecord)
		}
		l.incoming.Feed(content)
	case tlswire.ContentChangeCipherSpec:
		_, err := tlswire.ParseChangeCipherSpec(content)
		return err == nil, err
	case tlswire.ContentAlert:
		return false, l.alert(content)
	case tlswire.ContentApplicationData:
		if l.in == nil {
			return false, nonsense(errors.New("application data in the clear"))
		}
		l.data = append(l.data, content...)
	}
	return false, nil // heartbeats are passed over
}

// alert keeps an alert, and returns it as an error if it ends what is being done. A refused renegotiation is told by a warning.
func (l *link) alert(content []byte) error {
	a, err := tlswire.ParseAlert(content)
	if err != nil {
		return err
	}
	l.seen.Alert = &a
	if ends(a) || l.asking && a.Description == tlswire.AlertNoRenegotiation {
		return tlspeer.WithEnd(tlspeer.EndAlert, alertError(a))
	}
	return nil
}

// message returns the next handshake message and keeps it, or tells that a change_cipher_spec came before it.
func (l *link) message() (h tlswire.Handshake, changed bool, err error) {
	for {
		h, ok, err := l.buffered()
		if ok || err != nil {
			return h, false, err
		}
		if changed, err := l.next(); changed || err != nil {
			return h, changed, err
		}
	}
}

// buffered returns and keeps a handshake message that is already there. HelloRequests are counted and passed over (RFC
// 5246, Section 7.4.1.1).
func (l *link) buffered() (tlswire.Handshake, bool, error) {
	for {
		h, ok, err := l.incoming.Next()
		if !ok || err != nil {
			return h, ok, err
		}
		l.seen.Messages = append(l.seen.Messages, tlspeer.Message{Handshake: h, Encrypted: l.in != nil})
		if l.limits.Messages--; l.limits.Messages < 0 {
			return h, false, tlspeer.WithEnd(tlspeer.EndLimit, fmt.Errorf("reading handshake messages: %w", errLimit))
		}
		if h.Type != tlswire.TypeHelloRequest {
			return h, true, nil
		}
		l.seen.HelloRequests++
	}
}

// protectIn switches the direction of reading to new keys.
func (l *link) protectIn(c *cipherState) error {
	if l.incoming.Pending() > 0 {
		return nonsense(errSpans)
	}
	l.in = c
	return nil
}
