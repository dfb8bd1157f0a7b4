package x509lax

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"slices"

	_ "crypto/sha1"   // hashes that
	_ "crypto/sha256" // crypto.Hash
	_ "crypto/sha512" // finds

	"github.com/mailtls/mailtls/evidence"
)

// hashFunctions are the hashes that name issuers in OCSP.
var hashFunctions = map[string]crypto.Hash{"SHA-1": crypto.SHA1, "SHA-256": crypto.SHA256, "SHA-384": crypto.SHA384, "SHA-512": crypto.SHA512}

// issuerKey is a certificate with the name of an issuer.
type issuerKey struct {
	strict *x509.Certificate // nil if crypto/x509 refuses it
	point  []byte            // the key itself, the content of its BIT STRING
}

// issuersOf returns the certificates of chain that bear the name of leaf's issuer.
func issuersOf(leaf *reader, chain [][]byte) []issuerKey {
	var list []issuerKey
	if len(leaf.issuer) == 0 {
		return nil
	}
	for _, der := range chain[:min(len(chain), maxChain)] {
		r := read(der)
		if !bytes.Equal(r.subject, leaf.issuer) || r.keyPoint == nil {
			continue
		}
		list = append(list, issuerKey{strict: strictly(der, r), point: r.keyPoint})
	}
	return list
}

// strictly is a certificate as crypto/x509 reads it; nil if it does not, or if its key is so long that arithmetic with it
// would be slow.
func strictly(der []byte, r *reader) *x509.Certificate {
	if r.cert.PublicKey.Bits > maxRSA {
		return nil
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return c
}

// verify checks who signed: an issuer itself, or a certificate that came along, which an issuer signed for that very
// purpose (RFC 6960, Section 4.2.2.2).
func (o *ocspReader) verify() {
	algorithm := strictAlgorithm(o.algorithm)
	var issuers []*x509.Certificate
	for _, k := range o.by {
		if k.strict != nil {
			issuers = append(issuers, k.strict)
		}
	}
	signs := func(c *x509.Certificate) bool { return c.CheckSignature(algorithm, o.tbs, o.signature) == nil }
	switch {
	case len(issuers) == 0:
		o.because(evidence.OCSPUnverified, "the issuer's certificate is not at hand")
		return
	case algorithm == x509.UnknownSignatureAlgorithm:
		o.because(evidence.OCSPUnverified, "signed by an algorithm that cannot be checked")
		return
	case slices.ContainsFunc(issuers, signs):
		return
	}
	for _, der := range o.certs[:min(len(o.certs), maxResponders)] {
		if c := strictly(der, read(der)); c != nil && signs(c) {
			o.out.SignerDN = read(der).cert.Subject.DN
			o.charged(c, issuers)
			return
		}
	}
	o.because(evidence.OCSPSignature, "")
}

// maxResponders is how many certificates that come with a response are looked at. One is needed.
const maxResponders = 4

// charged checks that an issuer lets the certificate c sign OCSP responses, and that it is in its time.
func (o *ocspReader) charged(c *x509.Certificate, issuers []*x509.Certificate) {
	byIssuer := slices.ContainsFunc(issuers, func(i *x509.Certificate) bool {
		return i.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
	})
	switch {
	case !byIssuer:
		o.because(evidence.OCSPSigner, "the issuer did not sign the responder's certificate")
	case !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageOCSPSigning):
		o.because(evidence.OCSPSigner, "the responder's certificate is not for signing OCSP responses")
	case o.out.At.After(c.NotAfter) || o.out.At.Before(c.NotBefore):
		o.because(evidence.OCSPSigner, "the responder's certificate is out of its dates")
	}
}

// strictAlgorithm is what crypto/x509 calls an algorithm; unknown if it has no name for it.
func strictAlgorithm(s evidence.CertSignature) x509.SignatureAlgorithm {
	return map[string]x509.SignatureAlgorithm{
		"sha1WithRSAEncryption": x509.SHA1WithRSA, "sha1WithRSA": x509.SHA1WithRSA,
		"sha256WithRSAEncryption": x509.SHA256WithRSA, "sha384WithRSAEncryption": x509.SHA384WithRSA,
		"sha512WithRSAEncryption": x509.SHA512WithRSA,
		"RSASSA-PSS-SHA-256":      x509.SHA256WithRSAPSS, "RSASSA-PSS-SHA-384": x509.SHA384WithRSAPSS,
		"RSASSA-PSS-SHA-512": x509.SHA512WithRSAPSS,
		"ecdsa-with-SHA1":    x509.ECDSAWithSHA1, "ecdsa-with-SHA256": x509.ECDSAWithSHA256,
		"ecdsa-with-SHA384": x509.ECDSAWithSHA384, "ecdsa-with-SHA512": x509.ECDSAWithSHA512,
		"Ed25519": x509.PureEd25519,
	}[s.Name]
}
