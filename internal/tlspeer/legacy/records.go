package legacy

import (
	"context"

	"github.com/mailtls/mailtls/tlswire"
)

// Incoming is one record as it came.
type Incoming struct {
	Record    tlswire.Record // as on the wire
	Protected bool           // there are keys to open it with
	Opened                   // what was in it; in the clear, Content is the payload
	Alert     *tlswire.Alert // if it was one that could be read
}

// Seal returns the record that carries content, protected by the keys of the
// moment, and counts it. alter may make it malformed. WriteRecord sends it.
func (s *Session) Seal(t tlswire.ContentType, content []byte, alter Alter) (tlswire.Record, error) {
	r, err := s.out.seal(tlswire.Record{Type: t, Version: s.version, Payload: content}, alter)
	return r, s.failed("protecting a record", err)
}

// WriteRecord sends a record as it is, but for the hook: it is not protected,
// counted, or put into the transcript.
func (s *Session) WriteRecord(r tlswire.Record) error {
	b, err := s.appendRecord(nil, r)
	if err == nil {
		err = s.flush(b)
	}
	return s.failed("writing a record", err)
}

// ReadRecord reads the next record, whatever it is, and opens it if there are
// keys; neither what is wrong with it nor an alert is an error. The error is an
// *Error that tells how the connection ended, or that a deadline passed: then
// it may be called again. What it reads is kept from Finish, Renegotiate and
// Read, but an alert is kept in Seen, and a change_cipher_spec behind our
// Finished lets what follows be opened.
func (s *Session) ReadRecord(ctx context.Context) (in Incoming, err error) {
	err = s.run(ctx, "reading a record", func() error {
		if in.Record, err = s.readRaw(); err != nil {
			return err
		}
		in.Protected = s.in != nil
		in.Opened = s.in.dissect(in.Record)
		if in.err() == nil {
			s.seen.keepNonce(in.Record, &in.Opened)
			s.follow(&in)
		}
		return nil
	})
	return in, err
}

// follow does what even a caller who reads records alone needs.
func (s *Session) follow(in *Incoming) {
	switch in.Record.Type {
	case tlswire.ContentAlert:
		if a, err := tlswire.ParseAlert(in.Content); err == nil {
			in.Alert, s.seen.Alert = &a, &a
		}
	case tlswire.ContentChangeCipherSpec:
		if h := s.handshake; h != nil && h.nextIn != nil {
			s.in, h.nextIn = h.nextIn, nil
		}
	}
}
