package realtest

import (
	"bytes"
	"crypto"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

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
	otherKey   badCert = "other-key"
)

// writeBadCert makes a certificate in dir, by the CA of this process or by itself, and returns its files.
func writeBadCert(t *testing.T, dir string, bad badCert) (certFile, keyFile string) {
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
	key, issuer := m.leaves[RSA].key, m.ca
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
		if key, err = rsa.GenerateKey(rand.Reader, 1024); err != nil {
			t.Fatal(err)
		}
	case selfSigned:
		issuer = identity{key, template}
	case signedSHA1, signedMD5: // there are no such signatures with the key of our CA
		issuer = identity{key, &x509.Certificate{Subject: pkix.Name{CommonName: "Old CA"}}}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer.cert, key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	if bad == signedSHA1 || bad == signedMD5 {
		der = signAgain(t, der, bad, issuer)
	}
	if bad == otherKey {
		key = m.leaves[ECDSA].key
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
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

// shortGroup is the Second Oakley Group, of 1024 bits (RFC 2409, Section 6.2), in PEM.
func shortGroup() string {
	p, _ := new(big.Int).SetString("ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef95"+
		"19b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb"+
		"5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff", 16)
	der, err := asn1.Marshal(struct{ P, G *big.Int }{p, big.NewInt(2)})
	if err != nil {
		return err.Error()
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "DH PARAMETERS", Bytes: der}))
}
