package x509lax

import (
	"bytes"

	"github.com/mailtls/mailtls/evidence"
)

// readSignature tells how the certificate is signed: by the identifier next to the signature or, where that is cut off,
// by the one inside. They must be equal (RFC 5280, Section 4.1.1.2).
func (r *reader) readSignature(inner, outer []byte) {
	full := outer
	switch {
	case full == nil && inner == nil:
		return
	case full == nil:
		full = inner
	case inner != nil && !bytes.Equal(inner, outer):
		r.problem("signature: differs from signatureAlgorithm")
	}
	e, _, _ := next(full)
	oid, params := r.algorithm(e, "signatureAlgorithm")
	r.cert.Signature = r.signatureBy(oid, params)
}

// signatureBy names an algorithm.
func (r *reader) signatureBy(oid string, params []byte) evidence.CertSignature {
	a, ok := signatures[oid]
	s := evidence.CertSignature{Name: a.name, OID: oid, Algorithm: a.key, Hash: a.hash}
	switch {
	case !ok:
		s.Name, s.Algorithm = oid, oid
		if key, isKey := keyNames[oid]; isKey { // ML-DSA and SLH-DSA use one identifier for both
			s.Name, s.Algorithm = key, key
		}
	case a.key == "RSA-PSS" && a.hash == "":
		s.Hash, s.PSSSalt = r.pss(params, "signatureAlgorithm")
		s.Name = "RSASSA-PSS-" + s.Hash
	}
	return s
}

// pss reads RSASSA-PSS-params (RFC 4055, Section 3.1). Absent fields mean SHA-1 and a salt of 20 bytes. An unknown hash
// is given as dotted object identifier.
func (r *reader) pss(params []byte, field string) (hash string, salt int) {
	hash, salt = "SHA-1", 20
	if params == nil {
		r.problem("%s: RSASSA-PSS without parameters", field)
		return hash, salt
	}
	seq, ok := r.one(params, tagSequence, field)
	if !ok {
		return "", 0
	}
	s := r.inside(seq, field)
	if e, ok := s.optional(constructed0); ok {
		hash = r.pssHash(e.body, field)
	}
	mask := "SHA-1"
	if e, ok := s.optional(constructed0 | 1); ok {
		mask = r.pssMask(e.body, field)
	}
	if mask != hash {
		r.problem("%s: RSASSA-PSS with two different hashes", field)
	}
	if e, ok := s.optional(constructed0 | 2); ok {
		salt = r.pssSalt(e.body, field)
	}
	s.optional(constructed0 | 3) // trailerField has one value only
	s.end()
	return hash, salt
}

func (r *reader) pssSalt(b []byte, field string) int {
	n, ok := r.one(b, tagInteger, field)
	if !ok {
		return 0
	}
	salt, ok := smallInt(n.body)
	if !ok || salt < 0 {
		r.problem("%s: impossible salt length", field)
		return 0
	}
	return salt
}

func (r *reader) pssHash(b []byte, field string) string {
	alg, ok := r.one(b, tagSequence, field)
	if !ok {
		return ""
	}
	oid, _ := r.algorithm(alg, field)
	if name := hashes[oid]; name != "" {
		return name
	}
	return oid
}

func (r *reader) pssMask(b []byte, field string) string {
	alg, ok := r.one(b, tagSequence, field)
	if !ok {
		return ""
	}
	oid, params := r.algorithm(alg, field)
	if oid != "1.2.840.113549.1.1.8" { // id-mgf1
		return oid
	}
	return r.pssHash(params, field)
}

// hashes are the hash algorithms by object identifier (RFC 4055, Section 2.1; RFC 8702).
var hashes = map[string]string{
	"1.2.840.113549.2.2":      "MD2",
	"1.2.840.113549.2.4":      "MD4",
	"1.2.840.113549.2.5":      "MD5",
	"1.3.14.3.2.26":           "SHA-1",
	"1.3.36.3.2.1":            "RIPEMD-160",
	"2.16.840.1.101.3.4.2.1":  "SHA-256",
	"2.16.840.1.101.3.4.2.2":  "SHA-384",
	"2.16.840.1.101.3.4.2.3":  "SHA-512",
	"2.16.840.1.101.3.4.2.4":  "SHA-224",
	"2.16.840.1.101.3.4.2.5":  "SHA-512/224",
	"2.16.840.1.101.3.4.2.6":  "SHA-512/256",
	"2.16.840.1.101.3.4.2.7":  "SHA3-224",
	"2.16.840.1.101.3.4.2.8":  "SHA3-256",
	"2.16.840.1.101.3.4.2.9":  "SHA3-384",
	"2.16.840.1.101.3.4.2.10": "SHA3-512",
	"2.16.840.1.101.3.4.2.11": "SHAKE128",
	"2.16.840.1.101.3.4.2.12": "SHAKE256",
}

