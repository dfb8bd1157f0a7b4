// Package testca makes authorities for tests: keys, and certificates that they sign.
package testca

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"
)

// Authority is a root that signs certificates, lists of revoked ones and OCSP responses.
type Authority struct {
	Cert *x509.Certificate
	Key  crypto.Signer
	Now  time.Time // for which certificates are made
}

// New makes an authority with that name and key for that time.
func New(t testing.TB, name string, key crypto.Signer, now time.Time) Authority {
	t.Helper()
	a := Authority{Key: key, Now: now}
	a.Cert = a.Sign(t, x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature}, key.Public())
	return a
}

// Sign makes a certificate for a key. It is valid, unless the template says otherwise.
func (a Authority) Sign(t testing.TB, template x509.Certificate, key crypto.PublicKey) *x509.Certificate {
	t.Helper()
	if template.NotBefore.IsZero() {
		template.NotBefore, template.NotAfter = a.Now.Add(-30*24*time.Hour), a.Now.Add(60*24*time.Hour)
	}
	parent := a.Cert
	if parent == nil {
		parent = &template
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, key, a.Key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// NewKey makes a key on P-256.
func NewKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// FixedKey is the same in every process that fuzzes, so that what one of them signs the others believe.
func FixedKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
