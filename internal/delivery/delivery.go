// Package delivery says what senders of mail do with each exchanger of a domain, by what the DNS promises and what the exchanger
// shows: deliver, try another or later, or hold the mail back for good reason.
package delivery

import (
	"net/netip"
	"time"

	"github.com/mailtls/mailtls/dane"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/mtasts"
)

// Outcome is what a sender does with one address of one exchanger.
type Outcome string

// The outcomes.
const (
	Authenticated Outcome = "authenticated" // delivers, encrypted, to whom it has made sure of
	Encrypted     Outcome = "encrypted"     // delivers only encrypted, to whoever answers
	Opportunistic Outcome = "opportunistic" // delivers, encrypted if that works, to whoever answers
	Refused       Outcome = "refused"       // does not deliver to it: the mail waits, and comes back in the end if no other takes it
	Undecided     Outcome = "undecided"     // there is no telling
)

// A Decision is an outcome with its reason, and for DANE what each record said.
type Decision struct {
	Outcome Outcome
	Why     string
	Records []dane.Outcome
}

// Hop is one address of one exchanger, and what senders of both kinds do with it.
type Hop struct {
	Host       string
	Preference int
	Address    netip.Addr
	Endpoint   *evidence.Endpoint // nil: not scanned
	DANE       Decision
	STS        Decision
}

