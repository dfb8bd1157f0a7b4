package tlspeer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/mailtls/mailtls/tlswire"
)

// Limits bounds what the other side may send over the life of a connection. The zero value of each field stands for its default.
type Limits struct {
	Bytes    int // in all, record headers included; default: Message + 768 KiB
	Records  int // default 16384
	Messages int // handshake messages; default 64
	Message  int // bytes of one handshake message, hence of the certificate chain; default 256 KiB
}

func (l Limits) withDefaults() Limits {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	set(&l.Records, 1<<14)
	set(&l.Messages, 64)
	set(&l.Message, 256<<10)
	set(&l.Bytes, l.Message+768<<10)
	return l
}

var (
	errEmptyRecord = errors.New("a record without content") // RFC 8446, Section 5.1
	errSpans       = errors.New("a handshake message spans a change of keys")
	errLimit       = errors.New("more than the limit")
)

// alertError is an alert that the other side sent.
type alertError tlswire.Alert

func (a alertError) Error() string { return fmt.Sprintf("alert %v", a.Description) }

// link is the record layer of one connection, and the limits on it.
type link struct {
	Socket
	reader   *bufio.Reader
	in, out  protection
	limits   Limits // what remains
	incoming tlswire.HandshakeBuffer
	record   []byte // the last record read; its memory is used again
	seen     *Seen
	alter    func(tlswire.Record) []tlswire.Record
}

func newLink(conn net.Conn, limits Limits, seen *Seen) link {
	limits = limits.withDefaults()
	return link{
		Socket: Socket{Conn: conn}, reader: bufio.NewReader(conn), limits: limits, seen: seen,
		incoming: tlswire.HandshakeBuffer{MaxMessage: limits.Message},
	}
}

// read returns the type and content of the next record, valid until the next call.
func (l *link) read() (tlswire.ContentType, []byte, error) {
	raw, err := l.readRaw()
	if err != nil {
		return 0, nil, err
	}
	r, _, err := tlswire.ParseRecord(raw)
	if err != nil {
		return 0, nil, err
	}
	if l.in.active() && r.Type == tlswire.ContentHandshake {
		return 0, nil, nonsense(errors.New("an unprotected handshake record behind protected ones"))
	}
	if !l.in.active() || r.Type != tlswire.ContentApplicationData {
		return r.Type, r.Payload, nil
	}
	t, plain, err := l.in.open(raw[:tlswire.RecordHeaderLen], r.Payload)
	if err != nil {
		return 0, nil, nonsense(err)
	}
	return t, plain, nil
}

// readRaw reads one record whole, and nothing behind its header that cannot be one.
func (l *link) readRaw() ([]byte, error) {
	l.record = append(l.record[:0], make([]byte, tlswire.RecordHeaderLen)...)
	if n, err := io.ReadFull(l.reader, l.record); err != nil {
		if _, _, bad := tlswire.ParseRecord(l.record[:n]); n > 0 && errors.Is(bad, tlswire.ErrNotTLS) {
			return nil, bad
		}
		return nil, err
	}
	if _, _, err := tlswire.ParseRecord(l.record); err != nil && !errors.Is(err, tlswire.ErrShort) {
		return nil, err
	}
	size := int(l.record[3])<<8 | int(l.record[4])
	l.limits.Bytes -= len(l.record) + size
	l.limits.Records--
	if l.limits.Bytes < 0 || l.limits.Records < 0 {
		return nil, ended{EndLimit, fmt.Errorf("reading records: %w", errLimit)}
	}
	l.record = append(l.record, make([]byte, size)...)
	_, err := io.ReadFull(l.reader, l.record[tlswire.RecordHeaderLen:])
	return l.record, err
}

// next reads one record and deals with it: handshake content goes to the
// buffer, application data is returned, an alert becomes the error.
func (l *link) next() (data []byte, err error) {
	t, content, err := l.read()
	if err != nil {
		return nil, err
	}
	switch t {
	case tlswire.ContentHandshake:
		if len(content) == 0 {
			return nil, nonsense(errEmptyRecord)
		}
		l.incoming.Feed(content)
		return nil, nil
	case tlswire.ContentChangeCipherSpec: // dropped (RFC 8446, Appendix D.4)
		return nil, nil
	case tlswire.ContentAlert:
		return nil, l.alert(content)
	case tlswire.ContentApplicationData:
		return content, nil
	}
	return nil, nonsense(fmt.Errorf("a record of type %v", t))
}

// alert keeps the alert and returns it as an error. Alerts of level warning
// end a connection too, in TLS 1.3 (RFC 8446, Section 6), but for user_canceled,
// behind which close_notify comes.
func (l *link) alert(content []byte) error {
	a, err := tlswire.ParseAlert(content)
	if err != nil {
		return err
	}
	l.seen.Alert = &a
	if a.Description == tlswire.AlertUserCanceled {
		return nil
	}
	return ended{EndAlert, alertError(a)}
}

// message returns the next handshake message and keeps it.
func (l *link) message() (tlswire.Handshake, error) {
	for {
		h, ok, err := l.buffered()
		if ok || err != nil {
			return h, err
		}
		if data, err := l.next(); err != nil {
			return h, err
		} else if data != nil {
			return h, nonsense(errors.New("application data during the handshake"))
		}
	}
}

// buffered returns and keeps a handshake message that is already there.
func (l *link) buffered() (tlswire.Handshake, bool, error) {
	h, ok, err := l.incoming.Next()
	if !ok || err != nil {
		return h, ok, err
	}
	l.seen.Messages = append(l.seen.Messages, Message{h, l.in.active()})
	if l.limits.Messages--; l.limits.Messages < 0 {
		return h, false, ended{EndLimit, fmt.Errorf("reading handshake messages: %w", errLimit)}
	}
	return h, true, nil
}

// protectIn switches the direction of reading to new keys.
func (l *link) protectIn(s suite, secret []byte) (err error) {
	if l.incoming.Pending() > 0 {
		return nonsense(errSpans)
	}
	l.in, err = newProtection(s, secret)
	return err
}

func (l *link) protectOut(s suite, secret []byte) (err error) {
	l.out, err = newProtection(s, secret)
	return err
}
