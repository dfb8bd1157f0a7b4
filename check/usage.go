package check

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// usageChecks are on what a certificate may be used for.
func usageChecks() []Check {
	return []Check{
		{
			ID:    "cert-eku",
			Title: "The certificate is not meant for servers",
			Text: "It says what it is for (extended key usage), and TLS servers are not among that, so clients refuse it. Get a " +
				"certificate for servers.",
			Refs:  []string{"RFC 5280, Section 4.2.1.12"},
			Needs: certificateNeeds(),
			Eval: perChain(leafRead(func(s *Subject, p *policy.Policy, c shown) Finding {
				usage := c.leaf.ExtKeyUsage
				switch {
				case usage == nil && hasExtension(c.leaf, extKeyUsage):
					return undecided(unread(c.leaf, "what the certificate is meant for"))
				case usage == nil, slices.Contains(usage, "serverAuth"), slices.Contains(usage, "anyExtendedKeyUsage"):
					return good("is meant for servers")
				}
				return bad(s, p.Check("cert-eku"), "is meant for other things than servers").seen(usage, nil)
			})),
		},
		{
			ID:    "cert-ku",
			Title: "The certificate's key may not do what the server does with it",
			Text: "The certificate says what its key is for (key usage), and strict programs break off when the server uses it " +
				"otherwise: to sign (digitalSignature: TLS 1.3, ECDHE, DHE), or to decrypt (keyEncipherment: RSA key transport). Get a " +
				"certificate that allows it, or turn off what it forbids.",
			Refs: []string{"RFC 5280, Section 4.2.1.3", "RFC 9846, Section 4.4.2.2"},
			Needs: []evidence.Need{{Key: evidence.KeyCertificates}, {Key: evidence.KeySuites, Any: signsWith(tlswire.AuthRSA)},
				{Key: evidence.KeySuites, Any: signsWith(tlswire.AuthECDSA)}, {Key: evidence.KeySuites, Any: decryptsWith(tlswire.AuthRSA)}},
			Extra:   true,
			Settled: func(f *evidence.Facts) bool { return f.Certificates.State == evidence.Known && f.Suites.Seen() },
			Eval:    perChain(leafRead(evalKeyUsage)),
		},
		{
			ID:    "cert-wildcard",
			Title: "The certificate is for all names of a domain",
			Text: "Whoever gets hold of its key anywhere can pretend to be any server of the domain. Certificates for single names " +
				"are as easy to get; some rules (BSI TR-03116-4) ask for them.",
			Refs:  []string{"RFC 9525, Section 7.1"},
			Needs: certificateNeeds(),
			Eval: perChain(func(s *Subject, p *policy.Policy, c shown) Finding {
				wild := matching(c.leaf.Names.DNS, func(n string) bool { return strings.HasPrefix(n, "*.") })
				why := namesUnread(c.leaf)
				switch {
				case len(wild) > 0:
					return bad(s, p.Check("cert-wildcard"), "has a wildcard among its names").seen(wild, nil)
				case why != "":
					return undecided(why)
				}
				return good("has no wildcard among its names")
			}),
		},
	}
}

// extKeyUsage is the identifier of the extension that tells what a certificate is for (RFC 5280, Section 4.2.1.12).
const extKeyUsage = "2.5.29.37"

func hasExtension(c *evidence.Certificate, oid string) bool {
	return slices.ContainsFunc(c.Extensions, func(x evidence.CertExtension) bool { return x.OID == oid })
}

// evalKeyUsage looks at the suites that go with the kind of key: TLS 1.3 signs whatever its suite is.
func evalKeyUsage(s *Subject, p *policy.Policy, c shown) Finding {
	usage, key := c.leaf.KeyUsage, tlswire.AuthECDSA
	if kind := keyKind(c.leaf.PublicKey.Algorithm); kind == policy.KeyRSA {
		key = tlswire.AuthRSA
	}
	if usage == nil {
		return good("does not limit what its key is for")
	}
	var missing []string
	for _, need := range []struct {
		bit  string
		test suiteTest
	}{{"digitalSignature", signsWith(key)}, {"keyEncipherment", decryptsWith(key)}} {
		if slices.Contains(usage, need.bit) {
			continue
		}
		switch accepts(&s.Endpoint.Facts, need.test) {
		case evidence.Yes:
			missing = append(missing, need.bit)
		case evidence.Unsure:
			return undecided(s.Endpoint.Facts.Suites.Why)
		}
	}
	if len(missing) > 0 {
		return bad(s, p.Check("cert-ku"), "the server uses the key for what the certificate leaves out").seen(missing, nil)
	}
	return good("allows all that the server does with its key")
}

// signsWith matches the suites with which a server signs with a key of that kind.
func signsWith(key tlswire.Auth) suiteTest {
	return func(v tlswire.Version, i tlswire.SuiteInfo) bool {
		return v == tlswire.TLS13 || i.ForwardSecret && i.Auth == key
	}
}

// decryptsWith matches those with which it decrypts.
func decryptsWith(key tlswire.Auth) suiteTest {
	return func(_ tlswire.Version, i tlswire.SuiteInfo) bool {
		return i.KeyExchange == tlswire.KeyExchangeRSA && i.Auth == key
	}
}
