package tlspeer_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

const serverName = "mail.example.org"

// everyScheme is what the hellos of these tests offer.
func everyScheme() []tlswire.SignatureScheme {
	return []tlswire.SignatureScheme{
		tlswire.ECDSASecp256r1SHA256, tlswire.ECDSASecp384r1SHA384, tlswire.ECDSASecp521r1SHA512, tlswire.Ed25519,
		tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512, tlswire.RSAPKCS1SHA256,
	}
}

// hello returns a ClientHello of TLS 1.3 for the suites and groups, without a key share.
func hello(suites []tlswire.Suite, groups []tlswire.Group) tlswire.ClientHello {
	h := tlswire.ClientHello{
		Version: tlswire.TLS12, SessionID: make([]byte, 32), Suites: suites,
		CompressionMethods: []tlswire.CompressionMethod{0},
		Extensions: []tlswire.Extension{
			tlswire.ServerName(serverName),
			tlswire.SupportedVersions([]tlswire.Version{tlswire.TLS13}),
			tlswire.SupportedGroups(groups),
			tlswire.SignatureAlgorithms(everyScheme()),
			tlswire.PSKKeyExchangeModes([]tlswire.PSKMode{1}),
		},
	}
	rand.Read(h.Random[:])
	rand.Read(h.SessionID)
	return h
}

// testContext ends after a minute, which only a broken peer needs.
func testContext(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// connect returns both ends of a TCP connection over loopback.
func connect(t testing.TB) (client, server net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if client, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

// certificate makes a self-signed certificate for a fresh key of the kind "rsa", "p256", "p384", "p521" or "ed25519".
func certificate(t testing.TB, kind string) tls.Certificate {
	t.Helper()
	key, err := newKey(kind)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func newKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "rsa":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "p521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return key, err
}

// finish completes the handshake, sends a line and wants it back.
func finish(t testing.TB, s *tlspeer.Session) {
	t.Helper()
	if err := s.Finish(testContext(t)); err != nil {
		t.Fatal(err)
	}
	exchange(t, s)
}

func exchange(t testing.TB, s net.Conn) {
	t.Helper()
	const line = "EHLO client.example.org\r\n"
	if _, err := s.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 0, len(line))
	for len(got) < len(line) {
		n, err := s.Read(got[len(got):cap(got)])
		if err != nil {
			t.Fatal(err)
		}
		got = got[:len(got)+n]
	}
	if string(got) != line {
		t.Fatalf("got back %q", got)
	}
}
