package legacy

import (
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// write sends content as records of at most size bytes (0: as large as allowed), in one Write.
func (l *link) write(t tlswire.ContentType, content []byte, size int) error {
	out, err := l.records(nil, t, content, size)
	if err != nil {
		return err
	}
	return l.flush(out)
}

// records appends the records that carry content to b, under the keys of the moment.
func (l *link) records(b []byte, t tlswire.ContentType, content []byte, size int) ([]byte, error) {
	for _, piece := range tlswire.RecordFragments(content, size) {
		r, err := l.out.seal(tlswire.Record{Type: t, Version: l.version, Payload: piece}, Alter{})
		if err != nil {
			return nil, err
		}
		if b, err = l.appendRecord(b, r); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// appendRecord appends what the hook makes of a record that is as it goes onto the wire.
func (l *link) appendRecord(b []byte, r tlswire.Record) (_ []byte, err error) {
	records := []tlswire.Record{r}
	if l.hooks.Record != nil {
		records = l.hooks.Record(r)
	}
	for _, r := range records {
		if b, err = r.Append(b); err != nil {
			return nil, local(err)
		}
	}
	return b, nil
}

// flush writes b. A write that fails may have been told why: an alert that is already here says more than the error.
func (l *link) flush(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	_, err := l.Conn.Write(b)
	if err == nil || tlspeer.EndOf(err) != tlspeer.EndReset {
		return err
	}
	for {
		if _, reading := l.next(); reading != nil {
			if tlspeer.EndOf(reading) == tlspeer.EndAlert {
				return reading
			}
			return err
		}
	}
}

// altered is what the hook makes of a message.
func (l *link) altered(m tlswire.Handshake) []tlswire.Handshake {
	if l.hooks.Message == nil {
		return []tlswire.Handshake{m}
	}
	return l.hooks.Message(m)
}
