package legacy

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"io"
	"os"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// TestEnds tells the ends of connections apart.
func TestEnds(t *testing.T) {
	for name, c := range map[string]struct {
		said []byte
		want tlspeer.End
	}{
		"not TLS":        {[]byte("220 mail.example.org\r\n"), tlspeer.EndNotTLS},
		"closed":         {nil, tlspeer.EndClosed},
		"alert":          {[]byte{21, 3, 1, 0, 2, 2, 40}, tlspeer.EndAlert},
		"warning":        {[]byte{21, 3, 1, 0, 2, 1, 112}, tlspeer.EndClosed},
		"close_notify":   {[]byte{21, 3, 1, 0, 2, 1, 0}, tlspeer.EndAlert},
		"early CCS":      {[]byte{20, 3, 1, 0, 1, 1}, tlspeer.EndNonsense},
		"empty record":   {[]byte{22, 3, 1, 0, 0}, tlspeer.EndNonsense},
		"data in clear":  {[]byte{23, 3, 1, 0, 1, 1}, tlspeer.EndNonsense},
		"too many":       {bytes.Repeat([]byte{22, 3, 1, 0, 4, 0, 0, 0, 0}, maxMessages+1), tlspeer.EndLimit},
		"another first":  {[]byte{22, 3, 1, 0, 4, 14, 0, 0, 0}, tlspeer.EndNonsense},
		"version beyond": {serverHello(t, tlswire.TLS13), tlspeer.EndVersion},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Client(testContext(t), &scriptConn{said: bytes.NewReader(c.said)}, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
			var e *Error
			if !errors.As(err, &e) || e.End != c.want || s.Seen.End != c.want {
				t.Errorf("%v, end %v", err, s.Seen.End)
			}
		})
	}
}

// stutter says pieces, with a deadline that passes between them.
type stutter struct {
	pieces [][]byte
	passed bool
}

func (s *stutter) Read(p []byte) (int, error) {
	if s.passed = !s.passed; s.passed {
		return 0, os.ErrDeadlineExceeded
	}
	if len(s.pieces) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.pieces[0])
	s.pieces = s.pieces[1:]
	return n, nil
}

// TestDeadlines wants nothing lost where a deadline passes within a record.
func TestDeadlines(t *testing.T) {
	said := &stutter{pieces: [][]byte{{21, 3}, {1, 0, 2, 1}, {112, 21, 3, 1, 0, 2, 2, 40}}}
	s, err := Client(testContext(t), &scriptConn{said: said}, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
	for range 2 {
		if e := (*Error)(nil); !errors.As(err, &e) || e.End != tlspeer.EndTimeout || s.Seen.End != tlspeer.EndTimeout {
			t.Errorf("%v, end %q", err, s.Seen.End)
		}
		_, err = s.ReadRecord(testContext(t))
	}
	for _, want := range []tlswire.AlertDescription{112, 40} {
		in, err := s.ReadRecord(testContext(t))
		if err != nil || in.Alert == nil || in.Alert.Description != want || s.Seen.End != "" {
			t.Errorf("%v, %+v, end %q", err, in, s.Seen.End)
		}
	}
}

func serverHello(t testing.TB, v tlswire.Version) []byte {
	body, err := tlswire.ServerHello{Version: v, Suite: cbcSuite}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	m, _ := tlswire.Handshake{Type: tlswire.TypeServerHello, Body: body}.Append(nil)
	return tlswire.AppendRecords(nil, tlswire.ContentHandshake, tlswire.TLS12, m, 0)
}

// TestNotReady wants nothing to be possible too early.
func TestNotReady(t *testing.T) {
	conn := &scriptConn{said: bytes.NewReader(nil)}
	s, _ := Client(testContext(t), conn, &ClientConfig{Hello: hello(tlswire.TLS12, cbcSuite)})
	if _, err := s.Read(make([]byte, 1)); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	if _, err := s.Write(make([]byte, 1)); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	if err := s.Finish(testContext(t)); !errors.Is(err, errNoFlight) {
		t.Error(err)
	}
	if _, err := s.Renegotiate(testContext(t), hello(tlswire.TLS12, cbcSuite)); !errors.Is(err, errNotReady) {
		t.Error(err)
	}
	if s.State() != nil {
		t.Error("a state")
	}
}

// TestRSABlock refuses keys that would take forever or make no sense.
func TestRSABlock(t *testing.T) {
	if _, err := RSABlock(&rsa.PublicKey{}, []byte{1}); !errors.Is(err, errRSAKey) {
		t.Error(err)
	}
}
