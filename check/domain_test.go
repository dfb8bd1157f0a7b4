package check

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

var (
	secure   = evidence.Vouch{Status: "secure"}
	ownKey   = "3 1 1 " + strings.Repeat("0a", 32)
	nextKey  = "3 1 1 " + strings.Repeat("0b", 32)
	aboveKey = "2 1 1 " + strings.Repeat("0c", 32)
)

// A world is a domain with two exchangers of one address each, and a port for IMAP that has TLSA records, too.
type world struct {
	*DomainSubject
	mx [2]*evidence.Endpoint
}

// goodWorld is one that every check is content with.
func goodWorld(t testing.TB) *world {
	t.Helper()
	w := &world{DomainSubject: &DomainSubject{Domain: &evidence.Domain{Name: "example.org", At: scanned, DNSSEC: "local",
		Exchange: known(evidence.Exchange{Kind: evidence.ByMX, DNSSEC: secure}),
		Services: known([]evidence.MailService{
			{Source: evidence.BySRV, Protocol: "imaps", Host: "mx1.example.org", Port: 993, DNSSEC: secure},
			{Source: evidence.BySRV, Protocol: "submissions", Host: "mx1.example.org", Port: 465, DNSSEC: secure},
			{Source: evidence.ByAutoconfig, Protocol: "imaps", Host: "mx1.example.org", Port: 993},
			{Source: evidence.ByAutoconfig, Protocol: "imap", Host: "mx1.example.org", Port: 143},
		}),
		STS: known(evidence.STSRecord{DNSSEC: secure, ID: "1"}),
		Policy: known(evidence.STSPolicy{Mode: "enforce", MX: []string{"*.example.org"}, MaxAge: 60 * day,
			Certificate: &evidence.PolicyCertificate{Covered: []string{"mta-sts.example.org"}}}),
		Reports: known(evidence.ReportsRecord{DNSSEC: secure, RUA: []string{"mailto:tlsrpt@example.org"}}),
		CAA:     known(evidence.Authorizations{Name: "example.org", DNSSEC: secure, Records: []string{`0 issue "ca.test"`}}),
		Hosts:   map[string]*evidence.MailHost{},
	}}}
	d := w.Domain
	for i, host := range []string{"mx1.example.org", "mx2.example.org"} {
		address := netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})
		d.Exchange.Value.List = append(d.Exchange.Value.List, evidence.Exchanger{Preference: 10 * (i + 1), Host: host})
		d.Hosts[host] = &evidence.MailHost{DNSSEC: secure, Addresses: known([]netip.Addr{address}), TLSA: map[int]evidence.Fact[evidence.TLSA]{
			25: known(evidence.TLSA{Base: host, DNSSEC: secure, TTL: 3600, Records: []string{ownKey, nextKey, aboveKey}})}}
		d.Hops = append(d.Hops, evidence.Hop{Host: host, Preference: 10 * (i + 1), Address: address,
			DANE: evidence.Decision{Outcome: evidence.Authenticated}, STS: evidence.Decision{Outcome: evidence.Authenticated}})
		e := healthy(t)
		e.Target.Host, e.Target.Address = host, address.String()
		w.mx[i], w.Endpoints = e, append(w.Endpoints, e)
		d.Held = append(d.Held, heldAt("smtp", host, 25, address))
	}
	d.Hosts["mx1.example.org"].TLSA[993] = d.Hosts["mx1.example.org"].TLSA[25]
	d.Held = append(d.Held, heldAt("imaps", "mx1.example.org", 993, d.Hops[0].Address))
	return w
}

func heldAt(protocol, host string, port int, a netip.Addr) evidence.Held {
	return evidence.Held{Protocol: protocol, Host: host, Port: port, Address: a, Outcome: evidence.Authenticated, Chains: []evidence.HeldChain{
		{Certificate: "leaf", Records: []evidence.TLSAResult{{Record: ownKey, Matches: true}, {Record: nextKey, Position: -1, Why: "the server's certificate is another"},
			{Record: aboveKey, Matches: true, Position: 1}}}}}
}

