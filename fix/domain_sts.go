package fix

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

func stsCures() []domainCure {
	same := func(z *zone) []Step { return z.policySteps(z.mode()) }
	return []domainCure{
		{"mta-sts-missing", func(z *zone) []Step {
			return append(z.policySteps("testing"), Step{Note: "mta-sts." + z.d.Name + " has to lead to a web server with a certificate for that name. Once no report " +
				"of TLSRPT tells of a failure, set the mode to enforce, with a new id."})
		}},
		{"mta-sts-txt-invalid", func(z *zone) []Step { return []Step{z.newID()} }},
		{"mta-sts-policy-unreachable", func(z *zone) []Step {
			return append(same(z), Step{Note: "It has to be there as text/plain, with status 200 and no redirect, at port 443, under a certificate of a public authority for mta-sts." + z.d.Name + "."})
		}},
		{"mta-sts-mode-testing", func(z *zone) []Step { return z.enforced() }},
		{"mta-sts-mode-none", func(z *zone) []Step { return z.policySteps("testing") }},
		{"mta-sts-max-age-low", same},
		{"mta-sts-wildcard-host-cert", func(z *zone) []Step { return certificateFor("mta-sts." + z.d.Name) }},
		{"mta-sts-mx-mismatch", same},
		{"mta-sts-cert", func(z *zone) []Step { return z.renewed() }},
	}
}

// policyUsed reports whether there is a policy that senders can read.
func (z *zone) policyUsed() bool {
	return z.d.STS.Seen() && z.d.STS.Value.Fault == "" && z.d.Policy.Seen() && z.d.Policy.Value.Fault == "" && z.d.Policy.Value.Mode != ""
}

// mode is that of the policy that there is; one that nobody has read begins with testing.
func (z *zone) mode() string {
	if z.policyUsed() {
		return z.d.Policy.Value.Mode
	}
	return "testing"
}

// policyNames reports whether the policy is about a host (RFC 8461, Section 4.1).
func (z *zone) policyNames(host string) bool {
	_, rest, _ := strings.Cut(host, ".")
	return slices.ContainsFunc(z.d.Policy.Value.MX, func(mx string) bool { return strings.EqualFold(mx, host) || strings.EqualFold(mx, "*."+rest) })
}

// How long a policy is to be good for: the least that is worth it, while it is tried out, and what an enforced one gets.
const (
	testingAge = 7 * 24 * time.Hour
	enforceAge = 30 * 24 * time.Hour
)

// policySteps are the whole policy for this domain, and the record that tells of it: the file first, so that who sees the new id finds
// it (RFC 8461, Section 8.1). What exchangers that are aliases lead to is named as well, since it has to take their place.
func (z *zone) policySteps(mode string) []Step {
	old := z.d.Policy.Value
	age := testingAge
	if mode == "enforce" {
		age = enforceAge
	}
	var mx, added []string
	if z.policyUsed() {
		if old.MaxAge >= testingAge {
			age = old.MaxAge
		}
		for _, m := range old.MX {
			if plainName(strings.TrimPrefix(m, "*.")) && !strings.HasSuffix(m, ".") {
				mx = addOnce(mx, strings.ToLower(m))
			}
		}
	}
	for _, host := range append(z.exchangers(), z.targets()...) {
		if !z.policyUsed() || !z.policyNames(host) {
			mx, added = addOnce(mx, host), addOnce(added, host)
		}
	}
	file := Step{Where: "the file https://mta-sts." + z.d.Name + "/.well-known/mta-sts.txt", Lines: []string{"version: STSv1", "mode: " + mode}}
	if len(mx) == 0 || !plainName(z.d.Name) {
		return note("Which exchangers the policy has to name was not seen.")
	}
	for _, m := range mx {
		file.Lines = append(file.Lines, "mx: "+m)
	}
	file.Lines = append(file.Lines, fmt.Sprintf("max_age: %d", age/time.Second))
	file.Note = sentences(z.doubts(added), z.unnamed())
	return []Step{file, z.newID()}
}

