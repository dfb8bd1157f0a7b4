package x509lax

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
)

// publicKey reads SubjectPublicKeyInfo (RFC 5280, Section 4.1.2.7).
func (r *reader) publicKey(e element) {
	k := &r.cert.PublicKey
	if !e.clipped {
		sum := sha256.Sum256(e.full)
		k.SHA256 = hex.EncodeToString(sum[:])
	}
	s := r.inside(e, "subjectPublicKeyInfo")
	alg, ok := s.want(tagSequence, "key algorithm")
	if !ok {
		return
	}
	var params []byte
	k.OID, params = r.algorithm(alg, "key algorithm")
	k.Algorithm = k.OID
	if name := keyNames[k.OID]; name != "" {
		k.Algorithm = name
	}
	var point []byte
	if key, ok := s.want(tagBitString, "public key"); ok {
		point = r.bitString(key, "public key")
		r.keyPoint = point
	}
	s.end()
	r.keyParts(params, point)
}

// keyParts reads parameters and key as the algorithm wants them. point is nil if it could not be read.
func (r *reader) keyParts(params, point []byte) {
	k := &r.cert.PublicKey
	switch k.Algorithm {
	case "RSA":
		r.rsa(point)
	case "RSA-PSS":
		r.rsa(point)
		if params != nil {
			k.PSSHash, _ = r.pss(params, "key algorithm")
		}
	case "DSA", "DH":
		r.prime(params)
	case "EC":
		r.curve(params)
		r.point(point)
	default:
		r.fixedSize(point)
	}
}

// rsa reads RSAPublicKey (RFC 8017, Section A.1.1). A modulus without the zero byte that keeps it positive is read as
// what was meant.
func (r *reader) rsa(key []byte) {
	if key == nil {
		return
	}
	seq, ok := r.one(key, tagSequence, "RSA key")
	if !ok {
		return
	}
	k := &r.cert.PublicKey
	s := r.inside(seq, "RSA key")
	if n, ok := s.want(tagInteger, "RSA modulus"); ok {
		modulus := r.unsigned(n.body, "RSA modulus")
		k.Bits, r.modulus = modulus.BitLen(), modulus
		r.weakModulus(modulus)
		r.oddNumber(n.body, "RSA modulus")
	}
	if e, ok := s.want(tagInteger, "RSA exponent"); ok {
		k.Exponent = r.exponent(e.body)
		r.oddNumber(e.body, "RSA exponent")
	}
	s.end()
}

// unsigned is the value of the content octets of an INTEGER that must not be negative.
func (r *reader) unsigned(b []byte, field string) *big.Int {
	r.checkInteger(b, field)
	if len(b) > 0 && b[0] >= 0x80 {
		r.problem("%s: negative, read as positive", field)
	}
	return new(big.Int).SetBytes(b)
}

// oddNumber notes a modulus or exponent that no RSA key can have.
func (r *reader) oddNumber(b []byte, field string) {
	if len(b) > 0 && b[len(b)-1]&1 == 0 {
		r.problem("%s: even", field)
	}
}

// exponent writes the RSA exponent in decimal, or cut in hex where decimal would be long and slow.
func (r *reader) exponent(b []byte) string {
	e := r.unsigned(b, "RSA exponent")
	if e.IsUint64() {
		if e.Uint64() < 3 {
			r.problem("RSA exponent: below 3")
		}
		return e.String()
	}
	return "0x" + r.hexText(e.Bytes(), "RSA exponent")[1:]
}

// prime reads the size of the first number in the parameters of DSA (RFC 3279, Section 2.3.2) and DH (Section 2.3.3).
func (r *reader) prime(params []byte) {
	if params == nil || len(params) == 2 { // inherited from the issuer, or NULL
		r.problem("key algorithm: no parameters")
		return
	}
	seq, ok := r.one(params, tagSequence, "key parameters")
	if !ok {
		return
	}
	s := r.inside(seq, "key parameters")
	if p, ok := s.want(tagInteger, "key prime"); ok {
		r.cert.PublicKey.Bits = r.unsigned(p.body, "key prime").BitLen()
		r.oddNumber(p.body, "key prime")
	}
}