// refuse lets senders that heed DANE refuse an address of the first exchanger.
func (w *world) refuse(c evidence.Cause) {
	x := evidence.Decision{Outcome: evidence.Refused, Cause: c, Why: "for a reason"}
	w.Domain.Hops[0].DANE = x
	w.Domain.Held[0].Outcome, w.Domain.Held[0].Cause, w.Domain.Held[0].Why = x.Outcome, x.Cause, x.Why
}

// record makes one record the only one that was held, and published.
func (w *world) record(at int, r evidence.TLSAResult) {
	h := &w.Domain.Held[at]
	h.Chains[0].Records = []evidence.TLSAResult{r}
	t := w.Domain.Hosts[h.Host].TLSA[h.Port]
	t.Value.Records = []string{r.Record}
	w.Domain.Hosts[h.Host].TLSA[h.Port] = t
}

// deny has an answer say that the domain takes no mail, and DNSSEC that it does not hold.
func (w *world) deny(kind evidence.ExchangeKind) {
	w.Domain.Exchange.Value = evidence.Exchange{Kind: kind, DNSSEC: evidence.Vouch{Status: "bogus", Why: "expired"}}
}

func (w *world) tlsa(host string, change func(*evidence.Fact[evidence.TLSA])) {
	t := w.Domain.Hosts[host].TLSA[25]
	change(&t)
	w.Domain.Hosts[host].TLSA[25] = t
}

const mx1, mx2 = "mx1.example.org", "mx2.example.org"

func none(f *evidence.Fact[evidence.TLSA]) { f.Value.Records = nil }

func inapplicableFact[T any](why string) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Inapplicable, Why: why}
}

func (w *world) withoutSTS() {
	w.Domain.STS, w.Domain.Policy = inapplicableFact[evidence.STSRecord]("none"), inapplicableFact[evidence.STSPolicy]("none")
}

