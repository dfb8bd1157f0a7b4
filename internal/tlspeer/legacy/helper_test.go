package legacy

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// testContext ends after a minute, which only a broken peer needs.
func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// versions are those that this package speaks.
func versions() []tlswire.Version {
	return []tlswire.Version{tlswire.SSLv3, tlswire.TLS10, tlswire.TLS11, tlswire.TLS12}
}

func everyScheme() []tlswire.SignatureScheme {
	return []tlswire.SignatureScheme{
		tlswire.RSAPKCS1SHA256, tlswire.RSAPKCS1SHA1, tlswire.RSAPSSRSAESHA256, tlswire.RSAPKCS1SHA512,
		tlswire.ECDSASecp256r1SHA256, tlswire.ECDSASHA1,
	}
}

// hello offers suites in version v, with what a client of then asked for.
func hello(v tlswire.Version, suites ...tlswire.Suite) tlswire.ClientHello {
	h := tlswire.ClientHello{Version: v, Suites: suites, CompressionMethods: []tlswire.CompressionMethod{tlswire.CompressionNull}}
	rand.Read(h.Random[:])
	if v == tlswire.SSLv3 {
		return h
	}
	h.Extensions = []tlswire.Extension{
		tlswire.RenegotiationInfo(nil),
		tlswire.SupportedGroups([]tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1}),
		tlswire.ECPointFormats([]tlswire.ECPointFormat{0}),
	}
	if v == tlswire.TLS12 {
		h.Extensions = append(h.Extensions, tlswire.SignatureAlgorithms(everyScheme()))
	}
	return h
}

// with returns h with further extensions, or with others in the place of those of the same type.
func with(h tlswire.ClientHello, extensions ...tlswire.Extension) tlswire.ClientHello {
	h.Extensions = slices.Clone(h.Extensions)
	for _, e := range extensions {
		h.Extensions = slices.DeleteFunc(h.Extensions, func(old tlswire.Extension) bool { return old.Type == e.Type })
		h.Extensions = append(h.Extensions, e)
	}
	return h
}

// begin dials and sends a hello.
func begin(t testing.TB, addr string, cc *ClientConfig) *Session {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s, err := Client(testContext(t), conn, cc)
	if err != nil {
		t.Fatalf("%v; alert %v", err, s.Seen.Alert)
	}
	return s
}

// complete finishes the handshake as well.
func complete(t testing.TB, addr string, cc *ClientConfig) *Session {
	t.Helper()
	s := begin(t, addr, cc)
	if err := s.Finish(testContext(t)); err != nil {
		t.Fatalf("%v; alert %v", err, s.Seen.Alert)
	}
	return s
}

// wantLine reads up to the end of a line, which must hold text.
func wantLine(t testing.TB, r io.Reader, text string) {
	t.Helper()
	var line []byte
	for b := make([]byte, 1); !strings.HasSuffix(string(line), "\n"); line = append(line, b...) {
		if _, err := io.ReadFull(r, b); err != nil {
			t.Fatalf("%v behind %q", err, line)
		}
	}
	if !strings.Contains(string(line), text) {
		t.Errorf("%q instead of %q", line, text)
	}
}
