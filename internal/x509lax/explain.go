package x509lax

import (
	"bytes"
	"crypto/x509"
	"errors"

	"github.com/mailtls/mailtls/evidence"
)

// classify turns the answer of crypto/x509, for a chain that leads to no root at any time, into reasons.
func (v *verifier) classify(err error) {
	var invalid x509.CertificateInvalidError
	var critical x509.UnhandledCriticalExtension
	switch {
	case errors.As(err, &critical):
		v.because(evidence.CriticalExtension)
	case errors.As(err, &invalid) && invalid.Reason != x509.Expired:
		v.because(constraintReason(invalid.Reason))
	}
	v.explain()
	if len(v.result.Reasons) == 0 {
		v.because(evidence.UntrustedOther)
	}
}

func constraintReason(reason x509.InvalidReason) evidence.TrustReason {
	switch reason {
	case x509.IncompatibleUsage, x509.CANotAuthorizedForExtKeyUsage:
		return evidence.WrongUsage
	case x509.NoValidChains:
		return evidence.UntrustedOther
	}
	return evidence.ConstraintBroken
}

// explain follows the issuers by name through the chain, the way a person would, and notes what is in the way.
func (v *verifier) explain() {
	current, seen := 0, make([]bool, len(v.links))
	for {
		l := v.links[current]
		seen[current] = true
		v.inTime(l.lax.cert.NotBefore, l.lax.cert.NotAfter)
		if l.lax.cert.SelfSigned {
			v.selfIssuedEnd(current)
			return
		}
		if weakHash(l.lax.cert.Signature.Hash) {
			v.because(evidence.WeakSignature)
		}
		issuer := v.issuer(l, seen)
		if issuer < 0 {
			v.openEnd(l)
			return
		}
		v.checkLink(l, v.links[issuer])
		current = issuer
	}
}

// selfIssuedEnd is where the path ends in a certificate that names itself as issuer.
func (v *verifier) selfIssuedEnd(i int) {
	l := v.links[i]
	switch {
	case l.strict != nil && v.isRoot(l.strict):
	case i == 0:
		v.because(evidence.SelfSignedLeaf)
	default:
		v.because(evidence.UnknownAuthority)
	}
}

// openEnd is where the issuer was not sent. If there is a root of its name, then either a reason against the signature
// was found already, or that root has only the name.
func (v *verifier) openEnd(l link) {
	switch {
	case len(l.lax.issuer) == 0: // nothing was read
	case !v.rootNamed(l.lax.issuer):
		v.because(evidence.IncompleteChain)
	case len(v.result.Reasons) == 0:
		v.because(evidence.UnknownAuthority)
	}
}

// isRoot tells whether a certificate is itself trusted, at a time at which it is valid.
func (v *verifier) isRoot(c *x509.Certificate) bool {
	_, err := c.Verify(x509.VerifyOptions{
		Roots: v.roots, CurrentTime: latest(c.NotBefore, earliest(c.NotAfter, v.result.At)),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	return err == nil
}

// rootNamed tells whether a root has that name.
func (v *verifier) rootNamed(name []byte) bool {
	//lint:ignore SA1019 it is only wrong for the pool of the system
	for _, subject := range v.roots.Subjects() { //nolint:staticcheck // as above
		if bytes.Equal(subject, name) {
			return true
		}
	}
	return false
}

// issuer finds the certificate that signed l, by name and rather with the right key identifier; -1 if there is none.
func (v *verifier) issuer(l link, seen []bool) int {
	found := -1
	for i, candidate := range v.links {
		if seen[i] || len(l.lax.issuer) == 0 || !bytes.Equal(candidate.lax.subject, l.lax.issuer) {
			continue
		}
		if candidate.lax.cert.SubjectKeyID == l.lax.cert.AuthorityKeyID {
			return i
		}
		if found < 0 {
			found = i
		}
	}
	return found
}

// checkLink notes why child cannot be led back to issuer. A weak signature is not checked: it is reason enough.
func (v *verifier) checkLink(child, issuer link) {
	if issuer.strict == nil {
		v.because(evidence.Unparseable)
		v.result.Detail = issuer.err.Error()
		return
	}
	if issuer.strict.Version == 3 && !issuer.strict.IsCA {
		v.because(evidence.ConstraintBroken)
	}
	if child.strict == nil || weakHash(child.lax.cert.Signature.Hash) {
		return
	}
	c := child.strict
	switch err := issuer.strict.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); {
	case errors.Is(err, x509.ErrUnsupportedAlgorithm):
		v.because(evidence.UnsupportedKey)
	case err != nil:
		v.because(evidence.BadSignature)
	}
}

// weakHash is true for the hashes with which crypto/x509 verifies no signature.
func weakHash(hash string) bool {
	switch hash {
	case "MD2", "MD4", "MD5", "SHA-0", "SHA-1":
		return true
	}
	return false
}