// ailing tells for each check about domains how a good world must change to be told, and how bad that is.
var ailing = map[string]struct {
	change func(*world)
	level  Level
}{
	"mx-missing":     {func(w *world) { w.Domain.Exchange.Value = evidence.Exchange{Kind: evidence.NoMail} }, Warn},
	"mx-unusable":    {func(w *world) { w.Domain.Hosts[mx1].Addresses.Value, w.Domain.Hosts[mx2].Addresses.Value = nil, nil }, Fail},
	"dane-cname-mx":  {func(w *world) { w.Domain.Hosts[mx1].Aliases = []string{"mx.provider.test"} }, Warn},
	"mx-unreachable": {func(w *world) { closedPort(w.mx[1]) }, Warn},
	"mx-inconsistency": {func(w *world) {
		w.mx[1].Facts.STARTTLS.Value = evidence.STARTTLS{}
	}, Warn},
	"dnssec-missing": {func(w *world) { w.Domain.Hosts[mx2].DNSSEC.Status = "insecure" }, Pass},
	"dnssec-bogus":   {func(w *world) { w.Domain.Exchange.Value.DNSSEC = evidence.Vouch{Status: "bogus", Why: "expired"} }, Fail},
	"dane-missing": {func(w *world) {
		w.tlsa(mx1, none)
		w.tlsa(mx2, none)
		w.withoutSTS()
	}, Warn},
	"dane-partial":     {func(w *world) { w.tlsa(mx2, none) }, Warn},
	"dane-mismatch":    {func(w *world) { w.refuse(evidence.NoRecordFits) }, Fail},
	"dane-no-starttls": {func(w *world) { w.refuse(evidence.NoSTARTTLS) }, Fail},
	"dane-denial-broken": {func(w *world) {
		w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) {
			*f = evidence.Fact[evidence.TLSA]{State: evidence.Unknown, Value: evidence.TLSA{Fails: true}, Why: "the name server fails (SERVFAIL)"}
		})
	}, Fail},
	"dane-pkix-usage": {func(w *world) { w.record(0, evidence.TLSAResult{Record: "1" + ownKey[1:]}) }, Warn},
	"dane-unusable":   {func(w *world) { w.record(0, evidence.TLSAResult{Record: "3 1 1 0a0a"}) }, Warn},
	"dane-ta-not-in-chain": {func(w *world) {
		w.record(0, evidence.TLSAResult{Record: "2" + ownKey[1:], Position: -1, Why: "no certificate above its own"})
	}, Fail},
	"dane-ta-name-mismatch": {func(w *world) {
		w.record(0, evidence.TLSAResult{Record: "2" + ownKey[1:], Position: 1, Why: "the server's certificate is made out to none of them"})
	}, Fail},
	"dane-weak-param":            {func(w *world) { w.record(0, evidence.TLSAResult{Record: "3 0 1" + ownKey[5:], Matches: true}) }, Warn},
	"dane-no-rollover":           {func(w *world) { w.record(0, evidence.TLSAResult{Record: ownKey, Matches: true}) }, Pass},
	"ttl-too-long":               {func(w *world) { w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) { f.Value.TTL = longTTL + 1 }) }, Pass},
	"mta-sts-missing":            {(*world).withoutSTS, Pass},
	"mta-sts-txt-invalid":        {func(w *world) { w.Domain.STS.Value.Fault = "no id" }, Warn},
	"mta-sts-policy-unreachable": {func(w *world) { w.Domain.Policy.Value = evidence.STSPolicy{Fault: "the server answers 404 Not Found"} }, Warn},
	"mta-sts-mode-testing":       {func(w *world) { w.Domain.Policy.Value.Mode = "testing" }, Pass},
	"mta-sts-mode-none":          {func(w *world) { w.Domain.Policy.Value.Mode = "none" }, Pass},
	"mta-sts-max-age-low":        {func(w *world) { w.Domain.Policy.Value.MaxAge = time.Hour }, Warn},
	"mta-sts-wildcard-host-cert": {func(w *world) { w.Domain.Policy.Value.Certificate.Covered = []string{"*.example.org"} }, Pass},
	"mta-sts-mx-mismatch":        {func(w *world) { w.Domain.Policy.Value.MX = []string{mx1} }, Fail},
	"mta-sts-cert": {func(w *world) {
		w.Domain.Hops[1].STS = evidence.Decision{Outcome: evidence.Refused, Cause: evidence.Untrusted, Why: "its certificate does not hold: expired"}
	}, Fail},
	"tlsrpt-missing": {func(w *world) { w.Domain.Reports = inapplicableFact[evidence.ReportsRecord]("none") }, Warn},
	"tlsrpt-invalid": {func(w *world) { w.Domain.Reports.Value.Fault = "no rua" }, Warn},
	"srv-missing":    {func(w *world) { w.Domain.Services.Value = w.Domain.Services.Value[:1] }, Pass},
	"autoconfig-insecure": {func(w *world) {
		w.Domain.Services.Value = []evidence.MailService{{Source: evidence.ByAutoconfig, Protocol: "pop3", Host: mx1, Port: 110}}
	}, Warn},
	"caa-missing": {func(w *world) { w.Domain.CAA.Value = evidence.Authorizations{} }, Pass},
}

// TestDomains walks the table: every check is described, passes a good world, tells one that is ailing, and does not decide without
// evidence.
func TestDomains(t *testing.T) {
	idForm := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := make(map[string]bool)
	p := mailPolicy(t)
	for _, c := range Domains() {
		t.Run(c.ID, func(t *testing.T) {
			if _, taken := seen[c.ID]; taken || !idForm.MatchString(c.ID) || slices.ContainsFunc(All(), func(x Check) bool { return x.ID == c.ID }) {
				t.Errorf("id %q is malformed or taken", c.ID)
			}
			seen[c.ID] = true
			if c.Title == "" || c.Text == "" || len(c.Refs) == 0 || len(c.Reads) == 0 || c.EvalDomain == nil || c.Scope != Domain {
				t.Error("title, text, references, what it reads or EvalDomain are missing")
			}
			for _, id := range c.Cause {
				if _, ok := ByID(id); !ok {
					t.Errorf("its cause %q is no check", id)
				}
			}
			if f := c.runDomain(goodWorld(t).DomainSubject, p); f.Level != Pass || f.Note || f.Check != c.ID || f.Message == "" || f.Cap != "" {
				t.Errorf("good: %+v", f)
			}
			tellsAiling(t, c, p)
			undecidedDomain(t, c, p)
		})
	}
	for id := range ailing {
		if !seen[id] {
			t.Errorf("there is no check %q", id)
		}
	}
}

