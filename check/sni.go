package check

import (
	"slices"

	"github.com/mailtls/mailtls/policy"
)

func nameChecks() []Check {
	return []Check{{
		ID:    "sni-required",
		Title: "Clients that do not name the server get another certificate",
		Text: "Many mail servers, and some older mail programs, do not say which name they look for (SNI). They are shown a " +
			"certificate for another name. Make the certificate for the usual name the default one.",
		Refs:  []string{"RFC 6066, Section 3", "RFC 9325, Section 3.7", "RFC 7672, Section 8.1"},
		Needs: certificateNeeds(),
		Extra: true,
		Eval:  evalDefault,
	}}
}

// evalDefault judges a default certificate for another name only if there is one for the name: else cert-hostname does.
func evalDefault(s *Subject, p *policy.Policy) Finding {
	f := s.Endpoint.Facts.Certificates
	if s.Endpoint.Target.ServerName == "" || len(s.Names) == 0 {
		return notApplicable("the server was scanned without a name")
	}
	right, seen := false, false
	var wrong []string
	for _, chain := range f.Value {
		if len(chain.Certificates) == 0 {
			continue
		}
		c, ok := lookUp(s.Endpoint.Blobs.Certificates, chain)
		if !ok {
			return undecided("a certificate is missing from the evidence")
		}
		fits := slices.ContainsFunc(s.Names, func(n string) bool { return covers(c.leaf.Names, n) })
		right, seen = right || fits && chain.WithSNI, seen || chain.WithoutSNI
		if why := namesUnread(c.leaf); !fits && chain.WithoutSNI && why != "" {
			return undecided(why)
		}
		if !fits && chain.WithoutSNI {
			wrong = addOnce(wrong, label(c.leaf))
		}
	}
	switch {
	case !right:
		return notApplicable("no certificate is for the name of the server")
	case len(wrong) > 0:
		return bad(s, p.Check("sni-required"), "shows a certificate for another name to clients that name none").seen(wrong, f.From)
	case !seen:
		return undecided("what clients see that name no server was not found out")
	}
	return good("shows a certificate for its name to clients that name none, too").seen(nil, f.From)
}
