// Package delivery says what senders of mail do with each exchanger of a domain, by what the DNS promises and what the exchanger
// shows: deliver, try another or later, or hold the mail back for good reason.
package delivery

import (
	"net/netip"
	"slices"
	"time"

	"github.com/mailtls/mailtls/dane"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/mtasts"
)

// A hop is one address of one exchanger, with what was seen there.
type hop struct {
	host     string
	endpoint *evidence.Endpoint // nil: not scanned
}

// Hops returns the addresses of all exchangers in the order in which they are tried, and what senders do with each. endpoints are
// those that were scanned.
func Hops(d *evidence.Domain, endpoints []*evidence.Endpoint) []evidence.Hop {
	var hops []evidence.Hop
	for _, x := range d.Exchange.Value.List {
		h := d.Hosts[x.Host]
		if h == nil {
			continue
		}
		for _, a := range h.Addresses.Value {
			one := &hop{host: x.Host, endpoint: find(endpoints, x.Host, a)}
			hops = append(hops, evidence.Hop{Host: x.Host, Preference: x.Preference, Address: a, DANE: byDANE(d, h, one), STS: bySTS(d, one)})
		}
		if len(h.Addresses.Value) == 0 {
			none := without(h)
			hops = append(hops, evidence.Hop{Host: x.Host, Preference: x.Preference, DANE: none, STS: none})
		}
	}
	return hops
}

// without is what senders do with an exchanger of which no address is known.
func without(h *evidence.MailHost) evidence.Decision {
	if h.Addresses.State == evidence.Known {
		return evidence.Decision{Outcome: evidence.Refused, Why: "it has no address"}
	}
	return evidence.Decision{Outcome: evidence.Undecided, Why: h.Addresses.Why}
}

// find returns the evidence about port 25 of an address of host.
func find(endpoints []*evidence.Endpoint, host string, a netip.Addr) *evidence.Endpoint {
	for _, e := range endpoints {
		if e.Target.Protocol == "smtp" && e.Target.Host == host && e.Target.Address == a.String() {
			return e
		}
	}
	return nil
}

// starttls reports whether the exchanger encrypts. why is the reason if it is not known.
func (h *hop) starttls() (answer evidence.Answer, why string) {
	switch {
	case h.endpoint == nil:
		return evidence.Unsure, "this address was not scanned"
	case h.endpoint.Facts.STARTTLS.State == evidence.Known && h.endpoint.Facts.STARTTLS.Value.Works:
		return evidence.Yes, ""
	case h.endpoint.Facts.STARTTLS.State == evidence.Known:
		return evidence.No, "it offers no STARTTLS that works"
	}
	return evidence.Unsure, h.endpoint.Facts.STARTTLS.Why
}

// byDANE is what a sender does that heeds DANE and asks no more than RFC 7672 has it ask.
func byDANE(d *evidence.Domain, h *evidence.MailHost, at *hop) evidence.Decision {
	mx := d.Exchange.Value.DNSSEC
	switch {
	case mx.Status == "bogus":
		return evidence.Decision{Outcome: evidence.Refused, Why: "the MX records do not hold: " + mx.Why}
	case h.DNSSEC.Status == "bogus":
		return evidence.Decision{Outcome: evidence.Refused, Why: "the addresses do not hold: " + h.DNSSEC.Why}
	case mx.Status == "indeterminate" || h.DNSSEC.Status == "indeterminate":
		return evidence.Decision{Outcome: evidence.Undecided, Why: mx.Why + h.DNSSEC.Why}
	case mx.Status == "insecure":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the MX records are not signed"}
	}
	f := h.TLSA[25]
	switch {
	case h.DNSSEC.Status == "insecure" && f.State == evidence.Inapplicable: // it is not: a signed alias may have records
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the addresses are not signed"}
	case f.State != evidence.Known: // RFC 7672, Section 2.1.2: whoever cannot learn whether there are records must not go on
		return evidence.Decision{Outcome: evidence.Refused, Why: "whether there are TLSA records cannot be learned: " + f.Why}
	case f.Value.DNSSEC.Status == "bogus":
		return evidence.Decision{Outcome: evidence.Refused, Why: "the TLSA records do not hold: " + f.Value.DNSSEC.Why}
	case f.Value.DNSSEC.Status != "secure":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the TLSA records are not signed"}
	case len(f.Value.Records) == 0:
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "there are no TLSA records"}
	}
	return at.checked(d, f.Value)
}

// checked holds TLSA records against what the exchanger shows.
func (h *hop) checked(d *evidence.Domain, t evidence.TLSA) evidence.Decision {
	encrypts, why := h.starttls()
	if encrypts == evidence.No {
		return evidence.Decision{Outcome: evidence.Refused, Why: "it has TLSA records, and " + why}
	}
	records := make([]dane.Record, 0, len(t.Records))
	for _, s := range t.Records {
		if r, err := dane.Parse(s); err == nil {
			records = append(records, r)
		}
	}
	if encrypts == evidence.Unsure {
		return evidence.Decision{Outcome: evidence.Undecided, Why: why}
	}
	if !dane.Usable(dane.Verify(records, nil, nil, time.Time{})) {
		return evidence.Decision{Outcome: evidence.Encrypted, Why: "no TLSA record is usable", Records: results(dane.Verify(records, nil, nil, time.Time{}))}
	}
	return h.everyChain(records, []string{h.host, t.Base, d.Name})
}