func tellsAiling(t *testing.T, c Check, p *policy.Policy) {
	want, ok := ailing[c.ID]
	if !ok {
		t.Fatal("no evidence that it fails")
	}
	w := goodWorld(t)
	want.change(w)
	if f := c.runDomain(w.DomainSubject, p); f.Level != want.level || f.Note != (f.Level == Pass) || f.Clause == "" || f.Message == "" {
		t.Errorf("ailing: %+v, want %s", f, want.level)
	}
}

func undecidedDomain(t *testing.T, c Check, p *policy.Policy) {
	s := &DomainSubject{Domain: &evidence.Domain{Name: "example.org"}}
	if f := c.runDomain(s, p); f.Level != Undecided || f.Message == "" {
		t.Errorf("nothing sought: %+v", f)
	}
	setDomain(s.Domain, evidence.Unknown, "the DNS is silent")
	if f := c.runDomain(s, p); f.Level != Undecided || f.Message != "the DNS is silent" {
		t.Errorf("nothing known: %+v", f)
	}
	setDomain(s.Domain, evidence.Inapplicable, "no such record")
	if f := c.runDomain(s, p); f.Level != NotApplicable && !c.Absence || c.Absence && f.Level == Undecided {
		t.Errorf("nothing applies: %+v", f)
	}
}

func setDomain(d *evidence.Domain, state evidence.State, why string) {
	set(&d.Exchange, state, why)
	set(&d.Services, state, why)
	set(&d.STS, state, why)
	set(&d.Policy, state, why)
	set(&d.Reports, state, why)
	set(&d.CAA, state, why)
}

