package nettest

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/report"
)

// reverse returns the zones with the names of addresses, and notes what is to be found there.
func (w *world) reverse(t *testing.T, servers []running) []dnstest.Zone {
	t.Helper()
	zones := []dnstest.Zone{{Name: "2.0.192.in-addr.arpa.", Signing: &dnstest.Signing{}}, {Name: "8.b.d.0.1.0.0.2.ip6.arpa.", Signing: &dnstest.Signing{}}}
	w.called = map[netip.Addr]evidence.ReverseDNS{}
	for _, s := range servers {
		for _, text := range s.addresses {
			a := netip.MustParseAddr(text)
			owner, err := dns.ReverseAddr(text)
			if err != nil {
				t.Fatal(err)
			}
			at := 0
			if a.Is6() {
				at = 1
			}
			for _, name := range s.called {
				zones[at].Records = append(zones[at].Records, owner+" PTR "+name+".test.")
			}
			v := evidence.ReverseDNS{Confirmed: s.known}
			for _, name := range s.called {
				v.Names = append(v.Names, name+".test")
			}
			w.called[a] = v
		}
	}
	return zones
}

// checkReverse wants each address to be called what the reverse zones say.
func (w *world) checkReverse(t *testing.T, got report.Domain) {
	t.Helper()
	for host, h := range got.Hosts {
		if _, err := netip.ParseAddr(host); err == nil { // an address in place of a name
			continue
		}
		for a, r := range h.Reverse {
			slices.Sort(r.Value.Names) // name servers hand them out in any order
			if diff := cmp.Diff(w.called[a], r.Value); r.State != evidence.Known || diff != "" {
				t.Errorf("the names of %s at %s: %s %s%s", a, host, r.State, r.Why, diff)
			}
		}
		for _, a := range h.Addresses.Value {
			if _, there := h.Reverse[a]; !there {
				t.Errorf("nobody asked what %s is called", a)
			}
		}
	}
}

// reverseDomains are about the names of addresses.
func reverseDomains() []domain {
	called := func(name, family string, known bool, names ...string) domain {
		d := domain{name: name, servers: []server{{host: "mx", family: family, called: names, known: known}}}
		if family == "46" {
			d.hops = append(d.hops, hop{host: "mx." + name, family: "6", dane: opportunistic, sts: opportunistic})
		}
		d.hops = append(d.hops, hop{host: "mx." + name, family: "4", dane: opportunistic, sts: opportunistic})
		return d
	}
	return []domain{
		called("called", "46", true, "mx.called"),
		called("calledelse", "4", false, "mx.called"),
		called("callednothing", "4", false, "nothing.callednothing"),
		called("calledtwice", "4", true, "mx.called", "mx.calledtwice"),
	}
}
