package report

import (
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// domainAt returns s as if it had been gathered at another time. What senders do stays what it was, but for what rests on
// certificates whose dates begin or end in between: that is not decided.
func domainAt(s *check.DomainSubject, at time.Time) *check.DomainSubject {
	out, d := *s, *s.Domain
	out.Domain, out.Endpoints = &d, make([]*evidence.Endpoint, len(s.Endpoints))
	d.At, d.Hops, d.Held = at, slices.Clone(d.Hops), slices.Clone(d.Held)
	for i, e := range s.Endpoints {
		out.Endpoints[i] = seenAt(e, at)
	}
	dates := func(protocol, host string, port int, address string) bool {
		return slices.ContainsFunc(s.Endpoints, func(e *evidence.Endpoint) bool {
			t := e.Target
			return t.Protocol == protocol && t.Host == host && t.Port == port && t.Address == address && otherDates(e, at)
		})
	}
	for i := range d.Hops {
		h := &d.Hops[i]
		if !dates("smtp", h.Host, 25, h.Address.String()) {
			continue
		}
		if dated(h.DANE) || slices.ContainsFunc(d.Held, func(x evidence.Held) bool {
			return x.Port == 25 && x.Host == h.Host && x.Address == h.Address && heldByDates(x)
		}) {
			h.DANE = outdated(h.DANE)
		}
		if h.STS.Outcome == evidence.Authenticated || h.STS.Outcome == evidence.Refused {
			h.STS = outdated(h.STS)
		}
	}
	for i := range d.Held {
		h := &d.Held[i]
		if dates(h.Protocol, h.Host, h.Port, h.Address.String()) && heldByDates(*h) {
			x := outdated(evidence.Decision{})
			h.Outcome, h.Cause, h.Why = x.Outcome, x.Cause, x.Why
		}
	}
	return &out
}

// heldByDates reports whether the dates of certificates decide what the records say of one of the chains.
func heldByDates(h evidence.Held) bool {
	return slices.ContainsFunc(h.Chains, func(c evidence.HeldChain) bool {
		return dated(evidence.Decision{Outcome: h.Outcome, Records: c.Records})
	})
}

// asOfScan says of a domain that is judged as of another time that what senders do is not, "" of others.
func asOfScan(d Domain) string {
	if d.Judged.At.IsZero() || len(d.Hops) == 0 {
		return ""
	}
	return "What senders do stands here as of the scan (" + d.At.UTC().Format(time.DateOnly) + "). Where certificates have come into their dates or out of them by " +
		d.Judged.At.UTC().Format(time.DateOnly) + ", it counts as not known."
}

func outdated(d evidence.Decision) evidence.Decision {
	return evidence.Decision{Outcome: evidence.Undecided, Records: d.Records,
		Why: "decided as of the scan, and since then certificates have come into their dates or out of them"}
}

// dated reports whether DANE has a sender look at the dates of certificates: not for what is certain without them, as records of
// usage 3 are (RFC 7672, Section 3.1.1).
func dated(d evidence.Decision) bool {
	return (d.Outcome == evidence.Authenticated || d.Outcome == evidence.Refused) &&
		slices.ContainsFunc(d.Records, func(r evidence.TLSAResult) bool { return r.Unusable == "" && !strings.HasPrefix(r.Record, "3 ") }) &&
		!slices.ContainsFunc(d.Records, func(r evidence.TLSAResult) bool { return r.Matches && strings.HasPrefix(r.Record, "3 ") })
}

// otherDates reports whether a certificate that the endpoint showed, or that a path of trust went through, is in its dates at one
// of the times of scan and at, and not at the other.
func otherDates(e *evidence.Endpoint, at time.Time) bool {
	for _, c := range e.Blobs.Certificates {
		if c != nil && phase(c, e.At) != phase(c, at) {
			return true
		}
	}
	return false
}

// phase is -1 before the dates of a certificate, 0 in them, and 1 after them.
func phase(c *evidence.Certificate, at time.Time) int {
	switch {
	case at.Before(c.NotBefore):
		return -1
	case at.After(c.NotAfter):
		return 1
	}
	return 0
}