// fixedSize notes a key of the wrong length, for the algorithms where there is one.
func (r *reader) fixedSize(key []byte) {
	size := keySizes[r.cert.PublicKey.Algorithm]
	if size.bytes != 0 && key != nil && len(key) != size.bytes {
		r.problem("public key: %d bytes instead of %d", len(key), size.bytes)
	}
	r.cert.PublicKey.Bits = size.bits
}

// keySizes are the keys of one length: RFC 8410, FIPS 203, 204 and 205. Bits only where they are customary.
var keySizes = map[string]struct{ bytes, bits int }{
	"X25519":      {32, 256},
	"X448":        {56, 448},
	"Ed25519":     {32, 256},
	"Ed448":       {57, 456},
	"ML-DSA-44":   {bytes: 1312},
	"ML-DSA-65":   {bytes: 1952},
	"ML-DSA-87":   {bytes: 2592},
	"ML-KEM-512":  {bytes: 800},
	"ML-KEM-768":  {bytes: 1184},
	"ML-KEM-1024": {bytes: 1568},
}

// keyNames are the algorithms of keys by object identifier: RFC 3279, 4055, 5480, 8410, 9814, 9881, 9935, and national ones.
var keyNames = map[string]string{
	"1.2.840.113549.1.1.1":    "RSA",
	"2.5.8.1.1":               "RSA",
	"1.2.840.113549.1.1.10":   "RSA-PSS",
	"1.2.840.113549.1.1.7":    "RSA-OAEP",
	"1.2.840.10040.4.1":       "DSA",
	"1.3.14.3.2.12":           "DSA",
	"1.2.840.10046.2.1":       "DH",
	"1.2.840.113549.1.3.1":    "DH",
	"1.2.840.10045.2.1":       "EC",
	"1.3.132.1.12":            "EC",
	"1.3.132.1.13":            "EC",
	"1.3.101.110":             "X25519",
	"1.3.101.111":             "X448",
	"1.3.101.112":             "Ed25519",
	"1.3.101.113":             "Ed448",
	"1.2.643.2.2.19":          "GOST R 34.10-2001",
	"1.2.643.7.1.1.1.1":       "GOST R 34.10-2012-256",
	"1.2.643.7.1.1.1.2":       "GOST R 34.10-2012-512",
	"2.16.840.1.101.3.4.3.17": "ML-DSA-44",
	"2.16.840.1.101.3.4.3.18": "ML-DSA-65",
	"2.16.840.1.101.3.4.3.19": "ML-DSA-87",
	"2.16.840.1.101.3.4.3.20": "SLH-DSA-SHA2-128s",
	"2.16.840.1.101.3.4.3.21": "SLH-DSA-SHA2-128f",
	"2.16.840.1.101.3.4.3.22": "SLH-DSA-SHA2-192s",
	"2.16.840.1.101.3.4.3.23": "SLH-DSA-SHA2-192f",
	"2.16.840.1.101.3.4.3.24": "SLH-DSA-SHA2-256s",
	"2.16.840.1.101.3.4.3.25": "SLH-DSA-SHA2-256f",
	"2.16.840.1.101.3.4.3.26": "SLH-DSA-SHAKE-128s",
	"2.16.840.1.101.3.4.3.27": "SLH-DSA-SHAKE-128f",
	"2.16.840.1.101.3.4.3.28": "SLH-DSA-SHAKE-192s",
	"2.16.840.1.101.3.4.3.29": "SLH-DSA-SHAKE-192f",
	"2.16.840.1.101.3.4.3.30": "SLH-DSA-SHAKE-256s",
	"2.16.840.1.101.3.4.3.31": "SLH-DSA-SHAKE-256f",
	"2.16.840.1.101.3.4.4.1":  "ML-KEM-512",
	"2.16.840.1.101.3.4.4.2":  "ML-KEM-768",
	"2.16.840.1.101.3.4.4.3":  "ML-KEM-1024",
}
