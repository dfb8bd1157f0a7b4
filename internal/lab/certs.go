package lab

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"time"

	_ "crypto/md5"    // hashes of the signatures
	_ "crypto/sha1"   // that the lab
	_ "crypto/sha256" // can make, found
	_ "crypto/sha512" // by crypto.Hash
)

// Certificate describes one certificate of a server and the chain it sends with it.
type Certificate struct {
	Key        KeyKind       // zero: RSA 2048
	Signature  crypto.Hash   // hash of the signature on the leaf; zero: SHA-256
	Names      []string      // DNS names; nil: those of the lab (localhost, mail.lab.test)
	Subject    string        // common name, taken byte for byte; zero: the first DNS name
	Lifetime   time.Duration // from NotBefore to NotAfter; zero: 60 days
	Age        time.Duration // how long ago NotBefore was; zero: one day
	SelfSigned bool          // signed by its own key, alone in its chain
	Incomplete bool          // the intermediate is not sent
	Sends      Sending       // what is sent after the certificate; zero: the intermediate
	Clients    bool          // meant for clients alone (extended key usage)
	NoSigning  bool          // the key may encrypt, and not sign (key usage)
	MustStaple bool          // asks for an OCSP response (RFC 7633)
	OCSP       string        // URL where the authority would answer; zero: none
	Staple     Stapling      // what the OCSP response says, if the server sends one; zero: good
	SNI        string        // shown only to clients that ask for this name; zero: to all
}

// Sending is what a server sends after its certificate.
type Sending string

// The ways of sending a chain.
const (
	SendIntermediate Sending = ""        // as it should be
	SendRoot         Sending = "root"    // the root, too
	SendSwapped      Sending = "swapped" // the root before the intermediate
	SendExpired      Sending = "expired" // the intermediate, and the root as signed by an older one that has expired
)

// Stapling is the kind of OCSP response that a server sends along.
type Stapling string

// The kinds of OCSP responses.
const (
	StapleGood    Stapling = ""        // as it should be
	StapleExpired Stapling = "expired" // there should be a newer one for three days
	StapleRevoked Stapling = "revoked" // the certificate is revoked
	StapleForged  Stapling = "forged"  // signed by the server's own key
	StapleRefused Stapling = "refused" // the responder's "try later"
)

// day is the unit of certificate lifetimes.
const day = 24 * time.Hour

// labNames returns the names that lab certificates are valid for.
func labNames() []string { return []string{"localhost", "mail.lab.test"} }

// identity is a certificate chain with its key.
type identity struct {
	Certificate
	chain  [][]byte
	key    key
	staple []byte // OCSP response; nil for what the lab did not sign
}

// rsaKey reports whether the identity authenticates with RSA.
func (id identity) rsaKey() bool {
	_, ok := id.key.public().(*rsa.PublicKey)
	return ok
}

// issuer is a certificate authority below the lab's root of the same kind.
type issuer struct {
	name []byte // DER of the distinguished name
	key  key
	der  []byte
	root []byte // DER of the root
	old  []byte // DER of the root signed by an older one, long expired
}

// template is what goes into a certificate (RFC 5280, Section 4.1).
type template struct {
	serial          *big.Int
	issuer, subject []byte
	from, until     time.Time
	public          crypto.PublicKey
	names           []string
	authority       bool
	hash            crypto.Hash
	leaf            Certificate // for the extensions of a server's certificate
}

// issue makes the chain of c, leaf first.
func (ca *CA) issue(c Certificate) (identity, error) {
	k, err := ca.key(c.Key)
	if err != nil {
		return identity{}, err
	}
	t := ca.leaf(c, k)
	by := ca.ecdsa
	if _, ok := t.public.(*rsa.PublicKey); ok {
		by = ca.rsa
	}
	if c.SelfSigned {
		by = issuer{name: t.subject, key: k}
	}
	t.issuer = by.name
	der, err := t.signWith(by.key)
	if err != nil {
		return identity{}, err
	}
	id := identity{Certificate: c, chain: [][]byte{der}, key: k}
	if !c.SelfSigned && !c.Incomplete {
		id.chain = append(id.chain, by.behind(c.Sends)...)
	}
	if !c.SelfSigned {
		id.staple, err = ca.staple(id, by)
	}
	return id, err
}

// behind returns the certificates that follow the server's own.
func (i issuer) behind(how Sending) [][]byte {
	switch how {
	case SendRoot:
		return [][]byte{i.der, i.root}
	case SendSwapped:
		return [][]byte{i.root, i.der}
	case SendExpired:
		return [][]byte{i.der, i.old}
	}
	return [][]byte{i.der}
}

