package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// domainName is a domain as people write it, with the name that the DNS has it by where that is another. ASCII is for those who can
// read nothing else.
func domainName(d *evidence.Domain, ascii bool) string {
	if d.Unicode == "" || ascii {
		return d.Name
	}
	return d.Unicode + " (" + d.Name + ")"
}

// domainOutcome is the verdict on a domain with its grade, or the bound of that.
func domainOutcome(d Domain) string {
	s := strings.ToUpper(d.Verdict.String())
	switch {
	case d.Grade != "":
		return s + "   grade " + string(d.Grade)
	case d.AtBest == "" || d.AtBest == "A+":
		return s
	}
	return s + "   grade " + string(d.AtBest) + " at best"
}

// roleOutcome is the same for what serves one purpose.
func roleOutcome(r RoleResult) string {
	s := strings.ToUpper(r.Verdict.String())
	switch {
	case r.Grade != "":
		return s + "   grade " + string(r.Grade)
	case r.AtBest == "" || r.AtBest == "A+":
		return s + "   no grade"
	}
	return s + "   grade " + string(r.AtBest) + " at best"
}

// rolesOf are the roles of a domain, worst first.
func rolesOf(d Domain) []RoleResult {
	out := slices.Clone(d.Roles)
	slices.SortStableFunc(out, func(a, b RoleResult) int { return severities[b.Verdict] - severities[a.Verdict] })
	return out
}

// inWords is a purpose for people.
func (p Purpose) inWords() string {
	if p == Incoming {
		return "mail in"
	}
	return string(p)
}

// missingRoles says of purposes for which nothing was scanned why that is.
func missingRoles(d Domain) []labelled {
	var out []labelled
	for _, p := range []Purpose{Incoming, Submission, Access} {
		if slices.ContainsFunc(d.Roles, func(r RoleResult) bool { return r.Purpose == p }) {
			continue
		}
		text := "no server of it answers"
		switch {
		case p == Incoming:
			text = "no mail exchanger could be scanned"
		case d.Services.State == evidence.Unknown || d.Services.State == evidence.NotSought:
			text = "not known whether there is a server"
		case !slices.ContainsFunc(d.Services.Value, func(s evidence.MailService) bool {
			return s.Host != "" && purposeOf(evidence.Target{Protocol: s.Protocol}) == p
		}):
			text = "no server was found"
		}
		out = append(out, labelled{p.inWords(), text})
	}
	return out
}

// takesMail reports whether mail can go to a domain, as far as is known.
func takesMail(d *evidence.Domain) bool {
	return d.Exchange.Seen() && (d.Exchange.Value.Kind == evidence.ByMX || d.Exchange.Value.Kind == evidence.Implicit)
}

// withoutMail says of a domain to which no mail goes why; "" for others.
func withoutMail(d *evidence.Domain, esc func(string) string) (check.Level, string) {
	switch {
	case takesMail(d):
		return check.Pass, ""
	case !d.Exchange.Seen():
		return check.Undecided, "Where its mail goes is not known: " + esc(d.Exchange.Why)
	case d.Exchange.Value.DNSSEC.Status == "bogus":
		return check.Undecided, "Whether it takes mail is not known: DNSSEC does not validate: " + esc(d.Exchange.Value.DNSSEC.Why)
	case d.Exchange.Value.Kind == evidence.NullMX:
		return check.Pass, "This domain takes no mail, and says so by a null MX record (RFC 7505): senders give up at once, as they should."
	case d.Exchange.Value.NoSuch:
		return check.NotApplicable, "There is no such domain. Is it spelled right?"
	}
	return check.NotApplicable, "No mail can go to this domain: it has neither an MX record nor an address."
}

