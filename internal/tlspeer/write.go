package tlspeer

import (
	"github.com/mailtls/mailtls/tlswire"
)

// write sends content as records of at most size bytes (0: as large as allowed), in one Write.
func (l *link) write(t tlswire.ContentType, v tlswire.Version, content []byte, size int) error {
	out, err := l.records(nil, t, v, content, size)
	if err != nil {
		return err
	}
	return l.flush(out)
}

// records appends the records that carry content to b.
func (l *link) records(b []byte, t tlswire.ContentType, v tlswire.Version, content []byte, size int) (_ []byte, err error) {
	for _, piece := range tlswire.RecordFragments(content, size) {
		records := []tlswire.Record{l.out.seal(t, v, piece)}
		if l.alter != nil {
			records = l.alter(records[0])
		}
		for _, r := range records {
			if b, err = r.Append(b); err != nil {
				return nil, local(err)
			}
		}
	}
	return b, nil
}

// flush writes b. A write that fails may have been told why: an alert that is already here says more than the error.
func (l *link) flush(b []byte) error {
	_, err := l.Conn.Write(b)
	if err == nil || endOf(err) != EndReset {
		return err
	}
	for {
		if _, reading := l.next(); reading != nil {
			if endOf(reading) == EndAlert {
				return reading
			}
			return err
		}
	}
}

// changeCipherSpec is the record of middlebox compatibility mode (RFC 8446, Appendix D.4); it is never protected.
func changeCipherSpec() tlswire.Record {
	return tlswire.Record{Type: tlswire.ContentChangeCipherSpec, Version: tlswire.TLS12, Payload: []byte{1}}
}
