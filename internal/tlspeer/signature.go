package tlspeer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1" // registered for the schemes of the past
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/mailtls/mailtls/tlswire"
)

// minRSA is the size in bytes of the shortest keys that crypto/rsa verifies with.
const minRSA = 1024 / 8

// signedContent is what the CertificateVerify of a "server" or "client" signs (RFC 8446, Section 4.4.3).
func signedContent(role string, transcriptHash []byte) []byte {
	head := strings.Repeat(" ", 64) + "TLS 1.3, " + role + " CertificateVerify\x00"
	return append([]byte(head), transcriptHash...)
}

// signing is how a signature scheme signs, whatever the key.
type signing struct {
	hash crypto.Hash // 0: the content itself
	pss  bool
}

func signingOf(s tlswire.SignatureScheme) (signing, bool) {
	switch s {
	case tlswire.RSAPKCS1SHA1, tlswire.ECDSASHA1:
		return signing{hash: crypto.SHA1}, true
	case tlswire.RSAPKCS1SHA256, tlswire.ECDSASecp256r1SHA256:
		return signing{hash: crypto.SHA256}, true
	case tlswire.RSAPKCS1SHA384, tlswire.ECDSASecp384r1SHA384:
		return signing{hash: crypto.SHA384}, true
	case tlswire.RSAPKCS1SHA512, tlswire.ECDSASecp521r1SHA512:
		return signing{hash: crypto.SHA512}, true
	case tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSPSSSHA256:
		return signing{crypto.SHA256, true}, true
	case tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSPSSSHA384:
		return signing{crypto.SHA384, true}, true
	case tlswire.RSAPSSRSAESHA512, tlswire.RSAPSSPSSSHA512:
		return signing{crypto.SHA512, true}, true
	case tlswire.Ed25519:
		return signing{}, true
	}
	return signing{}, false
}

func (s signing) digest(content []byte) []byte {
	if s.hash == 0 {
		return content
	}
	h := s.hash.New()
	h.Write(content)
	return h.Sum(nil)
}

func (s signing) options() crypto.SignerOpts {
	if s.pss {
		return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: s.hash}
	}
	return s.hash
}

// verify tells whether signature is the leaf's under scheme, or nil when key or scheme are beyond Go's libraries.
func verify(leaf []byte, scheme tlswire.SignatureScheme, content, signature []byte) *bool {
	s, ok := signingOf(scheme)
	if !ok {
		return nil
	}
	digest := s.digest(content)
	var valid bool
	switch key := publicKey(leaf).(type) {
	case *rsa.PublicKey:
		if key.Size() < minRSA || s.hash == 0 {
			return nil
		}
		valid = verifyRSA(key, s, digest, signature) == nil
	case *ecdsa.PublicKey:
		valid = ecdsa.VerifyASN1(key, digest, signature)
	case ed25519.PublicKey:
		valid = s.hash == 0 && ed25519.Verify(key, content, signature)
	default:
		return nil
	}
	return &valid
}

func verifyRSA(key *rsa.PublicKey, s signing, digest, signature []byte) error {
	if s.pss {
		return rsa.VerifyPSS(key, s.hash, digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	return rsa.VerifyPKCS1v15(key, s.hash, digest, signature)
}

// publicKey finds the key of a certificate (RFC 5280, Section 4.1) without
// judging the rest of it, which crypto/x509 is strict about; nil if Go does not know it.
func publicKey(certificate []byte) crypto.PublicKey {
	var outer, tbs, info cryptobyte.String
	s := cryptobyte.String(certificate)
	if !s.ReadASN1(&outer, asn1.SEQUENCE) || !outer.ReadASN1(&tbs, asn1.SEQUENCE) {
		return nil
	}
	if !tbs.SkipOptionalASN1(asn1.Tag(0).Constructed().ContextSpecific()) || !tbs.SkipASN1(asn1.INTEGER) {
		return nil
	}
	for range 4 { // signature algorithm, issuer, validity, subject
		if !tbs.SkipASN1(asn1.SEQUENCE) {
			return nil
		}
	}
	if !tbs.ReadASN1Element(&info, asn1.SEQUENCE) {
		return nil
	}
	key, err := x509.ParsePKIXPublicKey(info)
	if err != nil {
		return nil
	}
	return key
}

var errScheme = errors.New("cannot sign with this scheme")

// sign signs content as scheme says, with any key that can.
func sign(key crypto.Signer, scheme tlswire.SignatureScheme, content []byte) ([]byte, error) {
	s, ok := signingOf(scheme)
	if !ok {
		return nil, fmt.Errorf("%v: %w", scheme, errScheme)
	}
	signature, err := key.Sign(rand.Reader, s.digest(content), s.options())
	if err != nil {
		return nil, fmt.Errorf("signing with %v: %w", scheme, err)
	}
	return signature, nil
}
