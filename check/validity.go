package check

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

const day = 24 * time.Hour

func validityChecks() []Check {
	return []Check{
		{
			ID:    "cert-expired",
			Title: "The certificate has expired",
			Text: "Mail programs warn or refuse. Renew the certificate, and reload the server: often the new one is there but " +
				"not in use.",
			Refs:  []string{"RFC 5280, Section 4.1.2.5", "RFC 8314, Section 4.3"},
			Needs: certificateNeeds(),
			Eval:  perChain(evalExpired),
		},
		{
			ID:    "cert-not-yet-valid",
			Title: "The certificate is not valid yet",
			Text:  "Mail programs warn or refuse. Look at the server's clock, or wait.",
			Refs:  []string{"RFC 5280, Section 4.1.2.5"},
			Needs: certificateNeeds(),
			Eval:  perChain(evalNotYetValid),
		},
		{
			ID:    "cert-expiring",
			Title: "The certificate expires soon",
			Text:  "If it is renewed by a program, that should have happened by now: look at its log.",
			Refs:  []string{"RFC 5280, Section 4.1.2.5"},
			Needs: certificateNeeds(),
			Eval:  perChain(evalExpiring),
		},
	}
}

func evalExpired(s *Subject, p *policy.Policy, c shown) Finding {
	end := c.leaf.NotAfter
	switch {
	case end.IsZero():
		return undecided(unread(c.leaf, "the certificate's end date"))
	case s.Endpoint.At.After(end):
		return bad(s, p.Check("cert-expired"), fmt.Sprintf("expired on %s, %s ago", date(end), days(s.Endpoint.At.Sub(end)))).
			seen([]string{label(c.leaf)}, nil)
	case c.Trust != nil && slices.Contains(c.Trust.Reasons, evidence.ExpiredPath):
		return bad(s, p.Check("cert-expired"), "a certificate above it has expired").seen([]string{label(c.leaf)}, nil)
	}
	return good("valid until " + date(end))
}

func evalNotYetValid(s *Subject, p *policy.Policy, c shown) Finding {
	start := c.leaf.NotBefore
	switch {
	case start.IsZero():
		return undecided(unread(c.leaf, "the certificate's start date"))
	case s.Endpoint.At.Before(start):
		return bad(s, p.Check("cert-not-yet-valid"), fmt.Sprintf("valid from %s, in %s", date(start), days(start.Sub(s.Endpoint.At)))).
			seen([]string{label(c.leaf)}, nil)
	case c.Trust != nil && slices.Contains(c.Trust.Reasons, evidence.NotYetValid):
		return bad(s, p.Check("cert-not-yet-valid"), "a certificate above it is not valid yet").seen([]string{label(c.leaf)}, nil)
	}
	return good("valid since " + date(start))
}

// evalExpiring warns when few days are left; of short-lived certificates, when less than a third of their life is.
func evalExpiring(s *Subject, p *policy.Policy, c shown) Finding {
	if c.leaf.NotAfter.IsZero() || c.leaf.NotBefore.IsZero() {
		return undecided(unread(c.leaf, "the certificate's dates"))
	}
	left := c.leaf.NotAfter.Sub(s.Endpoint.At)
	soon := min(time.Duration(p.ExpiringDays)*day, c.leaf.NotAfter.Sub(c.leaf.NotBefore)/3)
	switch {
	case left < 0:
		return notApplicable("it has expired")
	case left < soon:
		return bad(s, p.Check("cert-expiring"), fmt.Sprintf("expires on %s, in %s", date(c.leaf.NotAfter), days(left))).
			seen([]string{label(c.leaf)}, nil)
	}
	return good("valid for " + days(left) + " more")
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func days(d time.Duration) string {
	if d < 2*day {
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/day), "day")
}
