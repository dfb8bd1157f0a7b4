package lab

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// modernSchemes returns the order in which OpenSSL 3 likes to sign, SHA-1 apart.
func modernSchemes() []tlswire.SignatureScheme {
	return []tlswire.SignatureScheme{
		tlswire.ECDSASecp256r1SHA256, tlswire.ECDSASecp384r1SHA384, tlswire.Ed25519,
		tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512,
		tlswire.RSAPKCS1SHA256, tlswire.RSAPKCS1SHA384, tlswire.RSAPKCS1SHA512,
	}
}

// oldSchemes returns modernSchemes with SHA-1 at the end.
func oldSchemes() []tlswire.SignatureScheme {
	return append(modernSchemes(), tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1)
}

// schemes returns the server's schemes in its order.
func (s Server) schemes() []tlswire.SignatureScheme {
	if len(s.Schemes) > 0 {
		return s.Schemes
	}
	return oldSchemes()
}

// schemeHash returns the hash of a scheme of TLS 1.2, whose high byte names it
// (RFC 5246, Section 7.4.1.4.1), or of a PSS scheme (RFC 8446, Section 4.2.3).
func schemeHash(s tlswire.SignatureScheme) (h crypto.Hash, pss bool) {
	switch s {
	case tlswire.RSAPSSRSAESHA256:
		return crypto.SHA256, true
	case tlswire.RSAPSSRSAESHA384:
		return crypto.SHA384, true
	case tlswire.RSAPSSRSAESHA512:
		return crypto.SHA512, true
	}
	hashes := []crypto.Hash{0, crypto.MD5, crypto.SHA1, crypto.SHA224, crypto.SHA256, crypto.SHA384, crypto.SHA512}
	if i := int(s >> 8); i < len(hashes) {
		return hashes[i], false
	}
	return 0, false
}

// fits reports whether the identity's key can sign with s. Before TLS 1.3 any
// curve goes with any hash.
func (id *identity) fits(s tlswire.SignatureScheme) bool {
	h, pss := schemeHash(s)
	switch k := id.key.public().(type) {
	case ed25519.PublicKey:
		return s == tlswire.Ed25519
	case *ecdsa.PublicKey:
		return h != 0 && !pss && s&0xff == 3
	case *rsa.PublicKey:
		if pss {
			return k.N.BitLen() >= smallestStdRSA && k.N.BitLen() >= 16*h.Size()+16
		}
		return h != 0 && s&0xff == 1 && k.N.BitLen() >= 8*(h.Size()+30)
	}
	return false
}

// scheme returns the scheme that the server signs with in TLS 1.2 for this
// identity, or false when the client takes none of them. A client without the
// extension takes SHA-1 (RFC 5246, Section 7.4.1.4.1).
func (s *session) scheme(h *hello, id *identity) (tlswire.SignatureScheme, bool) {
	offered := h.schemes
	if !h.has(tlswire.ExtensionSignatureAlgorithms) {
		offered = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1}
	}
	for _, scheme := range s.Server.schemes() {
		if id.fits(scheme) && (s.Server.Quirks.IgnoreSchemes || slices.Contains(offered, scheme)) {
			return scheme, true
		}
	}
	return 0, false
}
