package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// certKeys are the kinds of keys in certificates, beside those on curves, as scans name them.
func certKeys() []string {
	return append([]string{"RSA", "RSA-PSS", "RSA-OAEP", "DSA", "DH", "EC", "X25519", "X448", "Ed25519", "Ed448"}, rareAlgorithms()...)
}

// rareAlgorithms name keys and signatures alike.
func rareAlgorithms() []string {
	return []string{"SM2", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "ML-KEM-512", "ML-KEM-768", "ML-KEM-1024"}
}

// certSignatures are the names of algorithms by which certificates are signed, as scans name them.
func certSignatures() []string {
	out := append([]string{"Ed25519", "Ed448", "RSASSA-PSS", "RSASSA-PSS-SHAKE128", "RSASSA-PSS-SHAKE256", "SM2-with-SM3",
		"md4WithRSA", "md5WithRSA", "shaWithRSA", "sha1WithRSA", "ripemd160WithRSA", "dsaWithSHA", "dsaWithSHA1",
		"ecdsa-with-SHAKE128", "ecdsa-with-SHAKE256", "sha512-224WithRSAEncryption", "sha512-256WithRSAEncryption"}, rareAlgorithms()...)
	for _, hash := range []string{"md2", "md4", "md5", "sha1", "sha224", "sha256", "sha384", "sha512"} {
		out = append(out, hash+"WithRSAEncryption")
	}
	for _, hash := range []string{"SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"} {
		out = append(out, "ecdsa-with-"+hash, "dsa-with-"+hash)
	}
	for _, hash := range []string{"sha3-224", "sha3-256", "sha3-384", "sha3-512"} {
		out = append(out, hash+"WithRSA")
	}
	for _, hash := range []string{"SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512", "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"} {
		out = append(out, "RSASSA-PSS-"+hash)
	}
	return out
}

// isNumberOrRare reports whether a name is that of an object without one, "1.2.840.113549", or of one of two large families.
func isNumberOrRare(name string) bool {
	number := strings.Contains(name, ".") && strings.Trim(name, "0123456789.") == ""
	return number || strings.HasPrefix(name, "GOST R ") || strings.HasPrefix(name, "SLH-DSA-")
}

// certNames finds a name of a key or signature that no certificate has.
func (p *Policy) certNames() error {
	for i, l := range p.CertKeyLists {
		for _, name := range l.Of {
			curve, ec := strings.CutPrefix(name, "EC ")
			g, known := tlswire.GroupByName(curve)
			switch {
			case ec && (!known || g.String() != curve):
				text := fmt.Sprintf("no curve is called %q", curve)
				return fmt.Errorf("cert_key_lists[%d]: %s: %w", i, l.ID, &UnknownName{curve, namesOf[tlswire.Group](), text})
			case !ec && !isNumberOrRare(name) && !slices.Contains(certKeys(), name):
				text := fmt.Sprintf("no kind of key is called %q: want names such as RSA, Ed25519 or EC secp256r1", name)
				return fmt.Errorf("cert_key_lists[%d]: %s: %w", i, l.ID, &UnknownName{name, certKeys(), text})
			}
		}
	}
	for i, l := range p.CertSignedLists {
		for _, name := range l.Of {
			if !isNumberOrRare(name) && !slices.Contains(certSignatures(), name) {
				text := fmt.Sprintf("no signature is called %q: want names such as sha256WithRSAEncryption, or an object identifier", name)
				return fmt.Errorf("cert_signed_lists[%d]: %s: %w", i, l.ID, &UnknownName{name, certSignatures(), text})
			}
		}
	}
	return nil
}
