package check

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func paddingChecks() []Check {
	return []Check{{
		ID:    "padding-oracle",
		Title: "Contents of CBC records can be found out (padding oracle)",
		Text: "The server lets see what is wrong with a broken record of a CBC suite: its padding, or its MAC. Whoever is on the " +
			"line can replace parts of a user's records and learn from the answers what was in them, passwords first. Update the " +
			"TLS library, or the load balancer in front; until then switch the CBC suites off.",
		Refs: []string{"RFC 5246, Section 6.2.3.2", "CVE-2014-8730 (POODLE on TLS)", "CVE-2016-2107", "CVE-2019-1559 (zero length)",
			"CVE-2019-6485 (Sleeping POODLE)", "CVE-2019-6593 (GOLDENDOODLE)", "Merget et al., USENIX Security 2019"},
		Needs:  []evidence.Need{{Key: evidence.KeyPaddingOracle}},
		Active: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.PaddingOracle
			if !f.Value.Found {
				return good("answers all broken CBC records alike").seen(nil, f.From)
			}
			var names []string
			for _, k := range f.Value.Kinds {
				names = append(names, oracleName(k))
			}
			message := "lets see what is wrong with broken CBC records"
			if len(names) > 0 {
				message += ": " + strings.Join(names, ", ")
			}
			return bad(s, p.Check("padding-oracle"), message).seen(f.Value.Shown, f.From)
		},
	}}
}

// oracleName is what people call a kind of padding oracle.
func oracleName(kind string) string {
	switch kind {
	case "poodle-tls":
		return "POODLE on TLS"
	case "zombie-poodle":
		return "Zombie POODLE"
	case "goldendoodle":
		return "GOLDENDOODLE"
	case "sleeping-poodle":
		return "Sleeping POODLE"
	case "zero-length":
		return "zero length"
	}
	return strings.ToUpper(kind)
}
