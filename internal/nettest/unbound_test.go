package nettest

import (
	"net/netip"
	"testing"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/dnstest"
)

// checkDNSSEC holds what is found of the signatures of a domain and its hosts against what Unbound says of the same records.
func checkDNSSEC(t *testing.T, d *evidence.Domain) {
	t.Helper()
	hold := func(name string, kind uint16, got string) {
		t.Helper()
		if want := unbound(t, name, kind); got != want {
			t.Errorf("%s of %s: %s, Unbound says %s", dns.Type(kind), name, got, want)
		}
	}
	hold(d.Name, dns.TypeMX, d.Exchange.Value.DNSSEC.Status)
	for name, h := range d.Hosts {
		if _, err := netip.ParseAddr(name); err == nil {
			continue
		}
		if len(h.Addresses.Value) > 0 && h.Addresses.State == evidence.Known {
			kind := dns.TypeA
			if h.Addresses.Value[0].Is6() {
				kind = dns.TypeAAAA
			}
			hold(name, kind, h.DNSSEC.Status)
		}
		if f := h.TLSA[25]; f.State == evidence.Known {
			hold("_25._tcp."+f.Value.Base, dns.TypeTLSA, f.Value.DNSSEC.Status)
		}
	}
}

// unbound is what the resolver says of the signatures.
func unbound(t *testing.T, name string, kind uint16) string {
	t.Helper()
	q := new(dns.Msg)
	q.SetQuestion(dns.Fqdn(name), kind)
	q.SetEdns0(4096, true)
	m, err := dnstest.Ask(t.Context(), q, "127.0.0.1:53")
	switch {
	case err != nil:
		t.Fatalf("unbound: %v", err)
	case m.Rcode == dns.RcodeServerFailure:
		return "bogus"
	case m.AuthenticatedData:
		return "secure"
	}
	return "insecure"
}
