package realtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Key is a kind of server key.
type Key string

// The kinds: RSA with 2048 bits, and ECDSA on P-256.
const (
	RSA   Key = "rsa"
	ECDSA Key = "ecdsa"
)

// Host is the name in every certificate, beside localhost and 127.0.0.1.
const Host = "mail.test"

// An identity is a key with its certificate.
type identity struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// A material is the certificates of this process: a CA, and one server certificate of each kind.
type material struct {
	ca     identity
	leaves map[Key]identity
}

// loadMaterial makes the keys at its first call: an RSA key takes a while, and is not needed by most processes.
var loadMaterial = sync.OnceValues(makeMaterial)

// Roots is the pool with the CA that signed all server certificates of this process.
func Roots() (*x509.CertPool, error) {
	m, err := loadMaterial()
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(m.ca.cert)
	return pool, nil
}

func makeMaterial() (*material, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a CA key: %w", err)
	}
	ca := identity{key: caKey}
	if ca.cert, err = certify("CA", caKey, identity{key: caKey}); err != nil {
		return nil, err
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("making an RSA key: %w", err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making an ECDSA key: %w", err)
	}
	m := &material{ca: ca, leaves: make(map[Key]identity)}
	for kind, key := range map[Key]crypto.Signer{RSA: rsaKey, ECDSA: ecKey} {
		cert, err := certify(string(kind), key, ca)
		if err != nil {
			return nil, err
		}
		m.leaves[kind] = identity{key, cert}
	}
	return m, nil
}

// certify makes a certificate for key; without a certificate the issuer signs itself as a CA.
func certify(unit string, key crypto.Signer, issuer identity) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, fmt.Errorf("making a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		// NSS takes two certificates with one subject for one.
		Subject:               pkix.Name{Organization: []string{"mailtls test"}, OrganizationalUnit: []string{unit}, CommonName: Host},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().AddDate(0, 1, 0),
		DNSNames:              []string{Host, "localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	parent := issuer.cert
	if parent == nil {
		template.IsCA, template.KeyUsage, template.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
		template.DNSNames, template.IPAddresses = nil, nil
		parent = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), issuer.key)
	if err != nil {
		return nil, fmt.Errorf("making the %s certificate: %w", unit, err)
	}
	return x509.ParseCertificate(der)
}

// Certificates gives the server certificates of the kinds in the form of crypto/tls; without kinds the RSA one.
func Certificates(kinds ...Key) ([]tls.Certificate, error) {
	m, err := loadMaterial()
	if err != nil {
		return nil, err
	}
	var list []tls.Certificate
	for _, kind := range orRSA(kinds) {
		leaf := m.leaves[kind]
		list = append(list, tls.Certificate{Certificate: [][]byte{leaf.cert.Raw, m.ca.cert.Raw}, PrivateKey: leaf.key, Leaf: leaf.cert})
	}
	return list, nil
}

// orRSA is the kinds a server has when none are named.
func orRSA(kinds []Key) []Key {
	if len(kinds) == 0 {
		return []Key{RSA}
	}
	return kinds
}

// A pair is the files of an identity.
type pair struct {
	kind      Key
	key, cert string
}

// writeKeys puts the identities into dir as PEM files: the key as PKCS #8, and the certificate with its CA.
func writeKeys(dir string, kinds []Key) ([]pair, error) {
	certs, err := Certificates(kinds...)
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for i, kind := range orRSA(kinds) {
		der, err := x509.MarshalPKCS8PrivateKey(certs[i].PrivateKey)
		if err != nil {
			return nil, fmt.Errorf("encoding the %s key: %w", kind, err)
		}
		p := pair{kind, filepath.Join(dir, string(kind)+".key"), filepath.Join(dir, string(kind)+".crt")}
		var chain []byte
		for _, c := range certs[i].Certificate {
			chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c})...)
		}
		if err := os.WriteFile(p.cert, chain, 0o644); err != nil {
			return nil, fmt.Errorf("writing a certificate: %w", err)
		}
		// Exim reads its key as a user of its own; the key is worth nothing.
		if err := os.WriteFile(p.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o644); err != nil {
			return nil, fmt.Errorf("writing a key: %w", err)
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}
