package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// KeyKind is the algorithm and size of a certificate's key.
type KeyKind string

// The kinds of key that lab certificates have.
const (
	RSA512  KeyKind = "RSA 512" // as in export certificates; made and used with math/big
	RSA1024 KeyKind = "RSA 1024"
	RSA2048 KeyKind = "RSA 2048"
	P256    KeyKind = "ECDSA P-256"
	P384    KeyKind = "ECDSA P-384"
	Ed25519 KeyKind = "Ed25519"
	RSAOne  KeyKind = "RSA with exponent 1"    // whose signatures are no secret; used with math/big
	RSANear KeyKind = "RSA with close factors" // CVE-2022-26320; used with math/big
	RSAROCA KeyKind = "RSA of faulty hardware" // CVE-2017-15361

	// RSADebian is the key of 2048 bits that OpenSSL made on Debian as process 4096, on i386.
	RSADebian KeyKind = "RSA of Debian's OpenSSL" // CVE-2008-0166

	RSAPublished KeyKind = "RSA that is published" // with aiosmtpd, for its tests
)

// isRSA reports whether keys of that kind are RSA keys.
func (kind KeyKind) isRSA() bool {
	return kind == "" || strings.HasPrefix(string(kind), "RSA ")
}

// smallestStdRSA is the shortest modulus in bits that crypto/rsa works with.
const smallestStdRSA = 1024

// key is a private key: std, or short for RSA keys that crypto/rsa refuses, most of them for being short.
type key struct {
	std   crypto.Signer
	short *rsa.PrivateKey
}

// newKey makes a key of the given kind.
func newKey(kind KeyKind) (key, error) {
	var k key
	var err error
	switch kind {
	case RSA512:
		k.short, err = newShortRSA(512)
	case RSA1024:
		k.std, err = rsa.GenerateKey(rand.Reader, 1024)
	case RSA2048, "":
		k.std, err = rsa.GenerateKey(rand.Reader, 2048)
	case P256:
		k.std, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		k.std, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case Ed25519:
		_, k.std, err = ed25519.GenerateKey(rand.Reader)
	case RSAOne, RSANear, RSAROCA, RSADebian:
		return newOddRSA(kind)
	case RSAPublished:
		k.std, err = publishedKey()
	default:
		err = errors.New("unknown kind")
	}
	if err != nil {
		return key{}, fmt.Errorf("making a key of kind %q: %w", kind, err)
	}
	return k, nil
}

// newShortRSA makes an RSA key that is too short for crypto/rsa.
func newShortRSA(bits int) (*rsa.PrivateKey, error) {
	one := big.NewInt(1)
	e := big.NewInt(65537)
	for {
		p, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || p.Cmp(q) == 0 || n.BitLen() != bits {
			continue
		}
		return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}, nil
	}
}

// public returns the public key.
func (k key) public() crypto.PublicKey {
	if k.short != nil {
		return &k.short.PublicKey
	}
	return k.std.Public()
}

// rsa returns the private key if it is one of RSA, else nil.
func (k key) rsa() *rsa.PrivateKey {
	if k.short != nil {
		return k.short
	}
	std, _ := k.std.(*rsa.PrivateKey)
	return std
}

// sign signs digest, a hash of kind h; for Ed25519 digest is the message itself.
// RSA signs with PKCS #1 v1.5, or with PSS where pss is set.
func (k key) sign(h crypto.Hash, digest []byte, pss bool) ([]byte, error) {
	switch {
	case k.short != nil:
		return signShort(k.short, h, digest)
	case pss:
		return k.std.Sign(rand.Reader, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: h})
	}
	return k.std.Sign(rand.Reader, digest, h)
}

// signShort makes a signature of RFC 8017, Section 8.2.1 with a key of any size.
func signShort(k *rsa.PrivateKey, h crypto.Hash, digest []byte) ([]byte, error) {
	info := append(digestPrefix(h), digest...)
	size := (k.N.BitLen() + 7) / 8
	if size < len(info)+11 {
		return nil, fmt.Errorf("signing %v with %d bits of RSA: key too short", h, k.N.BitLen())
	}
	padded := make([]byte, size)
	padded[1] = 1
	for i := 2; i < size-len(info)-1; i++ {
		padded[i] = 0xff
	}
	copy(padded[size-len(info):], info)
	sum := new(big.Int).Exp(new(big.Int).SetBytes(padded), k.D, k.N)
	return sum.FillBytes(make([]byte, size)), nil
}

// digestPrefix returns the DER that precedes a hash in a PKCS #1 v1.5 signature
// (RFC 8017, Section 9.2, note 1). TLS before 1.2 signs MD5 and SHA-1 joined,
// without a prefix (RFC 4346, Section 7.4.3).
func digestPrefix(h crypto.Hash) []byte {
	algorithm := digestOID(h)
	if algorithm == nil {
		return nil
	}
	body := append(sequence(algorithm, tlv(tagNull)), tagOctetString, byte(h.Size()))
	return append([]byte{tagSequence, byte(len(body) + h.Size())}, body...)
}

func digestOID(h crypto.Hash) []byte {
	switch h {
	case crypto.MD5:
		return oid(1, 2, 840, 113549, 2, 5)
	case crypto.SHA1:
		return oid(1, 3, 14, 3, 2, 26)
	case crypto.SHA224:
		return oid(2, 16, 840, 1, 101, 3, 4, 2, 4)
	case crypto.SHA256:
		return oid(2, 16, 840, 1, 101, 3, 4, 2, 1)
	case crypto.SHA384:
		return oid(2, 16, 840, 1, 101, 3, 4, 2, 2)
	case crypto.SHA512:
		return oid(2, 16, 840, 1, 101, 3, 4, 2, 3)
	}
	return nil
}