// TestDomainSituations changes one thing, or two, of a good world at a time.
func TestDomainSituations(t *testing.T) {
	undecidedHop := evidence.Decision{Outcome: evidence.Undecided, Why: "this address was not scanned"}
	for _, c := range []struct {
		name, check string
		change      func(*world)
		want        Level
		note        bool
	}{
		{"null MX", "mx-missing", func(w *world) { w.Domain.Exchange.Value = evidence.Exchange{Kind: evidence.NullMX} }, Pass, false},
		{"null MX, and no STS", "mta-sts-missing", func(w *world) {
			w.withoutSTS()
			w.Domain.Exchange.Value = evidence.Exchange{Kind: evidence.NullMX}
		}, NotApplicable, false},
		{"bogus null MX", "mx-missing", func(w *world) { w.deny(evidence.NullMX) }, Undecided, false},
		{"bogus null MX", "dnssec-bogus", func(w *world) { w.deny(evidence.NullMX) }, Fail, false},
		{"bogus null MX", "mx-unusable", func(w *world) { w.deny(evidence.NullMX) }, Undecided, false},
		{"bogus denial of MX", "mx-missing", func(w *world) { w.deny(evidence.NoMail) }, Undecided, false},
		{"bogus denial of MX", "dnssec-bogus", func(w *world) { w.deny(evidence.NoMail) }, Fail, false},
		{"null MX", "dnssec-bogus", func(w *world) {
			w.Domain.Exchange.Value = evidence.Exchange{Kind: evidence.NullMX, DNSSEC: secure}
		}, NotApplicable, false},
		{"implicit MX", "mx-missing", func(w *world) { w.Domain.Exchange.Value.Kind = evidence.Implicit }, Pass, true},
		{"one of two without address", "mx-unusable", func(w *world) { w.Domain.Hosts[mx1].Addresses.Value = nil }, Warn, false},
		{"an address in the MX", "mx-unusable", func(w *world) {
			w.Domain.Exchange.Value.List[0].Host, w.Domain.Exchange.Value.List[0].Problems = "192.0.2.1", []string{"an address"}
			w.Domain.Hosts["192.0.2.1"] = w.Domain.Hosts[mx1]
		}, Warn, false},
		{"an alias in the MX", "mx-unusable", func(w *world) { w.Domain.Exchange.Value.List[0].Problems = []string{"an alias of another"} }, Pass, false},
		{"a null MX beside others", "mx-unusable", withNull, Fail, false},
		{"a null MX beside others", "dnssec-bogus", withNull, Pass, false},
		{"the resolver refuses TLSA", "dane-denial-broken", func(w *world) {
			w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) {
				*f = evidence.Fact[evidence.TLSA]{State: evidence.Unknown, Why: "the name server refuses (REFUSED)"}
			})
		}, Undecided, false},
		{"addresses unknown", "mx-unusable", func(w *world) { set(&w.Domain.Hosts[mx1].Addresses, evidence.Unknown, "no reply") }, Undecided, false},
		{"silent, and others answer", "mx-unreachable", func(w *world) {
			w.mx[1].Facts.Reachable = evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer within 10s"}
		}, Warn, false},
		{"all silent", "mx-unreachable", func(w *world) {
			for _, e := range w.mx {
				e.Facts.Reachable = evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer within 10s"}
			}
		}, Undecided, false},
		{"no IPv6 here", "mx-unreachable", func(w *world) {
			w.Domain.Hops[1].Address = netip.MustParseAddr("2001:db8::1")
			w.mx[1].Target.Address = "2001:db8::1"
			w.mx[1].Facts.Reachable = evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer within 10s"}
		}, Undecided, false},
		{"TLS 1.3 on one alone", "mx-inconsistency", func(w *world) { w.mx[1].Facts.Versions = known([]tlswire.Version{tlswire.TLS12}) }, Pass, true},
		{"TLS 1.0 on one alone", "mx-inconsistency", func(w *world) { w.mx[1].Facts.Versions = known([]tlswire.Version{tlswire.TLS10}) }, Warn, false},
		{"versions unknown", "mx-inconsistency", func(w *world) { set(&w.mx[1].Facts.Versions, evidence.Unknown, "no reply") }, Undecided, false},
		{"half of the addresses", "mx-unreachable", halfKnown, Undecided, false},
		{"half of the addresses", "mx-inconsistency", halfKnown, Undecided, false},
		{"half of the addresses", "dane-mismatch", halfKnown, Undecided, false},
		{"half of the addresses", "dane-no-starttls", halfKnown, Undecided, false},
		{"half of the addresses", "mta-sts-cert", halfKnown, Undecided, false},
		{"exchangers left out", "mx-unreachable", leftOut, Undecided, false},
		{"exchangers left out", "dane-mismatch", leftOut, Undecided, false},
		{"exchangers left out", "dane-partial", leftOut, Undecided, false},
		{"exchangers left out", "mta-sts-mx-mismatch", leftOut, Undecided, false},
		{"no address", "mx-unreachable", func(w *world) {
			w.Domain.Hops[1].Address, w.Domain.Hops[1].DANE = netip.Addr{}, evidence.Decision{Outcome: evidence.Refused, Cause: evidence.NoAddress}
		}, Pass, false},
		{"one address", "mx-inconsistency", func(w *world) { w.Domain.Hops = w.Domain.Hops[:1] }, NotApplicable, false},
		{"alias without TLSA", "dane-cname-mx", func(w *world) {
			w.Domain.Hosts[mx1].Aliases = []string{"mx.provider.test"}
			w.tlsa(mx1, none)
		}, Pass, true},
		{"nothing signed", "dnssec-bogus", func(w *world) {
			w.Domain.Exchange.Value.DNSSEC.Status = "insecure"
			for _, h := range w.Domain.Hosts {
				h.DNSSEC.Status = "insecure"
				h.TLSA = nil
			}
			w.Domain.STS.Value.DNSSEC.Status, w.Domain.Reports.Value.DNSSEC.Status, w.Domain.CAA.Value.DNSSEC.Status = "insecure", "insecure", "insecure"
		}, NotApplicable, false},
		{"not looked at", "dnssec-missing", func(w *world) {
			w.Domain.Exchange.Value.DNSSEC = evidence.Vouch{Status: "indeterminate", Why: "DNSSEC is not looked at"}
		}, Undecided, false},
		{"not looked at", "dane-missing", func(w *world) {
			w.Domain.Exchange.Value.DNSSEC = evidence.Vouch{Status: "indeterminate", Why: "DNSSEC is not looked at"}
			w.tlsa(mx1, none)
			w.tlsa(mx2, none)
		}, Undecided, false},
		{"not looked at", "dnssec-bogus", func(w *world) {
			w.Domain.Hosts[mx1].DNSSEC = evidence.Vouch{Status: "indeterminate", Why: "DNSSEC is not looked at"}
		}, Undecided, false},
		{"bogus TXT alone", "dnssec-bogus", func(w *world) { w.Domain.STS.Value.DNSSEC.Status = "bogus" }, Warn, false},
		{"bogus TLSA", "dnssec-bogus", func(w *world) {
			w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) { f.Value.DNSSEC.Status = "bogus" })
		}, Fail, false},
		{"bogus denial of TLSA", "dane-denial-broken", func(w *world) {
			w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) { f.Value.Records, f.Value.DNSSEC.Status = nil, "bogus" })
		}, Fail, false},
		{"TLSA lookup timed out", "dane-denial-broken", func(w *world) {
			w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) { set(f, evidence.Unknown, "i/o timeout") })
		}, Undecided, false},
		{"unsigned and no TLSA", "dane-missing", func(w *world) { w.Domain.Exchange.Value.DNSSEC.Status = "insecure" }, Pass, true},
		{"no TLSA, MTA-STS enforced", "dane-missing", func(w *world) {
			w.tlsa(mx1, none)
			w.tlsa(mx2, none)
		}, Pass, true},
		{"no TLSA anywhere", "dane-partial", func(w *world) {
			w.tlsa(mx1, none)
			w.tlsa(mx2, none)
		}, NotApplicable, false},
		{"TLSA of one unknown", "dane-partial", func(w *world) {
			w.tlsa(mx2, func(f *evidence.Fact[evidence.TLSA]) { set(f, evidence.Unknown, "no reply") })
		}, Undecided, false},
		{"not scanned", "dane-mismatch", func(w *world) { w.Domain.Hops[1].DANE = undecidedHop }, Undecided, false},
		{"no records", "dane-mismatch", func(w *world) {
			for i := range w.Domain.Hops {
				w.Domain.Hops[i].DANE = evidence.Decision{Outcome: evidence.Opportunistic, Why: "there are no TLSA records"}
			}
			w.Domain.Held = nil
		}, NotApplicable, false},
		{"only IMAP does not match", "dane-mismatch", func(w *world) {
			w.Domain.Held[2].Outcome, w.Domain.Held[2].Cause = evidence.Refused, evidence.NoRecordFits
		}, Pass, true},
		{"only IMAP is silent", "dane-mismatch", func(w *world) {
			w.Domain.Held[2].Outcome, w.Domain.Held[2].Why = evidence.Undecided, "no reply"
		}, Pass, false},
		{"PKIX beside", "dane-pkix-usage", func(w *world) {
			w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) { f.Value.Records = append(f.Value.Records, "1"+ownKey[1:]) })
		}, Pass, true},
		{"TLSA unknown", "dane-pkix-usage", func(w *world) {
			w.tlsa(mx1, func(f *evidence.Fact[evidence.TLSA]) { set(f, evidence.Unknown, "no reply") })
		}, Undecided, false},
		{"authority not sent, another matches", "dane-ta-not-in-chain", func(w *world) {
			w.Domain.Held[0].Chains[0].Records = append(w.Domain.Held[0].Chains[0].Records, evidence.TLSAResult{Record: "2" + ownKey[1:], Position: -1})
		}, Pass, true},
		{"no usage 2", "dane-ta-name-mismatch", func(w *world) {
			for i := range w.Domain.Held {
				w.record(i, evidence.TLSAResult{Record: ownKey, Matches: true})
			}
		}, NotApplicable, false},
		{"3 0 1 of long life", "dane-weak-param", func(w *world) {
			w.record(0, evidence.TLSAResult{Record: "3 0 1" + ownKey[5:], Matches: true})
			w.mx[0].Blobs.Certificates["leaf"].NotAfter = scanned.Add(3000 * day)
		}, Pass, true},
		{"3 0 1 beside 3 1 1", "dane-weak-param", func(w *world) {
			r := &w.Domain.Held[0].Chains[0].Records
			*r = append(*r, evidence.TLSAResult{Record: "3 0 1" + ownKey[5:], Matches: true})
		}, Pass, false},
		{"not scanned", "dane-weak-param", func(w *world) {
			w.Domain.Held, w.Domain.Hops[1].DANE = w.Domain.Held[:1], undecidedHop
		}, Undecided, false},
		{"2 1 1 alone", "dane-no-rollover", func(w *world) { w.record(0, evidence.TLSAResult{Record: "2" + ownKey[1:], Matches: true, Position: 1}) }, Pass, false},
		{"two certificates, two records", "dane-no-rollover", func(w *world) {
			w.record(0, evidence.TLSAResult{Record: ownKey, Matches: true})
			w.Domain.Held[0].Chains = append(w.Domain.Held[0].Chains, evidence.HeldChain{Certificate: "ecdsa", Records: []evidence.TLSAResult{
				{Record: ownKey}, {Record: nextKey, Matches: true}}})
		}, Pass, true},
		{"the policy's host is silent", "mta-sts-policy-unreachable", func(w *world) {
			set(&w.Domain.Policy, evidence.Unknown, "the policy could not be fetched from here: no answer within 1m0s")
		}, Undecided, false},
		{"no policy to match", "mta-sts-mx-mismatch", func(w *world) { w.Domain.Policy.Value = evidence.STSPolicy{Fault: "404"} }, NotApplicable, false},
		{"mismatch in testing", "mta-sts-mx-mismatch", func(w *world) {
			w.Domain.Policy.Value.Mode, w.Domain.Policy.Value.MX = "testing", []string{"*.mx1.example.org"}
		}, Warn, false},
		{"mode none", "mta-sts-mx-mismatch", func(w *world) { w.Domain.Policy.Value.Mode, w.Domain.Policy.Value.MX = "none", nil }, NotApplicable, false},
		{"not scanned", "mta-sts-cert", func(w *world) { w.Domain.Hops[1].STS = undecidedHop }, Undecided, false},
		{"certificate in testing", "mta-sts-cert", func(w *world) {
			w.Domain.Policy.Value.Mode = "testing"
			w.Domain.Hops[1].STS = evidence.Decision{Outcome: evidence.Opportunistic, Cause: evidence.Untrusted, Why: "would be refused if the policy were enforced: expired"}
		}, Warn, false},
		{"a day and more", "mta-sts-max-age-low", func(w *world) { w.Domain.Policy.Value.MaxAge = 2 * day }, Pass, true},
		{"an hour in testing", "mta-sts-max-age-low", func(w *world) { w.Domain.Policy.Value.Mode, w.Domain.Policy.Value.MaxAge = "testing", time.Hour }, Pass, true},
		{"no reports, nothing to report", "tlsrpt-missing", func(w *world) {
			w.withoutSTS()
			w.tlsa(mx1, none)
			w.tlsa(mx2, none)
			w.Domain.Reports = inapplicableFact[evidence.ReportsRecord]("none")
		}, Pass, true},
		{"SRV in part", "srv-missing", func(w *world) { w.Domain.Services.State, w.Domain.Services.Why = evidence.Partial, "no reply" }, Undecided, false},
		{"plain port", "autoconfig-insecure", func(w *world) { w.Domain.Services.Value[3].Socket = evidence.SocketPlain }, Warn, false},
		{"one refuses connections", "mx-inconsistency", func(w *world) { closedPort(w.mx[1]) }, Pass, false},
		{"no such domain", "mx-missing", func(w *world) {
			w.Domain.Exchange.Value = evidence.Exchange{Kind: evidence.NoMail, NoSuch: true}
		}, NotApplicable, false},
		{"both ports, one by SRV, too", "autoconfig-insecure", func(w *world) {
			w.Domain.Services.Value[0].Also = []evidence.Source{evidence.ByAutoconfig}
			w.Domain.Services.Value = slices.Delete(w.Domain.Services.Value, 2, 3)
		}, Pass, false},
		{"the clear port, by SRV, too", "autoconfig-insecure", func(w *world) {
			w.Domain.Services.Value = append(w.Domain.Services.Value[:2], evidence.MailService{Source: evidence.BySRV, Protocol: "imap",
				Host: mx1, Port: 143, Also: []evidence.Source{evidence.ByAutodiscover}})
		}, Warn, false},
		{"no autoconfig", "autoconfig-insecure", func(w *world) { w.Domain.Services.Value = w.Domain.Services.Value[:2] }, NotApplicable, false},
	} {
		t.Run(c.check+"/"+c.name, func(t *testing.T) {
			w := goodWorld(t)
			c.change(w)
			check, _ := ByID(c.check)
			if f := check.runDomain(w.DomainSubject, mailPolicy(t)); f.Level != c.want || f.Note != c.note {
				t.Errorf("%+v, want %s, note %v", f, c.want, c.note)
			}
		})
	}
}