// leaf returns the template of c, still without an issuer.
func (ca *CA) leaf(c Certificate, k key) template {
	names := c.Names
	if names == nil {
		names = labNames()
	}
	subject, lifetime, age, hash := c.Subject, c.Lifetime, c.Age, c.Signature
	if subject == "" {
		subject = names[0]
	}
	if lifetime == 0 {
		lifetime = 60 * day
	}
	if age == 0 {
		age = day
	}
	if hash == 0 {
		hash = crypto.SHA256
	}
	from := ca.made.Add(-age)
	return template{subject: commonName(subject), from: from, until: from.Add(lifetime),
		public: k.public(), names: names, hash: hash, leaf: c}
}

// signWith returns the certificate, signed by k. A template without a serial
// number gets a random one.
func (t template) signWith(k key) ([]byte, error) {
	if t.serial == nil {
		n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
		if err != nil {
			return nil, err
		}
		t.serial = n
	}
	spki, err := x509.MarshalPKIXPublicKey(t.public)
	if err != nil {
		return nil, fmt.Errorf("encoding a public key: %w", err)
	}
	algorithm := signatureAlgorithm(k.public(), t.hash)
	tbs := sequence(
		tlv(contextTag(0), integer(big.NewInt(2))), // version 3
		integer(t.serial), algorithm, t.issuer,
		sequence(moment(t.from), moment(t.until)),
		t.subject, spki,
		tlv(contextTag(3), sequence(t.extensions()...)))
	signature, err := signMessage(k, t.hash, tbs)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	return sequence(tbs, algorithm, bitString(signature)), nil
}

// signMessage hashes message and signs it with PKCS #1 v1.5, ECDSA or Ed25519.
func signMessage(k key, h crypto.Hash, message []byte) ([]byte, error) {
	if _, ok := k.public().(ed25519.PublicKey); ok {
		return k.sign(crypto.Hash(0), message, false)
	}
	d := h.New()
	d.Write(message)
	return k.sign(h, d.Sum(nil), false)
}

// extensions returns the extensions of RFC 5280, Section 4.2, each as DER.
func (t template) extensions() [][]byte {
	extension := func(id []byte, value []byte) []byte { return sequence(id, tlv(tagOctetString, value)) }
	if t.authority {
		return [][]byte{extension(oid(2, 5, 29, 19), sequence(tlv(tagBoolean, []byte{0xff}))),
			extension(oid(2, 5, 29, 15), tlv(tagBitString, []byte{1, 0x06}))} // keyCertSign, cRLSign
	}
	var names [][]byte
	for _, n := range t.names {
		names = append(names, tlv(0x82, []byte(n)))
	}
	names = append(names, tlv(0x87, []byte{127, 0, 0, 1}))
	usage, purpose := byte(0xa0), 1 // digitalSignature, keyEncipherment; servers
	if t.leaf.NoSigning {
		usage = 0x20
	}
	if t.leaf.Clients {
		purpose = 2
	}
	list := [][]byte{
		extension(oid(2, 5, 29, 17), sequence(names...)),
		extension(oid(2, 5, 29, 15), tlv(tagBitString, []byte{5, usage})),
		extension(oid(2, 5, 29, 37), sequence(oid(1, 3, 6, 1, 5, 5, 7, 3, purpose))),
	}
	if t.leaf.MustStaple {
		list = append(list, extension(oid(1, 3, 6, 1, 5, 5, 7, 1, 24), sequence(integer(big.NewInt(5)))))
	}
	if t.leaf.OCSP != "" {
		list = append(list, extension(oid(1, 3, 6, 1, 5, 5, 7, 1, 1),
			sequence(sequence(oid(1, 3, 6, 1, 5, 5, 7, 48, 1), tlv(0x86, []byte(t.leaf.OCSP))))))
	}
	return list
}

// signatureAlgorithm returns the AlgorithmIdentifier of a signature made with
// the private half of public (RFC 3279, RFC 5758, RFC 8410).
func signatureAlgorithm(public crypto.PublicKey, h crypto.Hash) []byte {
	switch public.(type) {
	case ed25519.PublicKey:
		return sequence(oid(1, 3, 101, 112))
	case *rsa.PublicKey:
		last := map[crypto.Hash]int{crypto.MD5: 4, crypto.SHA1: 5, crypto.SHA256: 11, crypto.SHA384: 12, crypto.SHA512: 13}[h]
		return sequence(oid(1, 2, 840, 113549, 1, 1, last), tlv(tagNull))
	}
	if h == crypto.SHA1 {
		return sequence(oid(1, 2, 840, 10045, 4, 1))
	}
	last := map[crypto.Hash]int{crypto.SHA256: 2, crypto.SHA384: 3, crypto.SHA512: 4}[h]
	return sequence(oid(1, 2, 840, 10045, 4, 3, last))
}
