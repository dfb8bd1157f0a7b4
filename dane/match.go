package dane

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Match reports whether r is about the certificate der, whatever its usage (RFC 6698, Section 2.1).
func (r Record) Match(der []byte) bool {
	part := selected(der, r.Selector, false)
	if part == nil {
		return false
	}
	switch r.MatchingType {
	case Full:
		return bytes.Equal(part, r.Data)
	case SHA256:
		sum := sha256.Sum256(part)
		return bytes.Equal(sum[:], r.Data)
	case SHA512:
		sum := sha512.Sum512(part)
		return bytes.Equal(sum[:], r.Data)
	}
	return false
}

// selected returns the part of der that s speaks of, nil if it cannot be read. bare is whether der is that part already.
func selected(der []byte, s Selector, bare bool) []byte {
	if s == SPKI && !bare {
		return publicKey(der)
	}
	input := cryptobyte.String(der)
	var element cryptobyte.String
	if s > SPKI || !input.ReadASN1Element(&element, asn1.SEQUENCE) || !input.Empty() {
		return nil
	}
	return der
}

// publicKey returns the subjectPublicKeyInfo of a certificate, nil if it cannot be read (RFC 5280, Section 4.1).
func publicKey(der []byte) []byte {
	input := cryptobyte.String(der)
	var cert, tbs, spki cryptobyte.String
	if !input.ReadASN1(&cert, asn1.SEQUENCE) || !cert.ReadASN1(&tbs, asn1.SEQUENCE) ||
		!tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) { // version
		return nil
	}
	for _, tag := range []asn1.Tag{asn1.INTEGER, asn1.SEQUENCE, asn1.SEQUENCE, asn1.SEQUENCE, asn1.SEQUENCE} { // serial, signature, issuer, validity, subject
		if !tbs.SkipASN1(tag) {
			return nil
		}
	}
	if !tbs.ReadASN1Element(&spki, asn1.SEQUENCE) {
		return nil
	}
	return spki
}