// sizeOf says of what a domain's mail service consists, and what it took to look at it.
func sizeOf(r *Report, d Domain, own []Endpoint) []string {
	var purposes, addresses []string
	connectionsMade := 0
	end := d.At
	begin := d.At
	for _, p := range []Purpose{Incoming, Submission, Access} {
		if slices.ContainsFunc(d.Roles, func(r RoleResult) bool { return r.Purpose == p }) {
			purposes = append(purposes, p.inWords())
		}
	}
	for _, e := range own {
		addresses = union(addresses, []string{e.Target.Address})
		connectionsMade += e.Cost.Connections
		if e.At.Before(begin) {
			begin = e.At
		}
		if after := e.At.Add(e.Cost.Wall); after.After(end) {
			end = after
		}
	}
	if len(own) == 0 {
		return []string{"no server was scanned", d.At.UTC().Format("2006-01-02 15:04 UTC")}
	}
	took := end.Sub(begin)
	if len(own) == len(r.Endpoints) { // the run was about this domain, and the DNS took its time, too
		took = max(took, r.Run.Wall)
	}
	text := inSeries(purposes) + " over "
	if n := len(d.Exchange.Value.List) + d.Exchange.Value.LeftOut; n > 0 {
		text += fmt.Sprintf("%d MX, ", n)
	}
	noun := "address"
	if len(addresses) != 1 {
		noun = "addresses"
	}
	text += fmt.Sprintf("%d %s, %s", len(addresses), noun, plural(len(own), "port"))
	return []string{text, d.At.UTC().Format("2006-01-02 15:04 UTC"), shortly(took), connections(connectionsMade)}
}

// shortly writes how long a scan took.
func shortly(d time.Duration) string {
	if d < 10*time.Second {
		return seconds(d)
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// inSeries writes words as in "a, b and c".
func inSeries(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}

// capsIn are the reasons against a better grade of a domain or at any of its endpoints, by grade, worst first.
func capsIn(d Domain, own []Endpoint) []labelled {
	var out []labelled
	for _, g := range slices.Backward(policy.Grades()) {
		var checks []string
		caps := d.Caps
		for _, e := range own {
			caps = slices.Concat(caps, e.Caps)
		}
		for _, c := range caps {
			if c.Grade == g {
				checks = union(checks, []string{c.Check})
			}
		}
		if len(checks) > 0 {
			out = append(out, labelled{string(g), strings.Join(checks, ", ")})
		}
	}
	return out
}

// others returns the endpoints of r that belong to none of its domains.
func (r *Report) others() []Endpoint {
	var out []Endpoint
	for _, e := range r.Endpoints {
		if !r.ofDomain(e) {
			out = append(out, e)
		}
	}
	return out
}

// ofDomain reports whether an endpoint is one of a domain's.
func (r *Report) ofDomain(e Endpoint) bool {
	return slices.ContainsFunc(r.Domains, func(d Domain) bool { return serves(d.Domain, e.Target) })
}

// withAddress are the hops that have an address.
func withAddress(hops []evidence.Hop) []evidence.Hop {
	return slices.DeleteFunc(slices.Clone(hops), func(h evidence.Hop) bool { return !h.Address.IsValid() })
}

// exchangerName is what the host of a hop is called.
func exchangerName(host string) string { return cmp.Or(host, "further exchangers") }

// sameDecision returns what senders do with all hops alike, if they do.
func sameDecision(hops []evidence.Hop, of func(evidence.Hop) evidence.Decision) (evidence.Decision, bool) {
	for _, h := range hops {
		if a, b := of(h), of(hops[0]); a.Outcome != b.Outcome || a.Why != b.Why {
			return evidence.Decision{}, false
		}
	}
	if len(hops) == 0 {
		return evidence.Decision{}, false
	}
	return of(hops[0]), true
}

// acceptedOfDomain says how many findings are accepted, and what the verdict is without them.
func acceptedOfDomain(d Domain, own []Endpoint) string {
	if d.Remaining == nil {
		return ""
	}
	n := 0
	for _, f := range d.Findings {
		if f.Accepted != nil {
			n++
		}
	}
	for _, e := range own {
		n += acceptedIn(e)
	}
	return fmt.Sprintf("%s accepted; without that: %s", plural(n, "finding"), strings.ToUpper(d.Remaining.String()))
}
