package legacy

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// signing is how a signature is made.
type signing struct {
	newHash func() hash.Hash // nil: of MD5 and SHA-1 together, or of the content itself for EdDSA
	name    crypto.Hash      // as PSS wants it
	prefix  []byte           // DER of DigestInfo in front of the digest (RFC 8017, Section 9.2)
	pss     bool
}

// hashes are those that signature schemes of TLS 1.2 are about, by their names in tlswire's table.
func hashes(name string) (signing, bool) {
	switch name {
	case "MD5":
		return signing{md5.New, crypto.MD5, digestInfo(16, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05), false}, true
	case "SHA1":
		return signing{sha1.New, crypto.SHA1, digestInfo(20, 0x2b, 0x0e, 0x03, 0x02, 0x1a), false}, true
	case "SHA224":
		return signing{sha256.New224, crypto.SHA224, digestInfo(28, nistHash(4)...), false}, true
	case "SHA256":
		return signing{sha256.New, crypto.SHA256, digestInfo(32, nistHash(1)...), false}, true
	case "SHA384":
		return signing{sha512.New384, crypto.SHA384, digestInfo(48, nistHash(2)...), false}, true
	case "SHA512":
		return signing{sha512.New, crypto.SHA512, digestInfo(64, nistHash(3)...), false}, true
	}
	return signing{}, false
}

// nistHash is the object identifier 2.16.840.1.101.3.4.2.n.
func nistHash(n byte) []byte { return []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, n} }

// digestInfo is SEQUENCE { SEQUENCE { oid, NULL }, OCTET STRING of size bytes } up to the string.
func digestInfo(size int, oid ...byte) []byte {
	algorithm := append(append([]byte{6, byte(len(oid))}, oid...), 5, 0)
	b := append([]byte{0x30, byte(len(algorithm) + 4 + size), 0x30, byte(len(algorithm))}, algorithm...)
	return append(b, 4, byte(size))
}

// signingOf tells how a scheme of TLS 1.2 signs, or with 0 the older versions (RFC 5246, Section 7.4.3; RFC 4346, Section 7.4.3).
func signingOf(scheme tlswire.SignatureScheme, key crypto.PublicKey) (signing, bool) {
	if scheme == 0 {
		if _, ok := key.(*rsa.PublicKey); ok {
			return signing{}, true
		}
		return hashes("SHA1")
	}
	info, ok := scheme.Info()
	if !ok {
		return signing{}, false
	}
	if info.Hash == "" {
		return signing{}, scheme == tlswire.Ed25519
	}
	s, ok := hashes(info.Hash)
	s.pss = info.Signature == "RSA-PSS"
	return s, ok
}

func (s signing) digest(content []byte) []byte {
	if s.newHash == nil {
		return append(digest(md5.New, content), digest(sha1.New, content)...)
	}
	return digest(s.newHash, content)
}

// verify tells whether signature is that of the leaf's key, or nil when key or scheme are beyond this package.
func verify(leaf []byte, scheme tlswire.SignatureScheme, content, signature []byte) *bool {
	key := tlspeer.PublicKey(leaf)
	s, ok := signingOf(scheme, key)
	if !ok {
		return nil
	}
	var valid bool
	switch key := key.(type) {
	case *rsa.PublicKey:
		if !s.pss {
			valid = rsaVerify(key, s.prefix, s.digest(content), signature)
			break
		}
		if rsaSize(key) < minPSS {
			return nil
		}
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		valid = rsa.VerifyPSS(key, s.name, s.digest(content), signature, options) == nil
	case *ecdsa.PublicKey:
		valid = ecdsa.VerifyASN1(key, s.digest(content), signature)
	case ed25519.PublicKey:
		valid = s.newHash == nil && ed25519.Verify(key, content, signature)
	default:
		return nil
	}
	return &valid
}

// minPSS is the size in bytes of the shortest keys that crypto/rsa verifies PSS with.
const minPSS = 1024 / 8
