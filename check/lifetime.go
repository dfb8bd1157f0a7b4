package check

import (
	"fmt"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func lifetimeChecks() []Check {
	return []Check{{
		ID:    "cert-validity-too-long",
		Title: "The certificate is valid for too long",
		Text: "Authorities may not issue for as long as they like (398 days since September 2020, 200 since March 2026, 100 from " +
			"March 2027, 47 from March 2029), and Apple's programs refuse what lasts longer, of private authorities too if it is " +
			"more than 825 days. Get a new one, and let a program renew it.",
		Refs:  []string{"CA/Browser Forum Baseline Requirements, Section 6.3.2", "CA/Browser Forum ballot SC-081v3", "Apple HT210176"},
		Needs: certificateNeeds(),
		Eval:  perChain(evalLifetime),
	}}
}

// limit is how many days a certificate may be valid that is issued from a day on.
type limit struct {
	from time.Time
	days int
}

// publicLimits bind the authorities that clients trust (Baseline Requirements, Section 6.3.2, and ballots 193, SC-31 and
// SC-081v3), the latest first. Before them it was 39 months.
func publicLimits() []limit {
	return []limit{
		{time.Date(2029, 3, 15, 0, 0, 0, 0, time.UTC), 47},
		{time.Date(2027, 3, 15, 0, 0, 0, 0, time.UTC), 100},
		{time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), 200},
		{time.Date(2020, 9, 1, 0, 0, 0, 0, time.UTC), 398},
		{time.Date(2018, 3, 1, 0, 0, 0, 0, time.UTC), 825},
	}
}

// privateLimits are Apple's, for all others.
func privateLimits() []limit { return []limit{{time.Date(2019, 7, 1, 0, 0, 0, 0, time.UTC), 825}} }

func evalLifetime(s *Subject, p *policy.Policy, c shown) Finding {
	from, until := c.leaf.NotBefore, c.leaf.NotAfter
	switch {
	case from.IsZero() || until.IsZero():
		return undecided(unread(c.leaf, "the certificate's dates"))
	case c.Trust == nil:
		return undecided("whether the certificate leads to a trusted authority was not decided")
	}
	limits, whose := privateLimits(), "Apple takes"
	if c.Trust.RootDN != "" {
		limits, whose = publicLimits(), "authorities may issue"
	}
	for _, l := range limits {
		if from.Before(l.from) {
			continue
		}
		if n := validDays(c.leaf); n > l.days {
			return bad(s, p.Check("cert-validity-too-long"), fmt.Sprintf("valid for %d days, where %s no more than %d", n, whose, l.days)).
				seen([]string{label(c.leaf)}, nil)
		}
		break
	}
	return good(fmt.Sprintf("valid for %d days in all", validDays(c.leaf)))
}

// validDays counts the days of a certificate as authorities must: the last second counts, and a day that has begun is one
// (Baseline Requirements, Section 6.3.2).
func validDays(c *evidence.Certificate) int {
	const second = 1
	seconds := c.NotAfter.Unix() - c.NotBefore.Unix() + second
	return int((seconds + 24*60*60 - 1) / (24 * 60 * 60))
}