// everyChain wants a match for every chain that the exchanger may show a sender, who cannot choose among them.
func (h *hop) everyChain(records []dane.Record, names []string) evidence.Decision {
	f := h.certificatesByName()
	if !f.Seen() || len(f.Value) == 0 {
		return evidence.Decision{Outcome: evidence.Undecided, Why: "its certificates were not seen: " + f.Why}
	}
	out := evidence.Decision{Outcome: evidence.Authenticated}
	for _, c := range f.Value {
		list := dane.Verify(records, h.certificates(c), names, h.endpoint.At)
		if out.Records == nil || !dane.Authenticates(list) {
			out.Records = results(list)
		}
		if !dane.Authenticates(list) {
			out.Outcome, out.Why = evidence.Refused, "no TLSA record matches its certificate"
			if len(f.Value) > 1 {
				out.Why = "no TLSA record matches one of its certificates"
			}
			return out
		}
	}
	if f.State == evidence.Partial {
		return evidence.Decision{Outcome: evidence.Undecided, Why: "it may show other certificates: " + f.Why, Records: out.Records}
	}
	return out
}

// certificatesByName are those that the exchanger shows to whoever names it, as senders have to that heed DANE (RFC 7672, Section 8.1)
// or MTA-STS (RFC 8461, Section 7.1).
func (h *hop) certificatesByName() evidence.Fact[[]evidence.Chain] {
	f := h.endpoint.Facts.Certificates
	seen := len(f.Value)
	f.Value = slices.DeleteFunc(slices.Clone(f.Value), func(c evidence.Chain) bool { return c.WithoutSNI && !c.WithSNI })
	if seen > 0 && len(f.Value) == 0 {
		return evidence.Fact[[]evidence.Chain]{State: evidence.Unknown, Why: "none was shown to a client that names it"}
	}
	return f
}

func results(list []dane.Outcome) []evidence.TLSAResult {
	out := make([]evidence.TLSAResult, len(list))
	for i, o := range list {
		out[i] = evidence.TLSAResult{Record: o.Record.String(), Unusable: o.Unusable, Matches: o.Matches, Position: o.Position, Why: o.Why}
	}
	return out
}

func (h *hop) certificates(c evidence.Chain) (der [][]byte) {
	for _, key := range c.Certificates {
		if cert := h.endpoint.Blobs.Certificates[key]; cert != nil {
			der = append(der, cert.DER)
		}
	}
	return der
}

// bySTS is what a sender does that heeds MTA-STS and has the policy of today.
func bySTS(d *evidence.Domain, at *hop) evidence.Decision {
	p := d.Policy
	switch {
	case d.STS.State == evidence.Unknown || p.State == evidence.Unknown:
		return evidence.Decision{Outcome: evidence.Undecided, Why: d.STS.Why + p.Why}
	case d.STS.State == evidence.Inapplicable:
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: d.STS.Why}
	case d.STS.Value.Fault != "":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the record does not count: " + d.STS.Value.Fault}
	case p.Value.Fault != "":
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "there is no policy to heed: " + p.Value.Fault}
	case p.Value.Mode == string(mtasts.None):
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "the policy asks for nothing (mode none)"}
	}
	out := at.byPolicy(mtasts.Policy{MX: p.Value.MX})
	if out.Outcome == evidence.Refused && p.Value.Mode == string(mtasts.Testing) {
		return evidence.Decision{Outcome: evidence.Opportunistic, Why: "would be refused if the policy were enforced: " + out.Why}
	}
	return out
}

func (h *hop) byPolicy(p mtasts.Policy) evidence.Decision {
	if !p.Match(h.host) {
		return evidence.Decision{Outcome: evidence.Refused, Why: "the policy does not name " + h.host}
	}
	switch encrypts, why := h.starttls(); encrypts {
	case evidence.No:
		return evidence.Decision{Outcome: evidence.Refused, Why: why}
	case evidence.Unsure:
		return evidence.Decision{Outcome: evidence.Undecided, Why: why}
	}
	f := h.certificatesByName()
	for _, c := range f.Value {
		switch {
		case c.Trust == nil:
			return evidence.Decision{Outcome: evidence.Undecided, Why: "whether its certificate is trusted was not decided"}
		case !c.Trust.Trusted:
			return evidence.Decision{Outcome: evidence.Refused, Why: "its certificate does not hold: " + reasons(c.Trust)}
		}
	}
	if f.State != evidence.Known || len(f.Value) == 0 {
		return evidence.Decision{Outcome: evidence.Undecided, Why: "its certificates were not all seen: " + f.Why}
	}
	return evidence.Decision{Outcome: evidence.Authenticated}
}

func reasons(t *evidence.TrustResult) string {
	s := ""
	for i, r := range t.Reasons {
		if i > 0 {
			s += ", "
		}
		s += string(r)
	}
	return s
}