func TestRunDomainSelects(t *testing.T) {
	w := goodWorld(t)
	w.Only = []string{"dane-mismatch", "rc4"}
	if f := RunDomain(w.DomainSubject, mailPolicy(t)); len(f) != 1 || f[0].Check != "dane-mismatch" {
		t.Errorf("%+v", f)
	}
}

// TestPlacesText names a host once where the same is amiss at all its addresses, and no more than a few.
func TestPlacesText(t *testing.T) {
	list := places{{"a", "1", evidence.Yes, "x"}, {"a", "2", evidence.Yes, "x"}, {"b", "3", evidence.Yes, "x"}, {"b", "4", evidence.Yes, "y"}}
	if got := list.text(); got != "a (x), b 3 (x) and b 4 (y)" {
		t.Error(got)
	}
	list = append(list, place{"c", "", evidence.Yes, ""}, place{"d", "", evidence.Yes, ""})
	if got := list.text(); got != "a (x), b 3 (x), b 4 (y) and 2 more" {
		t.Error(got)
	}
}

// TestNamedBy follows RFC 8461, Section 4.1.
func TestNamedBy(t *testing.T) {
	for host, want := range map[string]bool{"mx.example.org": true, "MX.example.org.": true, "a.mx.example.org": false, "example.org": false, "mx2.example.net": true} {
		if namedBy([]string{"*.example.org", "mx2.example.net"}, host) != want {
			t.Errorf("%s: want %v", host, want)
		}
	}
}

