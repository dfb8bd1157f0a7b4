package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// unread says that what cannot be read, or that nothing of the certificate can: then all checks on it say the same.
func unread(c *evidence.Certificate, what string) string {
	if blank(c) {
		return label(c) + " cannot be read"
	}
	return what + " cannot be read"
}

// blank reports whether nothing of a certificate could be read.
func blank(c *evidence.Certificate) bool {
	return c.PublicKey.Algorithm == "" && c.Signature.Algorithm == "" && c.NotAfter.IsZero()
}

// leafRead is eval for chains whose first certificate could be read.
func leafRead(eval chainEval) chainEval {
	return func(s *Subject, p *policy.Policy, c shown) Finding {
		if blank(c.leaf) {
			return undecided(unread(c.leaf, ""))
		}
		return eval(s, p, c)
	}
}

// chainRead is eval for chains all of whose certificates could be read.
func chainRead(eval chainEval) chainEval {
	return func(s *Subject, p *policy.Policy, c shown) Finding {
		for _, cert := range c.all() {
			if blank(cert) {
				return undecided(unread(cert, ""))
			}
		}
		return eval(s, p, c)
	}
}

// keyUnread tells why the strength of a certificate's key is not known; empty if it is.
func keyUnread(c *evidence.Certificate) string {
	switch k := c.PublicKey; {
	case k.Algorithm == "":
		return unread(c, "the key of "+label(c))
	case k.Algorithm == k.OID:
		return "the key of " + label(c) + " is of a kind that is not known: " + k.OID
	case keyKind(k.Algorithm) != "" && k.Bits == 0:
		return "the size of the key of " + label(c) + " cannot be read"
	}
	return ""
}

// hashUnread tells why the hash that a certificate is signed with is not known; empty if it is, or if the algorithm brings
// its own, as Ed25519 does.
func hashUnread(c *evidence.Certificate) string {
	switch s := c.Signature; {
	case s.Algorithm == "", s.Hash == "" && slices.Contains([]string{"RSA", "RSA-PSS", "DSA", "ECDSA"}, s.Algorithm):
		return unread(c, "how "+label(c)+" is signed")
	case s.Hash == "" && s.Algorithm == s.OID:
		return label(c) + " is signed in a way that is not known: " + s.OID
	}
	return ""
}

// subjectAltName is the identifier of the extension with a certificate's names (RFC 5280, Section 4.2.1.6).
const subjectAltName = "2.5.29.17"

// namesUnread tells why a certificate may have names that are not in the evidence; empty if it has not.
func namesUnread(c *evidence.Certificate) string {
	n := c.Names
	listed := len(n.DNS) + len(n.IP) + len(n.Email) + len(n.URI) + len(n.Directory) + len(n.Other)
	there := func(x evidence.CertExtension) bool { return x.OID == subjectAltName }
	switch {
	case n.Count > listed:
		return "the certificate has more names than were read"
	case listed == 0 && (c.PublicKey.Algorithm == "" || slices.ContainsFunc(c.Extensions, there)):
		return unread(c, "the certificate's names")
	}
	return ""
}
