package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// proofChecks are on what goes with a certificate: proof that it was published, and that it is not revoked.
func proofChecks() []Check {
	return []Check{
		{
			ID:    "cert-no-sct",
			Title: "The certificate was not published",
			Text: "Certificates of public authorities are entered in public logs, and prove that by timestamps; Apple's programs " +
				"refuse those that do not. Your own authority needs no log.",
			Refs:  []string{"RFC 6962, Section 3.3", "Apple HT205280"},
			Needs: []evidence.Need{{Key: evidence.KeyCertificates}, {Key: evidence.KeyExtensions}},
			Extra: true,
			Eval:  perChain(leafRead(evalPublished)),
		},
		{
			ID:    "ocsp-must-staple",
			Title: "The certificate asks for an OCSP response that is not sent",
			Text: "The certificate tells clients to refuse it unless a fresh word of the authority comes with it, and none does. " +
				"Turn OCSP stapling on, or get a certificate without that demand (\"must-staple\").",
			Refs:  []string{"RFC 7633, Section 4", "RFC 6066, Section 8"},
			Needs: certificateNeeds(),
			Eval: perChain(leafRead(func(s *Subject, p *policy.Policy, c shown) Finding {
				switch {
				case c.leaf.MustStaple && !c.Stapled:
					return bad(s, p.Check("ocsp-must-staple"), "must come with an OCSP response and does not").seen([]string{label(c.leaf)}, nil)
				case c.leaf.MustStaple:
					return good("comes with the OCSP response that it asks for")
				}
				return good("does not ask for an OCSP response")
			})),
		},
		{
			ID:    "ocsp-stapling-missing",
			Title: "No OCSP response is sent along",
			Text: "Clients that want to know whether the certificate is revoked have to ask the authority, which then knows who " +
				"talks to whom. Few mail programs ask. Some authorities have given OCSP up; theirs are not meant here.",
			Refs:  []string{"RFC 6066, Section 8", "RFC 9325, Section 7.5"},
			Cause: []string{"ocsp-must-staple"},
			Needs: certificateNeeds(),
			Eval: perChain(leafRead(func(s *Subject, p *policy.Policy, c shown) Finding {
				switch {
				case len(c.leaf.OCSP) > 0 && !c.Stapled:
					return bad(s, p.Check("ocsp-stapling-missing"), "comes without an OCSP response").seen(c.leaf.OCSP, nil)
				case c.Stapled:
					return good("comes with an OCSP response")
				}
				return good("its authority has no OCSP")
			})),
		},
	}
}

// evalPublished finds timestamps in the certificate, beside it in TLS 1.3, or in an extension of the handshake.
func evalPublished(s *Subject, p *policy.Policy, c shown) Finding {
	beside := slices.Contains(c.Extensions, tlswire.ExtensionSCT) ||
		evidence.AnyIn(s.Endpoint.Facts.Extensions, func(_ tlswire.Version, e tlswire.ExtensionType) bool { return e == tlswire.ExtensionSCT }) == evidence.Yes
	switch {
	case c.Trust == nil:
		return undecided("whether the certificate leads to a trusted authority was not decided")
	case c.Trust.RootDN == "":
		return notApplicable("it does not come from a trusted authority")
	case c.leaf.SCTs > 0:
		return good("has " + count(c.leaf.SCTs, "timestamp") + " of public logs")
	case beside:
		return good("comes with timestamps of public logs")
	case slices.ContainsFunc(c.Staples, func(r evidence.OCSPResponse) bool { return r.SCTs > 0 }):
		return good("comes with timestamps of public logs, in the OCSP response")
	case c.Stapled && len(c.Staples) == 0: // RFC 6962, Section 3.3: they may be inside
		return undecided("timestamps may be in the OCSP response that comes with it, which was not kept")
	}
	return bad(s, p.Check("cert-no-sct"), "has no timestamp of a public log").seen([]string{label(c.leaf)}, nil)
}
