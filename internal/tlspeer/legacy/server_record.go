package legacy

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

var (
	errUnexpected = errors.New("a message that is not due")
	errPeerAlert  = errors.New("the client sent an alert")
)

// readRecord reads one record as it is on the wire.
func (s *ServerSession) readRecord() (tlswire.Record, error) {
	head := make([]byte, tlswire.RecordHeaderLen)
	if _, err := io.ReadFull(s.reader, head); err != nil {
		return tlswire.Record{}, err
	}
	switch _, _, err := tlswire.ParseRecord(head); {
	case errors.Is(err, tlswire.ErrTooLarge):
		return tlswire.Record{}, s.fatal(tlswire.AlertRecordOverflow, err)
	case errors.Is(err, tlswire.ErrNotTLS):
		return tlswire.Record{}, s.fatal(tlswire.AlertUnexpectedMessage, err)
	}
	raw := append(head, make([]byte, int(head[3])<<8|int(head[4]))...)
	if _, err := io.ReadFull(s.reader, raw[tlswire.RecordHeaderLen:]); err != nil {
		return tlswire.Record{}, err
	}
	r, _, err := tlswire.ParseRecord(raw)
	return r, err
}

// next reads one record and opens it. Those that are ignored, and heartbeats, it deals with.
func (s *ServerSession) next() (tlswire.Record, error) {
	for {
		r, err := s.readRecord()
		if err != nil {
			return r, err
		}
		err = s.open(&r)
		if err == nil && r.Type == tlswire.ContentHeartbeat {
			err = s.heartbeat(r.Payload)
		}
		if !errors.Is(err, errIgnore) {
			return r, err
		}
	}
}

// open replaces the payload by its contents.
func (s *ServerSession) open(r *tlswire.Record) error {
	o := s.in.dissect(*r)
	if o.err() != nil {
		if err := s.malformed(&o); !errors.Is(err, errAccept) {
			return err
		}
	}
	r.Payload = o.Content
	if len(r.Payload) > tlswire.MaxPlaintext {
		return s.fatal(tlswire.AlertRecordOverflow, tlswire.ErrTooLarge)
	}
	return nil
}

// malformed answers a record that does not open, by what is wrong with it.
func (s *ServerSession) malformed(o *Opened) error {
	right, why := Alert(tlswire.AlertBadRecordMAC), o.err()
	if s.in.block == nil || s.in.etm || len(o.Plain) == 0 {
		return s.react(Reaction{}, right, why)
	}
	f := s.cfg.Faults.CBC
	switch {
	case !o.Length && fullPadding(o.Plain) && f.FullPadding != (Reaction{}):
		return s.react(f.FullPadding, right, why)
	case o.MACOK:
		return s.react(f.BadPadding, right, why)
	case !o.PaddingOK || !o.Length:
		return s.react(f.BadBoth, right, why)
	case len(o.Content) == 0 && f.ZeroLength != (Reaction{}):
		return s.react(f.ZeroLength, right, why)
	}
	return s.react(f.BadMAC, right, why)
}

// fullPadding reports whether a record ends in valid padding.
func fullPadding(plain []byte) bool {
	last := plain[len(plain)-1]
	if int(last) >= len(plain) {
		return false
	}
	for _, b := range plain[len(plain)-1-int(last):] {
		if b != last {
			return false
		}
	}
	return true
}

// message returns the next handshake message.
func (s *ServerSession) message() (tlswire.Handshake, error) {
	for {
		m, ok, err := s.incoming.Next()
		if err != nil {
			return m, s.fatal(tlswire.AlertDecodeError, err)
		}
		if ok {
			return m, nil
		}
		r, err := s.next()
		if err != nil {
			return m, err
		}
		if err := s.sort(r); err != nil {
			return m, err
		}
	}
}

// sort takes in a record while a handshake message is awaited.
func (s *ServerSession) sort(r tlswire.Record) error {
	switch {
	case r.Type == tlswire.ContentHandshake:
		s.incoming.Feed(r.Payload)
		return nil
	case r.Type == tlswire.ContentAlert:
		return s.alerted(r.Payload)
	case r.Type == tlswire.ContentChangeCipherSpec && s.current != nil:
		return s.current.early(r.Payload)
	case r.Type == tlswire.ContentApplicationData && s.ready: // sent before the client saw our answer to its hello
		s.data = append(s.data, r.Payload...)
		return nil
	}
	return s.fatal(tlswire.AlertUnexpectedMessage, fmt.Errorf("%w: a record of %v", errUnexpected, r.Type))
}

// alerted keeps an alert; warnings but close_notify change nothing (RFC 5246, Section 7.2).
func (s *ServerSession) alerted(payload []byte) error {
	a, err := tlswire.ParseAlert(payload)
	if err != nil {
		return s.fatal(tlswire.AlertDecodeError, err)
	}
	s.Seen.Alert = &a
	switch {
	case a.Description == tlswire.AlertCloseNotify:
		return io.EOF
	case a.Level == tlswire.AlertLevelWarning:
		return nil
	}
	return fmt.Errorf("%w: %v", errPeerAlert, a)
}

// write sends content in records of at most size bytes (0: as many as fit), under the keys of the moment, in one Write.
func (s *ServerSession) write(t tlswire.ContentType, content []byte, size int) error {
	out, err := s.seal(nil, t, content, size)
	if err != nil {
		return err
	}
	_, err = s.Conn.Write(out)
	return err
}

// seal appends the records that carry content to b.
func (s *ServerSession) seal(b []byte, t tlswire.ContentType, content []byte, size int) ([]byte, error) {
	for _, piece := range tlswire.RecordFragments(content, size) {
		r, err := s.out.seal(tlswire.Record{Type: t, Version: s.version, Payload: piece}, Alter{Plain: s.nonces.choose(s.cfg.Faults.GCMNonce)})
		if err != nil {
			return nil, err
		}
		records := []tlswire.Record{r}
		if s.cfg.Faults.Hooks.Record != nil {
			records = s.cfg.Faults.Hooks.Record(r)
		}
		for _, r := range records {
			if b, err = r.Append(b); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// nonces chooses explicit nonces.
type nonces struct{ first []byte }

// choose returns what changes the parts of a record that has one; nil if nothing is to change.
func (n *nonces) choose(source NonceSource) func(*Parts) {
	if source == NonceCounter {
		return nil
	}
	return func(p *Parts) {
		if p.Nonce == nil || len(p.Explicit) == 0 {
			return // no AEAD, or one without an explicit nonce
		}
		if n.first == nil || source == NonceRandom {
			n.first = randomBytes(8)
		}
		p.Explicit, p.Nonce = n.first[:len(p.Explicit)], nil
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}
