package lab

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"testing"
)

// publicKey returns the key of a certificate.
func publicKey(der []byte) (crypto.PublicKey, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return c.PublicKey, nil
}

// TestCertificates checks that the certificates of all honest servers parse, and
// that those of the strong ones verify.
func TestCertificates(t *testing.T) {
	ca := testCA(t)
	for _, s := range All() {
		if testing.Short() && len(s.Name)%5 != 0 { // a sample, for the race detector
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			for _, c := range s.Certificates {
				id, err := ca.issue(c)
				if err != nil {
					t.Fatal(err)
				}
				leaf, err := x509.ParseCertificate(id.chain[0])
				if err != nil {
					t.Fatal(err)
				}
				if key, ok := leaf.PublicKey.(*rsa.PublicKey); ok && key.N.BitLen() < smallestStdRSA {
					continue
				}
				if s.Want["cert-hostname"] == "pass" {
					verifyChain(t, ca, id, leaf)
				}
			}
		})
	}
}

func verifyChain(t *testing.T, ca *CA, id identity, leaf *x509.Certificate) {
	t.Helper()
	between := x509.NewCertPool()
	for _, der := range id.chain[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: ca.Pool(), Intermediates: between}); err != nil {
		t.Error(err)
	}
}