// unnamed says that the policy has to name more exchangers, "" if all were looked at.
func (z *zone) unnamed() string {
	if n := z.d.Exchange.Value.LeftOut; n > 0 {
		return fmt.Sprintf("The domain has %d more exchangers, which were not looked at: the policy has to name them, too.", n)
	}
	return ""
}

// doubts says which of some exchangers have no certificate that senders take.
func (z *zone) doubts(hosts []string) string {
	var bad []string
	for _, host := range hosts {
		for _, e := range z.at(host, 25) {
			if yes, why := encrypts(e); yes == evidence.No {
				bad = addOnce(bad, host+" ("+why+")")
			}
			list, _ := chains(e)
			for _, c := range list {
				if c.Trust != nil && !c.Trust.Trusted {
					bad = addOnce(bad, host+" (its certificate does not hold)")
				}
			}
		}
	}
	if len(bad) == 0 {
		return ""
	}
	return "Enforced, it keeps mail away from " + strings.Join(bad, ", ") + "."
}

// newID is the record, with an id that it did not have before. Whatever else begins with v=STSv1 at that name has to go.
func (z *zone) newID() Step {
	id := z.d.At.UTC().Format("20060102T150405")
	if id == z.d.STS.Value.ID {
		id += "a"
	}
	return Step{Where: Instead, Lines: line("_mta-sts."+z.d.Name, "TXT", `"v=STSv1; id=`+id+`;"`)}
}

// enforced is the policy in mode enforce, where all exchangers were seen and nothing speaks against it.
func (z *zone) enforced() []Step {
	if why := z.notYet(); why != "" {
		return note("Not yet: " + why + ".")
	}
	return append(z.policySteps("enforce"), Step{Note: "All that was seen here would pass. Look at the reports of TLSRPT of some weeks before, since senders see more."})
}

// notYet says why an enforced policy might keep mail away, "" if nothing tells that it would. To have seen nothing is no reason to enforce.
func (z *zone) notYet() string {
	x := z.d.Exchange
	switch {
	case x.State != evidence.Known:
		return strings.TrimSuffix("which exchangers the domain has was not seen ("+x.Why+")", " ()")
	case x.Value.LeftOut > 0:
		return fmt.Sprintf("%d more exchangers were not looked at", x.Value.LeftOut)
	}
	passes := false
	var bad []string
	for _, h := range z.d.Hops {
		passes = passes || h.STS.Outcome == evidence.Authenticated
		if h.STS.Outcome != evidence.Authenticated && h.STS.Cause != evidence.NoAddress {
			bad = addOnce(bad, strings.TrimSpace(h.Host+" ("+strings.TrimPrefix(h.STS.Why, "would be refused if the policy were enforced: ")+")"))
		}
	}
	switch {
	case len(bad) > 0:
		return "it is not certain that senders could deliver to " + strings.Join(bad, ", ")
	case !passes:
		return "no exchanger was seen to which senders could deliver"
	}
	return ""
}

// certificateFor has a certificate issued.
func certificateFor(names ...string) []Step {
	out := Step{For: "on that server, for a certificate of Let's Encrypt, " + notTried}
	for _, n := range names {
		if plainName(n) {
			out.Lines = append(out.Lines, "certbot certonly --standalone -d "+n)
		}
	}
	return []Step{out}
}

// renewed is for exchangers whose certificate senders do not take.
func (z *zone) renewed() []Step {
	var hosts []string
	warning := ""
	for _, h := range z.d.Hops {
		if h.STS.Cause == evidence.Untrusted {
			hosts = addOnce(hosts, h.Host)
			if len(z.published(socket{h.Host, 25})) > 0 {
				warning = "There are TLSA records: a certificate with another key needs its record in the zone before it is used."
			}
		}
	}
	if len(hosts) == 0 {
		return note("Make STARTTLS work there; which settings that takes stands with that server.")
	}
	out := certificateFor(hosts...)
	out[0].Note = "What is wrong with the certificate stands with that server. Have the server send the whole chain, but for the root."
	out[0].Warning = warning
	return out
}
