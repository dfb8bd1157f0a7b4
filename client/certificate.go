package client

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// leaves returns the server's own certificates that this client may be shown in v for an authentication, and whether they
// are known.
func (s *sim) leaves(v tlswire.Version, auth tlswire.Auth) (list []*evidence.Certificate, known bool) {
	for _, chain := range s.f.Certificates.Value {
		if c := s.leaf(chain); c != nil && s.shown(chain, v) && goesWith(c.PublicKey.Algorithm, auth) {
			list = append(list, c)
		}
	}
	return list, len(list) > 0
}

func (s *sim) leaf(c evidence.Chain) *evidence.Certificate {
	if len(c.Certificates) == 0 {
		return nil
	}
	return s.e.Blobs.Certificates[c.Certificates[0]]
}

// shown reports whether a client of this kind may see the chain in v. SSLv3 has no way to name the server.
func (s *sim) shown(c evidence.Chain, v tlswire.Version) bool {
	if !slices.Contains(c.Versions, v) {
		return false
	}
	if s.p.SNI && v > tlswire.SSLv3 {
		return c.WithSNI || s.e.Target.ServerName == ""
	}
	return c.WithoutSNI
}

// certificate tells what the client's limits make of the certificates that it may be shown: how the handshake ends with
// those that do not keep to them, and whether none does.
func (s *sim) certificate(v tlswire.Version, auth tlswire.Auth) (bad []Result, all bool) {
	if s.p.MinRSABits == 0 && s.p.MaxRSABits == 0 && !s.p.SHA2Only {
		return nil, false
	}
	leaves, known := s.leaves(v, auth)
	if !known {
		s.open("the server's certificate for this client is", s.f.Certificates.Why)
		return []Result{unsure("whether the server's certificate keeps to the client's limits is not decided")}, false
	}
	for _, c := range leaves {
		if r, ok := s.refuses(c); ok {
			bad = append(bad, r)
		}
	}
	return bad, len(bad) == len(leaves)
}

// refuses reports whether the client refuses a certificate for its key or its signature.
func (s *sim) refuses(c *evidence.Certificate) (Result, bool) {
	rsa := c.PublicKey.Bits
	if c.PublicKey.Algorithm != "RSA" && c.PublicKey.Algorithm != "RSA-PSS" {
		rsa = 0
	}
	switch lo, hi := s.p.MinRSABits, s.p.MaxRSABits; {
	case rsa > 0 && rsa < lo:
		return fails("the certificate has an RSA key of %d bits, and the client wants at least %d", rsa, lo), true
	case hi > 0 && rsa > hi:
		return fails("the certificate has an RSA key of %d bits, and the client takes at most %d", rsa, hi), true
	case s.p.SHA2Only && (c.Signature.Hash == "SHA-1" || c.Signature.Hash == "MD5"):
		return fails("the certificate is signed with %s, which the client refuses", c.Signature.Hash), true
	}
	return Result{}, false
}

// certificateMayStrand reports whether the client lists schemes, but not the one that a certificate for it is signed with.
// Then the server should not show it (RFC 5246, Section 7.4.2; RFC 8446, Section 4.4.2.2): Java does not, others do.
func (s *sim) certificateMayStrand(v tlswire.Version, auth tlswire.Auth) bool {
	leaves, _ := s.leaves(v, auth)
	return len(s.p.Schemes) > 0 && slices.ContainsFunc(leaves, func(c *evidence.Certificate) bool {
		algorithm, hash := signedBy(c.Signature)
		return c.Signature.Hash != "" && !slices.ContainsFunc(s.p.Schemes, func(x tlswire.SignatureScheme) bool {
			info, _ := x.Info()
			return info.Signature == algorithm && info.Hash == hash
		})
	})
}

// signedBy is what a signature scheme calls the algorithm and the hash of a signature in a certificate.
func signedBy(c evidence.CertSignature) (algorithm, hash string) {
	switch c.Algorithm {
	case "RSA":
		algorithm = "RSA-PKCS1"
	case "RSA-PSS", "ECDSA", "DSA":
		algorithm = c.Algorithm
	}
	return algorithm, strings.ReplaceAll(c.Hash, "-", "")
}

// rsaBits is the size of the RSA key that a suite without a key of its own would use; 0 if there are several or none.
func (s *sim) rsaBits(v tlswire.Version) int {
	leaves, _ := s.leaves(v, tlswire.AuthRSA)
	if len(leaves) != 1 {
		return 0
	}
	return leaves[0].PublicKey.Bits
}