// withNull has a domain say that it takes no mail, beside where to.
func withNull(w *world) {
	w.Domain.Exchange.Value.List = append(w.Domain.Exchange.Value.List, evidence.Exchanger{Problems: []string{"it says that the domain takes no mail"}})
}

func openHop() evidence.Decision {
	return evidence.Decision{Outcome: evidence.Undecided, Why: "no reply"}
}

// halfKnown is a world where no reply came about addresses of one kind.
func halfKnown(w *world) {
	w.Domain.Hops = append(w.Domain.Hops, evidence.Hop{Host: "mx2.example.org", Preference: 20, DANE: openHop(), STS: openHop()})
}

// leftOut is a world with more exchangers than are looked at.
func leftOut(w *world) {
	w.Domain.Exchange.Value.LeftOut = 3
	w.Domain.Hops = append(w.Domain.Hops, evidence.Hop{Preference: 20, DANE: openHop(), STS: openHop()})
}

// TestRolloverPromisesNothing: a record of a key that no server has may be of the last one.
func TestRolloverPromisesNothing(t *testing.T) {
	c, _ := ByID("dane-no-rollover")
	w := goodWorld(t)
	for i := range w.Domain.Held {
		w.Domain.Held[i].Chains[0].Records = []evidence.TLSAResult{{Record: ownKey, Matches: true}, {Record: nextKey, Position: -1}}
	}
	if f := c.runDomain(w.DomainSubject, mailPolicy(t)); f.Level != Pass || f.Note || !strings.Contains(f.Message, "may be for the next certificate") {
		t.Errorf("%+v", f)
	}
}
