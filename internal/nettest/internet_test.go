package nettest

import (
	"cmp"
	"net/netip"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// TestInternet scans every domain, and asks others for their opinion.
func TestInternet(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a small internet")
	}
	w := newWorld(t, append(daneDomains(), dnsDomains()...))
	t.Run("domains", func(t *testing.T) {
		for _, d := range w.domains {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				w.check(t, d)
			})
		}
	})
}

// scan looks at a domain as the library does.
func (w *world) scan(t *testing.T, d domain) report.Domain {
	t.Helper()
	r, err := mailtls.ScanDomain(t.Context(), d.name+".test", &mailtls.Config{Quick: true, Resolvers: []string{"127.0.0.1"}, TrustAnchors: []string{w.anchor}, ExtraRoots: w.roots})
	if err != nil {
		t.Fatal(err)
	}
	return r.Domains[0]
}

// check holds what is found of a domain against what it was made for, and against what others make of it.
func (w *world) check(t *testing.T, d domain) {
	got := w.scan(t, d)
	d.checkFacts(t, got)
	if len(got.Hops) != len(d.hops) {
		t.Fatalf("%d hops, want %d: %+v", len(got.Hops), len(d.hops), got.Hops)
	}
	for i, h := range got.Hops {
		want := d.hops[i]
		if h.Host != strings.TrimPrefix(want.host+".test", ".") || family(h.Address) != want.family || h.DANE.Outcome != want.dane || h.STS.Outcome != want.sts {
			t.Errorf("hop %d: %+v, want %+v", i+1, h, want)
		}
		if want.family == "" {
			continue
		}
		expected := want.dane
		if want.postfix != nil {
			expected = want.postfix.outcome
		}
		if o, said := w.postfix(t, d, h); o != expected {
			t.Errorf("posttls-finger at %s %s: %s, want %s:\n%s", h.Host, h.Address, o, expected, said)
		}
	}
}

func (d domain) checkFacts(t *testing.T, got report.Domain) {
	t.Helper()
	x := got.Exchange
	if x.State != evidence.Known || x.Value.Kind != cmp.Or(d.kind, evidence.ByMX) || x.Value.DNSSEC.Status != cmp.Or(d.status, "secure") {
		t.Errorf("mx: %+v", x)
	}
	if got.Unicode != d.unicode {
		t.Errorf("as people write it: %q, want %q", got.Unicode, d.unicode)
	}
	if said := strings.Join(got.Reports.Value.RUA, " ") + got.Reports.Value.Fault; !strings.Contains(said, d.reports) || d.reports == "" && said != "" {
		t.Errorf("reports: %+v, want %q", got.Reports, d.reports)
	}
	if said := got.STS.Value.Fault + got.Policy.Value.Fault; !strings.Contains(said, d.sts) || d.sts == "" && said != "" {
		t.Errorf("MTA-STS: %+v, %+v, want %q", got.STS, got.Policy, d.sts)
	}
}

// family is the kind of an address, "4" or "6", "" for none.
func family(a netip.Addr) string {
	switch {
	case a.Is4():
		return "4"
	case a.Is6():
		return "6"
	}
	return ""
}
