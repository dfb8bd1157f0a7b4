package check

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// rsaChecks are on RSA keys that are broken however long they are.
func rsaChecks() []Check {
	return []Check{
		rsaKeys("roca", "A key was made by faulty hardware (ROCA)",
			"The private key can be computed from the certificate, for some hundred to some ten thousand dollars. Smart cards and "+
				"trusted platform modules with Infineon's library of 2012 to 2017 made such keys. Make a new key in another way, and "+
				"have the certificate revoked.",
			func(k evidence.PublicKey) bool { return k.ROCA }, "has the mark of keys that can be computed",
			"CVE-2017-15361"),
		rsaKeys("fermat", "The factors of a key are too close",
			"Anybody can compute the private key from the certificate within a second, by the method that Fermat found in 1643. "+
				"Printers and other devices with faulty software made such keys. Make a new key, and have the certificate revoked.",
			func(k evidence.PublicKey) bool { return k.CloseFactors }, "is the product of two neighbours",
			"CVE-2022-26320", "CA/Browser Forum Baseline Requirements, Section 6.1.1.3"),
		rsaKeys("rsa-exponent", "The exponent of a key is no exponent",
			"With the exponent 1 everybody can sign for this server; an even one belongs to no key at all. Make a new key; the "+
				"usual exponent is 65537.",
			func(k evidence.PublicKey) bool { return wrongExponent(k.Exponent) }, "has an exponent that no RSA key can have",
			"RFC 8017, Section 3.1"),
	}
}

// wrongExponent tells exponents that are even, or below 3 (RFC 8017, Section 3.1).
func wrongExponent(e string) bool {
	return e == "1" || e != "" && strings.ContainsRune("02468aceACE", rune(e[len(e)-1]))
}

// rsaKeys is the check that no RSA key of a chain, but for that of a root, is one that match selects.
func rsaKeys(id, title, text string, match func(evidence.PublicKey) bool, yes string, refs ...string) Check {
	return Check{
		ID: id, Title: title, Text: text, Refs: refs,
		Needs: certificateNeeds(),
		Eval: perChain(func(s *Subject, p *policy.Policy, c shown) Finding {
			fine := good("no RSA key has that fault")
			for _, cert := range signed(c) {
				k := cert.PublicKey
				switch {
				case match(k):
					return bad(s, p.Check(id), "the key of "+label(cert)+" "+yes).seen([]string{label(cert), keyText(k)}, nil)
				case k.Algorithm != "" && keyKind(k.Algorithm) != policy.KeyRSA:
				case keyUnread(cert) != "":
					fine = undecided(keyUnread(cert))
				case !k.Tested && id != "rsa-exponent", k.Exponent == "":
					fine = undecided("the key of " + label(cert) + " was not looked at")
				}
			}
			return fine
		}),
	}
}
