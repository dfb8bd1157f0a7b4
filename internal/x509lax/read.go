package x509lax

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"

	"github.com/mailtls/mailtls/evidence"
)

// Limits of what is read and kept.
const (
	MaxDER   = 1 << 20 // bytes of a certificate; larger ones are only hashed
	MaxNames = 1000    // subject alternative names kept; all are counted

	maxText   = 4096 // bytes of any one text kept
	maxSerial = 64   // bytes; RFC 5280 allows 20
	maxList   = 200  // elements kept of any other list
)

// reader collects what is read from one certificate.
type reader struct {
	cert     *evidence.Certificate
	problems int // also those not kept

	issuer, subject []byte          // whole elements
	serialNumber    []byte          // content of the INTEGER
	keyPoint        []byte          // content of the key's BIT STRING; nil if unread
	modulus         *big.Int        // of an RSA key; nil if unread
	signature       []byte          // AlgorithmIdentifier inside the signed part, whole
	san             []byte          // value of subjectAltName
	extensions      map[string]bool // seen so far
}

// Read tells all that can be read from der, which is meant to be one certificate. It never fails and never returns nil;
// what is malformed, cut off or beyond the limits is told in Problems.
func Read(der []byte) *evidence.Certificate {
	c := read(der).cert
	if len(der) <= MaxDER {
		c.DER = bytes.Clone(der)
	}
	return c
}

// read is [Read] without a copy of the bytes.
func read(der []byte) *reader {
	sum := sha256.Sum256(der)
	r := &reader{
		cert:       &evidence.Certificate{SHA256: hex.EncodeToString(sum[:]), Size: len(der)},
		extensions: map[string]bool{},
	}
	if len(der) > MaxDER {
		r.problem("certificate: %d bytes, more than the %d that are read", len(der), MaxDER)
		return r
	}
	r.certificate(der)
	if more := r.problems - maxProblems; more > 0 {
		r.cert.Problems = append(r.cert.Problems, fmt.Sprintf("and %d more problems", more))
	}
	return r
}

// certificate reads Certificate (RFC 5280, Section 4.1).
func (r *reader) certificate(der []byte) {
	outer, ok := r.one(der, tagSequence, "certificate")
	if !ok {
		return
	}
	s := r.inside(outer, "certificate")
	if tbs, ok := s.want(tagSequence, "tbsCertificate"); ok {
		r.tbs(tbs)
	}
	var outside []byte
	if alg, ok := s.want(tagSequence, "signatureAlgorithm"); ok && !alg.clipped {
		outside = alg.full
	}
	r.readSignature(r.signature, outside)
	if sig, ok := s.want(tagBitString, "signatureValue"); ok {
		r.bitString(sig, "signatureValue")
	}
	s.end()
	r.selfSigned()
}

// tbs reads TBSCertificate (RFC 5280, Section 4.1.1.1).
func (r *reader) tbs(tbs element) {
	s := r.inside(tbs, "tbsCertificate")
	r.version(s)
	if e, ok := s.want(tagInteger, "serialNumber"); ok {
		r.serialNumber = e.body
		r.serial(e.body)
	}
	if e, ok := s.want(tagSequence, "signature"); ok && !e.clipped {
		r.signature = e.full
	}
	if e, ok := s.want(tagSequence, "issuer"); ok && !e.clipped {
		r.issuer, r.cert.Issuer = e.full, r.name(e, "issuer")
	}
	if e, ok := s.want(tagSequence, "validity"); ok {
		r.validity(e)
	}
	if e, ok := s.want(tagSequence, "subject"); ok && !e.clipped {
		r.subject, r.cert.Subject = e.full, r.name(e, "subject")
	}
	if e, ok := s.want(tagSequence, "subjectPublicKeyInfo"); ok {
		r.publicKey(e)
	}
	s.optional(context0 | 1) // issuerUniqueID
	s.optional(context0 | 2) // subjectUniqueID
	if e, ok := s.optional(constructed0 | 3); ok {
		r.readExtensions(e)
	}
	s.end()
}

// version reads the optional version, whose absence means 1 (RFC 5280, Section 4.1.2.1).
func (r *reader) version(s *sequence) {
	e, ok := s.optional(constructed0)
	if !ok {
		if len(s.rest) > 0 {
			r.cert.Version = 1
		}
		return
	}
	v, ok := r.one(e.body, tagInteger, "version")
	if !ok {
		return
	}
	n, ok := smallInt(v.body)
	if !ok || n < 0 || n > 2 {
		r.problem("version: not 1, 2 or 3")
	}
	if ok && n >= 0 && n < 1<<16 {
		r.cert.Version = n + 1
	}
}

// selfSigned compares the names, then the key identifiers, which tell a self-signed certificate from a self-issued one
// made when a CA changed its key (RFC 5280, Section 3.2).
func (r *reader) selfSigned() {
	c := r.cert
	c.SelfIssued = len(r.issuer) > 0 && bytes.Equal(r.issuer, r.subject)
	same := c.AuthorityKeyID == "" || c.SubjectKeyID == "" || c.AuthorityKeyID == c.SubjectKeyID
	c.SelfSigned = c.SelfIssued && same
}
