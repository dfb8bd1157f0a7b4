package probe

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/x509lax"
	"github.com/mailtls/mailtls/tlswire"
)

// TestShortenExchange wants all that facts are derived from, and keys that differ from others as before.
func TestShortenExchange(t *testing.T) {
	dh := func(y ...byte) tlswire.ServerKeyExchange {
		p := bytes.Repeat([]byte{0xFB}, 256)
		return tlswire.ServerKeyExchange{DH: &tlswire.ServerDHParams{P: p, G: []byte{2}, Y: y}}
	}
	signed := func(k tlswire.ServerKeyExchange, bytes int) tlswire.ServerKeyExchange {
		k.Scheme, k.Signature = tlswire.RSAPSSRSAESHA256, make([]byte, bytes)
		return k
	}
	long := append(make([]byte, 240), "the last sixteen"...)
	curve := tlswire.ServerKeyExchange{EC: &tlswire.ServerECParams{CurveType: tlswire.CurveNamed, Group: tlswire.X25519, Point: make([]byte, 32)}}
	for _, c := range []struct {
		name     string
		suite    tlswire.Suite
		in, want tlswire.ServerKeyExchange
	}{
		{"signed", 0x009E, signed(dh(long...), 256), signed(dh(long[240:]...), 0)},
		{"short key", 0x009E, signed(dh(1), 256), signed(dh(1), 0)},
		{"anonymous", 0x00A6, dh(long...), dh(long[240:]...)},
		{"curve", 0xC02F, signed(curve, 256), signed(curve, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			body, err := c.in.Marshal()
			if err != nil {
				t.Fatal(err)
			}
			info, _ := c.suite.Info()
			conn := &connection{version: tlswire.TLS12, suite: c.suite}
			got, err := tlswire.ParseServerKeyExchange(conn.shortenExchange(bytes.Clone(body)), info.KeyExchange, info.Anonymous, tlswire.TLS12)
			if diff := cmp.Diff(c.want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			broken := body[:len(body)-1]
			if got := conn.shortenExchange(broken); !bytes.Equal(got, broken) {
				t.Error("a malformed message was changed")
			}
		})
	}
}

// TestCertificateKey wants short keys that tell certificates apart even if their hashes begin alike.
func TestCertificateKey(t *testing.T) {
	der := []byte("a certificate")
	hash := x509lax.Read(der).SHA256
	alike := &evidence.Certificate{SHA256: hash[:40] + strings.Repeat("0", 24)}
	others := map[string]*evidence.Certificate{}
	for _, want := range []string{hash[:16], hash[:32], hash[:48]} {
		if key, known := certificateKey(others, der); key != want || known {
			t.Errorf("beside %d: %s, %v", len(others), key, known)
		}
		others[want] = x509lax.Read(der)
		if key, known := certificateKey(others, der); key != want || !known {
			t.Errorf("there beside %d: %s, %v", len(others), key, known)
		}
		others[want] = alike
	}
}

// TestMicros: a time that was taken must not become zero, which means that it was not.
func TestMicros(t *testing.T) {
	for in, want := range map[time.Duration]time.Duration{0: 0, 1: 1000, 1000: 1000, 1001: 2000} {
		if got := micros(in); got != want {
			t.Errorf("%d: %d, want %d", in, got, want)
		}
	}
}

// TestKeepStaple keeps each response once, and neither long ones nor as many as a hostile server likes.
func TestKeepStaple(t *testing.T) {
	s := &Session{ep: &evidence.Endpoint{Blobs: evidence.Blobs{Staples: map[string][]byte{}}}}
	status := func(responses ...[]byte) []byte {
		m := tlswire.CertificateStatus{Type: tlswire.StatusOCSPMulti, Responses: responses}
		if len(responses) == 1 {
			m.Type = tlswire.StatusOCSP
		}
		body, err := m.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	first := s.keepStaple(status([]byte{0}))
	for name, again := range map[string][]byte{"alone": status([]byte{0}), "of several": status([]byte{0}, nil, []byte{9})} {
		if key := s.keepStaple(again); key != first || first == "" || len(s.ep.Blobs.Staples) != 1 {
			t.Errorf("%s: %q and %q, %d kept", name, first, key, len(s.ep.Blobs.Staples))
		}
	}
	for name, body := range map[string][]byte{"empty": status(nil, nil), "long": status(make([]byte, x509lax.MaxOCSP+1)), "malformed": {1, 0, 0, 9}, "nothing": nil} {
		if key := s.keepStaple(body); key != "" {
			t.Errorf("%s: kept as %q", name, key)
		}
	}
	for i := range byte(2 * maxStaples) {
		s.keepStaple(status([]byte{1, i}))
	}
	if n := len(s.ep.Blobs.Staples); n != maxStaples {
		t.Errorf("%d different ones are kept", n)
	}
	if key := s.keepStaple(status([]byte{0})); key != first {
		t.Errorf("the first one is %q by now", key)
	}
}
