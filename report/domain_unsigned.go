package report

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// unvouched reports whether nobody asked for the records of a host for want of knowing whether its addresses are signed. Evidence of before
// calls that inapplicable.
func (t *dnsTeller) unvouched(h *evidence.MailHost, f evidence.Fact[evidence.TLSA]) bool {
	decided := slices.Contains([]string{"secure", "insecure", "bogus"}, h.DNSSEC.Status)
	return !decided && (f.State == evidence.Inapplicable || f.State == evidence.Unknown && t.d.DNSSEC != "off")
}

// unasked tells of such hosts, those that have one reason together.
func (t *dnsTeller) unasked(hosts []string) {
	why := func(host string) string {
		h := t.d.Hosts[host]
		return cmp.Or(h.DNSSEC.Why, h.Addresses.Why, h.TLSA[25].Why)
	}
	for len(hosts) > 0 {
		reason := why(hosts[0])
		var same, others []string
		for _, host := range hosts {
			if why(host) == reason {
				same = append(same, host)
			} else {
				others = append(others, host)
			}
		}
		t.tell("TLSA", check.Undecided, "not known of "+t.names(same)+", since it is not known whether the addresses are signed"+t.because(reason))
		hosts = others
	}
}

// askedOf says who told what the DNS says, and who held it against signatures.
func askedOf(d *evidence.Domain) string {
	by := map[string]string{"local": "signatures checked here", "trust": "signatures checked by it", "off": "signatures not looked at"}[d.DNSSEC]
	if by != "" && d.DNSSEC != "off" && !vouchedFor(d) {
		by = "no signatures could be checked"
	}
	text := "DNS asked of " + d.Resolver
	if by != "" {
		text += ", " + by
	}
	return text
}

// vouchedFor reports whether of any answer it is known whether it is signed. That addresses in place of names are not, nobody had to look up.
func vouchedFor(d *evidence.Domain) bool {
	list := []evidence.Vouch{d.Exchange.Value.DNSSEC, d.STS.Value.DNSSEC, d.Reports.Value.DNSSEC, d.CAA.Value.DNSSEC}
	for name, h := range d.Hosts {
		if _, err := netip.ParseAddr(name); err != nil {
			list = append(list, h.DNSSEC)
		}
	}
	for _, s := range d.Services.Value {
		list = append(list, s.DNSSEC)
	}
	return slices.ContainsFunc(list, func(v evidence.Vouch) bool { return v.Status != "" && v.Status != "indeterminate" })
}
