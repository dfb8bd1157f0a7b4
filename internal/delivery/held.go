package delivery

import (
	"net/netip"

	"github.com/mailtls/mailtls/dane"
	"github.com/mailtls/mailtls/evidence"
)

// Held holds the TLSA records of every host and port against every chain that each of its endpoints shows. Where there are no
// records there is nothing to hold. It does so where DNSSEC does not vouch for them, too: the outcome says what comes of that.
func Held(d *evidence.Domain, endpoints []*evidence.Endpoint) []evidence.Held {
	var out []evidence.Held
	for _, e := range endpoints {
		t := e.Target
		h := d.Hosts[t.Host]
		address, err := netip.ParseAddr(t.Address)
		if h == nil || err != nil || len(h.TLSA[t.Port].Value.Records) == 0 {
			continue
		}
		at, tlsa := &hop{host: t.Host, endpoint: e}, h.TLSA[t.Port].Value
		names := []string{t.Host, tlsa.Base, d.Name}
		what := byTLSA(h, t.Port, at, names)
		if t.Port == 25 && t.Protocol == "smtp" {
			what = byDANE(d, h, at)
		}
		out = append(out, evidence.Held{Protocol: t.Protocol, Host: t.Host, Port: t.Port, Address: address,
			Outcome: what.Outcome, Cause: what.Cause, Why: what.Why, Chains: at.held(tlsa, names)})
	}
	return out
}

func (h *hop) held(t evidence.TLSA, names []string) []evidence.HeldChain {
	var out []evidence.HeldChain
	for _, c := range h.certificatesByName().Value {
		if len(c.Certificates) > 0 {
			out = append(out, evidence.HeldChain{Certificate: c.Certificates[0],
				Records: results(dane.Verify(parsed(t), h.certificates(c), names, h.endpoint.At))})
		}
	}
	return out
}
