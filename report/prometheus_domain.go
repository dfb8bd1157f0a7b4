package report

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// domainMetric is one family of the exposition about domains.
type domainMetric struct {
	name, help string
	samples    func(Domain) []sample // labels beside that of the domain
}

func domainMetrics() []domainMetric {
	return []domainMetric{
		{"mailtls_domain_verdict", "1 for the verdict on the domain, 0 for the others.", func(d Domain) []sample { return verdictSamples(d.Verdict) }},
		{"mailtls_domain_remaining_verdict", "The same for the verdict on what is not accepted.", func(d Domain) []sample { return verdictSamples(d.remaining()) }},
		{"mailtls_domain_role_verdict", "1 for the verdict on the servers of the domain that serve a purpose, 0 for the others.", func(d Domain) []sample {
			var out []sample
			for _, r := range d.Roles {
				out = append(out, verdictSamples(r.Verdict, "purpose", string(r.Purpose))...)
			}
			return out
		}},
		{"mailtls_domain_findings", "How many checks on the domain came out at each level.", func(d Domain) []sample { return levelSamples(d.Findings) }},
		{"mailtls_domain_finding", "1 for each check on the domain that fails, warns or is undecided.", func(d Domain) []sample { return findingSamples(d.Findings) }},
		{"mailtls_domain_accepted_until_timestamp_seconds", "When the acceptance of a finding on the domain ends, or ended.", func(d Domain) []sample {
			return acceptedSamples(d.Findings)
		}},
		{"mailtls_domain_policy_verdict", "1 for the verdict of another policy on the domain, 0 for the others.", func(d Domain) []sample { return otherVerdictSamples(d.Others) }},
		{"mailtls_domain_policy_finding", "1 for each row of another policy that fails, warns or is undecided.", func(d Domain) []sample { return otherFindingSamples(d.Others) }},
		{"mailtls_domain_exchanger_addresses", "How many addresses of mail exchangers a sender that heeds DANE or MTA-STS treats how.", outcomeSamples},
		{"mailtls_domain_scan_timestamp_seconds", "When the domain was looked up.", func(d Domain) []sample { return one(float64(d.At.Unix())) }},
		{"mailtls_domain_judged_info", "By what the domain was judged.", func(d Domain) []sample {
			return one(1, "policy", d.Judged.Policy, "policy_version", d.Judged.Version, "policy_sha256", d.Judged.SHA256, "resolver", d.Resolver,
				"dnssec", d.DNSSEC, "evidence_sha256", d.SHA256)
		}},
	}
}

// outcomeSamples count the addresses of exchangers by what senders do.
func outcomeSamples(d Domain) []sample {
	var out []sample
	for _, by := range []struct {
		sender   string
		decision func(evidence.Hop) evidence.Decision
	}{{"dane", func(h evidence.Hop) evidence.Decision { return h.DANE }}, {"mta_sts", func(h evidence.Hop) evidence.Decision { return h.STS }}} {
		for _, o := range outcomes() {
			n := 0
			for _, h := range d.Hops {
				n += int(number(string(by.decision(h).Outcome) == o))
			}
			out = append(out, sample{[]string{"sender", by.sender, "outcome", o}, float64(n)})
		}
	}
	return out
}

// domainFamilies writes the families about domains, if there are any.
func domainFamilies(b *strings.Builder, r *Report) {
	if len(r.Domains) == 0 {
		return
	}
	for _, m := range domainMetrics() {
		fmt.Fprintf(b, "# HELP %s %s\n# TYPE %[1]s gauge\n", m.name, m.help)
		seen := make(map[string]bool)
		for _, d := range r.Domains {
			if own := []string{"domain", d.Name}; !seen[labels(own...)] {
				seen[labels(own...)] = true
				writeSamples(b, m.name, own, m.samples(d))
			}
		}
	}
}