// signatures are the signature algorithms by object identifier: RFC 3279, 4055, 5758, 8410, 8692, 8702, NIST's and
// OIW's registers.
var signatures = map[string]struct{ name, key, hash string }{
	"1.2.840.113549.1.1.2":  {"md2WithRSAEncryption", "RSA", "MD2"},
	"1.2.840.113549.1.1.3":  {"md4WithRSAEncryption", "RSA", "MD4"},
	"1.2.840.113549.1.1.4":  {"md5WithRSAEncryption", "RSA", "MD5"},
	"1.2.840.113549.1.1.5":  {"sha1WithRSAEncryption", "RSA", "SHA-1"},
	"1.2.840.113549.1.1.11": {"sha256WithRSAEncryption", "RSA", "SHA-256"},
	"1.2.840.113549.1.1.12": {"sha384WithRSAEncryption", "RSA", "SHA-384"},
	"1.2.840.113549.1.1.13": {"sha512WithRSAEncryption", "RSA", "SHA-512"},
	"1.2.840.113549.1.1.14": {"sha224WithRSAEncryption", "RSA", "SHA-224"},
	"1.2.840.113549.1.1.15": {"sha512-224WithRSAEncryption", "RSA", "SHA-512/224"},
	"1.2.840.113549.1.1.16": {"sha512-256WithRSAEncryption", "RSA", "SHA-512/256"},
	"1.2.840.113549.1.1.10": {"RSASSA-PSS", "RSA-PSS", ""},
	"1.3.14.3.2.2":          {"md4WithRSA", "RSA", "MD4"},
	"1.3.14.3.2.3":          {"md5WithRSA", "RSA", "MD5"},
	"1.3.14.3.2.15":         {"shaWithRSA", "RSA", "SHA-0"},
	"1.3.14.3.2.29":         {"sha1WithRSA", "RSA", "SHA-1"},
	"1.3.36.3.3.1.2":        {"ripemd160WithRSA", "RSA", "RIPEMD-160"},

	"2.16.840.1.101.3.4.3.13": {"sha3-224WithRSA", "RSA", "SHA3-224"},
	"2.16.840.1.101.3.4.3.14": {"sha3-256WithRSA", "RSA", "SHA3-256"},
	"2.16.840.1.101.3.4.3.15": {"sha3-384WithRSA", "RSA", "SHA3-384"},
	"2.16.840.1.101.3.4.3.16": {"sha3-512WithRSA", "RSA", "SHA3-512"},
	"1.3.6.1.5.5.7.6.30":      {"RSASSA-PSS-SHAKE128", "RSA-PSS", "SHAKE128"},
	"1.3.6.1.5.5.7.6.31":      {"RSASSA-PSS-SHAKE256", "RSA-PSS", "SHAKE256"},

	"1.2.840.10040.4.3":      {"dsa-with-SHA1", "DSA", "SHA-1"},
	"1.3.14.3.2.13":          {"dsaWithSHA", "DSA", "SHA-0"},
	"1.3.14.3.2.27":          {"dsaWithSHA1", "DSA", "SHA-1"},
	"2.16.840.1.101.3.4.3.1": {"dsa-with-SHA224", "DSA", "SHA-224"},
	"2.16.840.1.101.3.4.3.2": {"dsa-with-SHA256", "DSA", "SHA-256"},
	"2.16.840.1.101.3.4.3.3": {"dsa-with-SHA384", "DSA", "SHA-384"},
	"2.16.840.1.101.3.4.3.4": {"dsa-with-SHA512", "DSA", "SHA-512"},

	"1.2.840.10045.4.1":       {"ecdsa-with-SHA1", "ECDSA", "SHA-1"},
	"1.2.840.10045.4.3.1":     {"ecdsa-with-SHA224", "ECDSA", "SHA-224"},
	"1.2.840.10045.4.3.2":     {"ecdsa-with-SHA256", "ECDSA", "SHA-256"},
	"1.2.840.10045.4.3.3":     {"ecdsa-with-SHA384", "ECDSA", "SHA-384"},
	"1.2.840.10045.4.3.4":     {"ecdsa-with-SHA512", "ECDSA", "SHA-512"},
	"2.16.840.1.101.3.4.3.9":  {"ecdsa-with-SHA3-224", "ECDSA", "SHA3-224"},
	"2.16.840.1.101.3.4.3.10": {"ecdsa-with-SHA3-256", "ECDSA", "SHA3-256"},
	"2.16.840.1.101.3.4.3.11": {"ecdsa-with-SHA3-384", "ECDSA", "SHA3-384"},
	"2.16.840.1.101.3.4.3.12": {"ecdsa-with-SHA3-512", "ECDSA", "SHA3-512"},
	"1.3.6.1.5.5.7.6.32":      {"ecdsa-with-SHAKE128", "ECDSA", "SHAKE128"},
	"1.3.6.1.5.5.7.6.33":      {"ecdsa-with-SHAKE256", "ECDSA", "SHAKE256"},

	"1.2.156.10197.1.501": {"SM2-with-SM3", "SM2", "SM3"},
	"1.2.643.2.2.3":       {"GOST R 34.10-2001-with-34.11-94", "GOST R 34.10-2001", "GOST R 34.11-94"},
	"1.2.643.7.1.1.3.2":   {"GOST R 34.10-2012-256-with-34.11-2012", "GOST R 34.10-2012-256", "Streebog-256"},
	"1.2.643.7.1.1.3.3":   {"GOST R 34.10-2012-512-with-34.11-2012", "GOST R 34.10-2012-512", "Streebog-512"},
}
