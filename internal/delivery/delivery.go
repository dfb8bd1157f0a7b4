// Package delivery says what senders of mail do with each exchanger of a domain, by what the DNS promises and what the exchanger
// shows: deliver, try another or later, or hold the mail back for good reason.
package delivery

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

// A hop is one address of one exchanger, with what was seen there.
type hop struct {
	host     string
	endpoint *evidence.Endpoint // nil: not scanned
}

// Hops returns the addresses of all exchangers in the order in which they are tried, and what senders do with each. One without an
// address stands for those that are not known of an exchanger, and one without a host for the exchangers that are left out. endpoints
// are those that were scanned.
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
		if len(h.Addresses.Value) == 0 || h.Addresses.State != evidence.Known {
			none := without(h)
			hops = append(hops, evidence.Hop{Host: x.Host, Preference: x.Preference, DANE: none, STS: none})
		}
	}
	return append(hops, beyond(d.Exchange.Value)...)
}

// beyond is one hop for all exchangers that are left out: what senders do there is not known. They are tried after the last of those
// that are not, or beside it.
func beyond(x evidence.Exchange) []evidence.Hop {
	if x.LeftOut == 0 || len(x.List) == 0 {
		return nil
	}
	open := evidence.Decision{Outcome: evidence.Undecided, Why: fmt.Sprintf("%d more, beyond those that are looked at", x.LeftOut)}
	return []evidence.Hop{{Preference: x.List[len(x.List)-1].Preference, DANE: open, STS: open}}
}

// without is what senders do with an exchanger of which no address is known, or with the addresses of it that are not.
func without(h *evidence.MailHost) evidence.Decision {
	if h.Addresses.State == evidence.Known {
		return evidence.Decision{Outcome: evidence.Refused, Cause: evidence.NoAddress, Why: "it has no address"}
	}
	return evidence.Decision{Outcome: evidence.Undecided, Why: h.Addresses.Why}
}

// find returns the evidence about port 25 of an address of host.
func find(endpoints []*evidence.Endpoint, host string, a netip.Addr) *evidence.Endpoint {
	for _, e := range endpoints {
		if e.Target.Protocol == "smtp" && e.Target.Port == 25 && e.Target.Host == host && e.Target.Address == a.String() {
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
	case h.endpoint.Facts.STARTTLS.State == evidence.Inapplicable: // TLS from the first byte
		return evidence.Yes, ""
	case h.endpoint.Facts.STARTTLS.State == evidence.Known && h.endpoint.Facts.STARTTLS.Value.Works:
		return evidence.Yes, ""
	case h.endpoint.Facts.STARTTLS.State == evidence.Known:
		return evidence.No, "it offers no STARTTLS that works"
	}
	return evidence.Unsure, h.endpoint.Facts.STARTTLS.Why
}

// certificatesByName are those that the server shows to whoever names it, as senders have to that heed DANE (RFC 7672, Section 8.1)
// or MTA-STS (RFC 8461, Section 7.1).
func (h *hop) certificatesByName() evidence.Fact[[]evidence.Chain] {
	f := h.endpoint.Facts.Certificates
	if h.endpoint.Target.ServerName == "" { // nobody can name it
		return f
	}
	seen := len(f.Value)
	f.Value = slices.DeleteFunc(slices.Clone(f.Value), func(c evidence.Chain) bool { return c.WithoutSNI && !c.WithSNI })
	if seen > 0 && len(f.Value) == 0 {
		return evidence.Fact[[]evidence.Chain]{State: evidence.Unknown, Why: "none was shown to a client that names it"}
	}
	return f
}

func (h *hop) certificates(c evidence.Chain) (der [][]byte) {
	for _, key := range c.Certificates {
		if cert := h.endpoint.Blobs.Certificates[key]; cert != nil {
			der = append(der, cert.DER)
		}
	}
	return der
}