// Hops returns the addresses of all exchangers in the order in which they are tried, and what senders do with each. endpoints are
// those that were scanned.
func Hops(d *evidence.Domain, endpoints []*evidence.Endpoint) []Hop {
	var hops []Hop
	for _, x := range d.Exchange.Value.List {
		h := d.Hosts[x.Host]
		if h == nil {
			continue
		}
		for _, a := range h.Addresses.Value {
			hop := Hop{Host: x.Host, Preference: x.Preference, Address: a, Endpoint: find(endpoints, x.Host, a)}
			hop.DANE, hop.STS = byDANE(d, h, &hop), bySTS(d, &hop)
			hops = append(hops, hop)
		}
	}
	return hops
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
func (h *Hop) starttls() (answer evidence.Answer, why string) {
	switch {
	case h.Endpoint == nil:
		return evidence.Unsure, "this address was not scanned"
	case h.Endpoint.Facts.STARTTLS.State == evidence.Known && h.Endpoint.Facts.STARTTLS.Value.Works:
		return evidence.Yes, ""
	case h.Endpoint.Facts.STARTTLS.State == evidence.Known:
		return evidence.No, "it offers no STARTTLS that works"
	}
	return evidence.Unsure, h.Endpoint.Facts.STARTTLS.Why
}

// byDANE is what a sender does that heeds DANE and asks no more than RFC 7672 has it ask.
func byDANE(d *evidence.Domain, h *evidence.MailHost, hop *Hop) Decision {
	mx := d.Exchange.Value.DNSSEC
	switch {
	case mx.Status == "bogus":
		return Decision{Outcome: Refused, Why: "the MX records do not hold: " + mx.Why}
	case h.DNSSEC.Status == "bogus":
		return Decision{Outcome: Refused, Why: "the addresses do not hold: " + h.DNSSEC.Why}
	case mx.Status == "indeterminate" || h.DNSSEC.Status == "indeterminate":
		return Decision{Outcome: Undecided, Why: mx.Why + h.DNSSEC.Why}
	case mx.Status == "insecure":
		return Decision{Outcome: Opportunistic, Why: "the MX records are not signed"}
	case h.DNSSEC.Status == "insecure":
		return Decision{Outcome: Opportunistic, Why: "the addresses are not signed"}
	}
	f := h.TLSA[25]
	switch {
	case f.State != evidence.Known: // RFC 7672, Section 2.1.2: whoever cannot learn whether there are records must not go on
		return Decision{Outcome: Refused, Why: "whether there are TLSA records cannot be learned: " + f.Why}
	case f.Value.DNSSEC.Status == "bogus":
		return Decision{Outcome: Refused, Why: "the TLSA records do not hold: " + f.Value.DNSSEC.Why}
	case f.Value.DNSSEC.Status != "secure":
		return Decision{Outcome: Opportunistic, Why: "the TLSA records are not signed"}
	case len(f.Value.Records) == 0:
		return Decision{Outcome: Opportunistic, Why: "there are no TLSA records"}
	}
	return hop.checked(d, f.Value)
}

// checked holds TLSA records against what the exchanger shows.
func (h *Hop) checked(d *evidence.Domain, t evidence.TLSA) Decision {
	encrypts, why := h.starttls()
	if encrypts == evidence.No {
		return Decision{Outcome: Refused, Why: "it has TLSA records, and " + why}
	}
	records := make([]dane.Record, 0, len(t.Records))
	for _, s := range t.Records {
		if r, err := dane.Parse(s); err == nil {
			records = append(records, r)
		}
	}
	if encrypts == evidence.Unsure {
		return Decision{Outcome: Undecided, Why: why}
	}
	if !dane.Usable(dane.Verify(records, nil, nil, time.Time{})) {
		return Decision{Outcome: Encrypted, Why: "no TLSA record is usable", Records: dane.Verify(records, nil, nil, time.Time{})}
	}
	return h.everyChain(records, []string{h.Host, t.Base, d.Name})
}

// everyChain wants a match for every chain that the exchanger may show a sender, who cannot choose among them.
func (h *Hop) everyChain(records []dane.Record, names []string) Decision {
	f := h.Endpoint.Facts.Certificates
	if !f.Seen() || len(f.Value) == 0 {
		return Decision{Outcome: Undecided, Why: "its certificates were not seen: " + f.Why}
	}
	out := Decision{Outcome: Authenticated}
	for _, c := range f.Value {
		list := dane.Verify(records, h.certificates(c), names, h.Endpoint.At)
		if out.Records == nil || !dane.Authenticates(list) {
			out.Records = list
		}
		if !dane.Authenticates(list) {
			out.Outcome, out.Why = Refused, "no TLSA record matches its certificate"
			if len(f.Value) > 1 {
				out.Why = "no TLSA record matches one of its certificates"
			}
			return out
		}
	}
	if f.State == evidence.Partial {
		return Decision{Outcome: Undecided, Why: "it may show other certificates: " + f.Why, Records: out.Records}
	}
	return out
}

func (h *Hop) certificates(c evidence.Chain) (der [][]byte) {
	for _, key := range c.Certificates {
		if cert := h.Endpoint.Blobs.Certificates[key]; cert != nil {
			der = append(der, cert.DER)
		}
	}
	return der
}

// bySTS is what a sender does that heeds MTA-STS and has the policy of today.
func bySTS(d *evidence.Domain, hop *Hop) Decision {
	p := d.Policy
	switch {
	case d.STS.State == evidence.Unknown || p.State == evidence.Unknown:
		return Decision{Outcome: Undecided, Why: d.STS.Why + p.Why}
	case d.STS.State == evidence.Inapplicable:
		return Decision{Outcome: Opportunistic, Why: d.STS.Why}
	case d.STS.Value.Fault != "":
		return Decision{Outcome: Opportunistic, Why: "the record does not count: " + d.STS.Value.Fault}
	case p.Value.Fault != "":
		return Decision{Outcome: Opportunistic, Why: "there is no policy to heed: " + p.Value.Fault}
	case p.Value.Mode == string(mtasts.None):
		return Decision{Outcome: Opportunistic, Why: "the policy asks for nothing (mode none)"}
	}
	out := hop.byPolicy(mtasts.Policy{MX: p.Value.MX})
	if out.Outcome == Refused && p.Value.Mode == string(mtasts.Testing) {
		return Decision{Outcome: Opportunistic, Why: "would be refused if the policy were enforced: " + out.Why}
	}
	return out
}

func (h *Hop) byPolicy(p mtasts.Policy) Decision {
	if !p.Match(h.Host) {
		return Decision{Outcome: Refused, Why: "the policy does not name " + h.Host}
	}
	switch encrypts, why := h.starttls(); encrypts {
	case evidence.No:
		return Decision{Outcome: Refused, Why: why}
	case evidence.Unsure:
		return Decision{Outcome: Undecided, Why: why}
	}
	f := h.Endpoint.Facts.Certificates
	for _, c := range f.Value {
		switch {
		case c.Trust == nil:
			return Decision{Outcome: Undecided, Why: "whether its certificate is trusted was not decided"}
		case !c.Trust.Trusted:
			return Decision{Outcome: Refused, Why: "its certificate does not hold: " + reasons(c.Trust)}
		}
	}
	if f.State != evidence.Known || len(f.Value) == 0 {
		return Decision{Outcome: Undecided, Why: "its certificates were not all seen: " + f.Why}
	}
	return Decision{Outcome: Authenticated}
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
