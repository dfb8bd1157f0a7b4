package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func trustChecks() []Check {
	return []Check{
		{
			ID:    "cert-untrusted",
			Title: "The certificate is not from a trusted authority",
			Text: "Mail programs warn or refuse. Get a certificate from a public authority (some are free), and install it with " +
				"all intermediate certificates.",
			Refs:  []string{"RFC 8314, Section 4.3", "RFC 8461, Section 4.2"},
			Cause: []string{"chain-incomplete", "cert-eku"},
			Needs: certificateNeeds(),
			Eval: func(s *Subject, p *policy.Policy) Finding {
				f := s.Endpoint.Facts.Certificates
				if slices.ContainsFunc(relevant(f.Value), func(c evidence.Chain) bool { return len(c.Certificates) == 0 }) {
					return bad(s, p.Check("cert-untrusted"), emptyChain).seen(nil, f.From)
				}
				return perChain(evalTrust)(s, p)
			},
		},
		{
			ID:    "cert-hostname",
			Title: "The certificate is for another name",
			Text: "A client that looks for this server by its name cannot tell it from an impostor: it warns, refuses, or does " +
				"not check at all. The name must be among the certificate's subject alternative names; the common name does " +
				"not count.",
			Refs:  []string{"RFC 9525, Section 6", "RFC 7817, Section 3", "RFC 8461, Section 4.1"},
			Needs: certificateNeeds(),
			Eval:  perChain(evalHostname),
		},
	}
}

// evalTrust leaves out the reasons that have checks of their own.
func evalTrust(s *Subject, p *policy.Policy, c shown) Finding {
	if c.Trust == nil {
		return undecided("whether the certificate leads to a trusted authority was not decided")
	}
	for _, reason := range c.Trust.Reasons {
		switch reason {
		case evidence.ExpiredPath, evidence.NotYetValid, evidence.NameMismatch, evidence.WeakSignature:
			continue
		}
		who := []string{label(c.leaf)}
		if name := issuer(c.leaf); name != "" {
			who = append(who, "issued by "+name)
		}
		return bad(s, p.Check("cert-untrusted"), describe(reason)).seen(who, nil)
	}
	if c.Trust.RootDN != "" {
		return good("leads to " + c.Trust.RootDN)
	}
	return good("leads to a trusted authority")
}

func describe(r evidence.TrustReason) string {
	switch r {
	case evidence.NoCertificate:
		return emptyChain
	case evidence.Unparseable:
		return "the certificate is malformed"
	case evidence.UnknownAuthority:
		return "comes from an authority that mail programs do not know"
	case evidence.IncompleteChain:
		return "the chain that is sent does not reach an authority that mail programs know"
	case evidence.SelfSignedLeaf:
		return "is its own issuer (self-signed)"
	case evidence.WrongUsage:
		return "is not meant for servers (extended key usage)"
	case evidence.ConstraintBroken:
		return "breaks a limit that an authority above it is bound to"
	case evidence.CriticalExtension:
		return "has a critical extension that clients do not know"
	case evidence.BadSignature:
		return "the signature does not fit the issuer's key"
	case evidence.UnsupportedKey:
		return "is signed by a kind of key that clients do not support"
	}
	return "does not lead to a trusted authority"
}

func issuer(c *evidence.Certificate) string {
	switch {
	case c.Issuer.Organization != "" && c.Issuer.CommonName != "":
		return c.Issuer.Organization + " " + c.Issuer.CommonName
	case c.Issuer.CommonName != "":
		return c.Issuer.CommonName
	}
	return c.Issuer.DN
}

func evalHostname(s *Subject, p *policy.Policy, c shown) Finding {
	if len(s.Names) == 0 && covers(c.leaf.Names, s.Endpoint.Target.Host) {
		return good("valid for the address " + s.Endpoint.Target.Host)
	}
	if len(s.Names) == 0 {
		return notApplicable("the server was scanned by its address; give --sni NAME to compare")
	}
	if slices.ContainsFunc(s.Names, func(n string) bool { return covers(c.leaf.Names, n) }) {
		return good("valid for " + and(s.Names))
	}
	if why := namesUnread(c.leaf); why != "" {
		return undecided(why)
	}
	names := slices.Concat(c.leaf.Names.DNS, c.leaf.Names.IP)
	if len(names) == 0 {
		return bad(s, p.Check("cert-hostname"), "names no server at all, so not "+and(s.Names)).seen([]string{label(c.leaf)}, nil)
	}
	return bad(s, p.Check("cert-hostname"), "not valid for "+and(s.Names)).seen(names, nil)
}
