package tlspeer_test

import (
	"bytes"
	"compress/zlib"
	"testing"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// TestCompressedCertificate reads what compress/zlib wrote. Debian's OpenSSL, GnuTLS and NSS were built without compression.
func TestCompressedCertificate(t *testing.T) {
	for _, test := range []struct {
		name      string
		algorithm tlswire.CertificateCompression
		lie       int // added to the length
		fails     bool
	}{
		{"zlib", tlswire.CertificateCompressionZlib, 0, false},
		{"zlib, shorter than it says", tlswire.CertificateCompressionZlib, 1, true},
		{"zlib, longer than it says", tlswire.CertificateCompressionZlib, -1, true},
		{"brotli", tlswire.CertificateCompressionBrotli, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			cert := certificate(t, "p256")
			cfg := serverConfig(cert, tlswire.ECDSASecp256r1SHA256)
			cfg.Hooks.Message = func(m tlswire.Handshake) []tlswire.Handshake {
				if m.Type == tlswire.TypeCertificate {
					m = compress(m.Body, test.algorithm, test.lie)
				}
				return []tlswire.Handshake{m}
			}
			s, err := both(t, &tlspeer.ClientConfig{Hello: hello(tlspeer.Suites(), classicGroups()), Shares: classicGroups()[:1]}, cfg)
			if (err != nil) != test.fails {
				t.Fatal(err)
			}
			if err == nil && test.algorithm == tlswire.CertificateCompressionZlib {
				checkCertificate(t, &s.Seen, cert.Certificate[0], tlswire.ECDSASecp256r1SHA256)
			}
			if test.algorithm == tlswire.CertificateCompressionBrotli && s.Seen.Certificate != nil {
				t.Error("read what it cannot read")
			}
		})
	}
}

func compress(body []byte, algorithm tlswire.CertificateCompression, lie int) tlswire.Handshake {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(body)
	w.Close()
	out, _ := tlswire.CompressedCertificate{Algorithm: algorithm, Length: len(body) + lie, Compressed: b.Bytes()}.Marshal()
	return tlswire.Handshake{Type: tlswire.TypeCompressedCertificate, Body: out}
}
