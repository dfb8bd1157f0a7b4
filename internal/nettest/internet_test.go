package nettest

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// TestInternet scans every domain, and asks others for their opinion.
func TestInternet(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a small internet")
	}
	w := newWorld(t, slices.Concat(daneDomains(), dnsDomains(), stsDomains(), reverseDomains()))
	w.startDaemon(t)
	t.Run("domains", func(t *testing.T) {
		for _, d := range w.domains {
			t.Run(d.name, func(t *testing.T) {
				t.Parallel()
				w.check(t, d)
			})
		}
	})
	t.Run("command", w.checkCommand)
	t.Run("mta-sts-query", w.checkQuery)
}

// scan looks at a domain as the library does.
func (w *world) scan(t *testing.T, d domain) *report.Report {
	t.Helper()
	var only []string
	if d.name != "mail" { // of which all is to be known
		for _, c := range check.Domains() {
			only = append(only, c.ID)
		}
	}
	r, err := mailtls.ScanDomain(t.Context(), d.name+".test", &mailtls.Config{Quick: true, AllowPrivate: true, Only: only, Resolvers: []string{"127.0.0.1"}, TrustAnchors: []string{w.anchor}, ExtraRoots: w.roots})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// check holds what is found of a domain against what it was made for, and against what others make of it.
func (w *world) check(t *testing.T, d domain) {
	r := w.scan(t, d)
	got := r.Domains[0]
	if d.name == "mail" {
		checkServices(t, r)
	}
	d.checkFacts(t, got)
	d.checkFindings(t, got)
	checkDNSSEC(t, got.Domain)
	w.checkReverse(t, got)
	if len(got.Hops) != len(d.hops) {
		t.Fatalf("%d hops, want %d: %+v", len(got.Hops), len(d.hops), got.Hops)
	}
	for i, h := range got.Hops {
		want := d.hops[i]
		if h.Host != want.name() || family(h.Address) != want.family || h.DANE.Outcome != want.dane || h.STS.Outcome != want.sts {
			t.Errorf("hop %d: %+v, want %+v", i+1, h, want)
		}
		if want.family != "" {
			w.askOthers(t, d, h, want)
		}
	}
}

// askOthers wants the opinion of others about an address to be ours, unless it is said why it is not.
func (w *world) askOthers(t *testing.T, d domain, h evidence.Hop, want hop) {
	t.Helper()
	byDANE, bySTS := want.dane, want.sts
	if want.postfix != nil {
		byDANE = want.postfix.outcome
	}
	if want.resolver != nil {
		bySTS = want.resolver.outcome
	}
	if o, said := w.postfix(t, d, h); (d.site == nil || want.dane != opportunistic) && o != byDANE {
		t.Errorf("Postfix at %s %s: %s, want %s:\n%s", h.Host, h.Address, o, byDANE, said)
	}
	if d.site == nil { // nothing to go by
		return
	}
	if o, said := w.resolver(t, d, h); o != bySTS {
		t.Errorf("postfix-mta-sts-resolver at %s %s: %s, want %s:\n%s", h.Host, h.Address, o, bySTS, said)
	}
}

// checkServices wants all that the SRV records of mail.test name to be found, and to be what they are: Postfix and Dovecot.
func checkServices(t *testing.T, r *report.Report) {
	t.Helper()
	for _, want := range []string{"smtp 25", "submission 587", "submissions 465", "imap 143", "imaps 993", "pop3s 995"} {
		i := slices.IndexFunc(r.Endpoints, func(e report.Endpoint) bool { return fmt.Sprint(e.Target.Protocol, " ", e.Target.Port) == want })
		if i < 0 {
			t.Errorf("%s is not there", want)
		} else if e := r.Endpoints[i]; evidence.Is(e.Facts.Reachable) != evidence.Yes || len(e.Facts.Certificates.Value) != 1 || !e.Facts.Certificates.Value[0].Trust.Trusted {
			t.Errorf("%s: %+v, %+v", want, e.Facts.Reachable, e.Facts.Certificates)
		}
	}
	var purposes []report.Purpose
	for _, role := range r.Domains[0].Roles {
		purposes = append(purposes, role.Purpose)
	}
	if !slices.Equal(purposes, []report.Purpose{report.Incoming, report.Submission, report.Access}) {
		t.Errorf("roles: %v", purposes)
	}
}

func (d domain) checkFacts(t *testing.T, got report.Domain) {
	t.Helper()
	x := got.Exchange
	if x.State != evidence.Known || x.Value.Kind != cmp.Or(d.kind, evidence.ByMX) || x.Value.DNSSEC.Status != cmp.Or(d.status, "secure") {
		t.Errorf("mx: %+v", x)
	}
	if d.guessed != (len(got.Silent) > 0) {
		t.Errorf("guesses that nothing answered at: %+v", got.Silent)
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
