package lab

import (
	"crypto"
	"crypto/x509"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// CA is the lab's certificate authority: one RSA and one ECDSA root, each with an
// intermediate, and the keys that the servers share. Safe for concurrent use.
type CA struct {
	made       time.Time
	rsa, ecdsa issuer
	roots      [][]byte

	mu   sync.Mutex
	keys map[KeyKind]key
}

// NewCA makes an authority whose certificates are dated around now. Nothing of it
// is ever written to a file.
func NewCA(now time.Time) (*CA, error) {
	ca := &CA{made: now, keys: make(map[KeyKind]key)}
	var err error
	if ca.rsa, err = ca.newIssuer(RSA2048); err != nil {
		return nil, err
	}
	ca.ecdsa, err = ca.newIssuer(P256)
	return ca, err
}

// newIssuer makes a root with a key of the given kind, and an intermediate below it.
func (ca *CA) newIssuer(kind KeyKind) (issuer, error) {
	rootKey, err := newKey(kind)
	if err != nil {
		return issuer{}, err
	}
	k, err := newKey(kind)
	if err != nil {
		return issuer{}, err
	}
	t := template{serial: big.NewInt(1), authority: true, hash: crypto.SHA256,
		from: ca.made.Add(-365 * day), until: ca.made.Add(10 * 365 * day)}
	t.issuer = commonName(fmt.Sprintf("Lab root (%s)", kind))
	t.subject, t.public = t.issuer, rootKey.public()
	root, err := t.signWith(rootKey)
	if err != nil {
		return issuer{}, err
	}
	ca.roots = append(ca.roots, root)
	t.serial, t.subject, t.public = big.NewInt(2), commonName(fmt.Sprintf("Lab intermediate (%s)", kind)), k.public()
	der, err := t.signWith(rootKey)
	if err != nil {
		return issuer{}, err
	}
	old := template{serial: big.NewInt(3), authority: true, hash: crypto.SHA256, issuer: commonName("Lab root of old"),
		subject: t.issuer, public: rootKey.public(), from: ca.made.Add(-3650 * day), until: ca.made.Add(-30 * day)}
	cross, err := old.signWith(k) // nobody can check it: the older root is nowhere
	return issuer{name: t.subject, key: k, der: der, root: root, old: cross}, err
}

// Roots returns the DER of the two self-signed roots, for use as trust anchors.
func (ca *CA) Roots() [][]byte { return append([][]byte(nil), ca.roots...) }

// Pool returns the roots as a pool for crypto/x509.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, der := range ca.roots {
		if c, err := x509.ParseCertificate(der); err == nil {
			pool.AddCert(c)
		}
	}
	return pool
}

// key returns the lab's key of a kind, making it when it is asked for first:
// RSA keys cost a tenth of a second, and the lab has many servers.
func (ca *CA) key(kind KeyKind) (key, error) {
	if kind == "" {
		kind = RSA2048
	}
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if k, ok := ca.keys[kind]; ok {
		return k, nil
	}
	k, err := newKey(kind)
	if err != nil {
		return key{}, err
	}
	ca.keys[kind] = k
	return k, nil
}
