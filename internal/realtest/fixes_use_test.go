package realtest

import (
	"bytes"
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// deliver sends a message as a mail program does: with TLS, and no other than the right certificate.
func deliver(t *testing.T, addr string, implicit bool) {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialTimeout("tcp", addr, scanLimit)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(scanLimit)); err != nil {
		t.Fatal(err)
	}
	cfg := &tls.Config{RootCAs: roots, ServerName: Host}
	if implicit {
		conn = tls.Client(conn, cfg)
	}
	c, err := smtp.NewClient(conn, Host)
	if err == nil && !implicit {
		err = c.StartTLS(cfg)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{c.Mail("sender@example.org"), c.Rcpt("recipient@example.net")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("Subject: a test\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Errorf("the message was not taken: %v", err)
	}
	_ = c.Quit()
}

// badCert is what is wrong with a certificate.
type badCert string

const (
	expired    badCert = "expired"
	expiring   badCert = "expiring"
	notYet     badCert = "not-yet"
	otherName  badCert = "other-name"
	selfSigned badCert = "self-signed"
	shortKey   badCert = "short-key"
	signedSHA1 badCert = "sha1"
	signedMD5  badCert = "md5"
)

// writeBadCert makes a certificate by the CA of this process, or by itself, and returns its files.
func writeBadCert(t *testing.T, bad badCert) (certFile, keyFile string) {
	t.Helper()
	m, err := loadMaterial()
	if err != nil {
		t.Fatal(err)
	}
	now, day := time.Now(), 24*time.Hour
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: Host}, DNSNames: []string{Host},
		NotBefore: now.Add(-80 * day), NotAfter: now.Add(20 * day),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	bits, issuer := 2048, m.ca
	switch bad {
	case expired:
		template.NotAfter = now.Add(-day)
	case expiring:
		template.NotAfter = now.Add(3 * day)
	case notYet:
		template.NotBefore = now.Add(day)
	case otherName:
		template.DNSNames = []string{"www.test"}
	case shortKey:
		bits = 1024
	}
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	switch bad {
	case selfSigned:
		issuer = identity{key, template}
	case signedSHA1, signedMD5: // there are no such signatures with the key of our CA
		caKey, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		issuer = identity{caKey, &x509.Certificate{Subject: pkix.Name{CommonName: "Old CA"}}}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.cert, key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	if bad == signedSHA1 || bad == signedMD5 {
		der = signAgain(t, der, bad, issuer)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := folder("bad")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	certFile, keyFile = filepath.Join(dir, "bad.crt"), filepath.Join(dir, "bad.key")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// signAgain signs a certificate anew with a hash that crypto/x509 no longer signs with: the names of the algorithms differ
// in their last byte (RFC 8017, Appendix C).
func signAgain(t *testing.T, der []byte, bad badCert, issuer identity) []byte {
	t.Helper()
	prefix := []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01}
	last, hash := byte(5), crypto.SHA1
	if bad == signedMD5 {
		last, hash = 4, crypto.MD5
	}
	der = bytes.ReplaceAll(der, append(bytes.Clone(prefix), 11), append(bytes.Clone(prefix), last))
	var cert struct {
		TBS       asn1.RawValue
		Algorithm pkix.AlgorithmIdentifier
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &cert); err != nil {
		t.Fatal(err)
	}
	sum1, sum5 := sha1.Sum(cert.TBS.FullBytes), md5.Sum(cert.TBS.FullBytes)
	sum := sum1[:]
	if bad == signedMD5 {
		sum = sum5[:]
	}
	signature, err := issuer.key.Sign(rand.Reader, sum, hash)
	if err != nil {
		t.Fatal(err)
	}
	cert.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	out, err := asn1.Marshal(cert)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
