package report

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/mailtls/mailtls/evidence"
)

// TestNoDiffOfDomains compares each kind of domain with itself.
func TestNoDiffOfDomains(t *testing.T) {
	for name, r := range domainKinds(t) {
		again := reread(t, r)
		if name == "spoken" { // JSON has no bytes that are no UTF-8
			r = again
		}
		if c := Diff(r, again); c.Any() || c.Worse() || len(c.Notes) > 0 || len(c.Domains) != 1 {
			t.Errorf("%s differs from itself:\n%s", name, diffText(t, c))
		}
	}
}

// factOf is how a fact about the first domain changed.
func factOf(c *Changes, fact string) FactChange {
	for _, f := range c.Domains[0].Facts {
		if f.Fact == fact {
			return f
		}
	}
	return FactChange{}
}

// changed is soundDomain after a move.
func changed(t *testing.T) domainScan {
	t.Helper()
	s := soundDomain(t)
	d := s.domain
	x := &d.Exchange.Value
	x.List, x.DNSSEC = []evidence.Exchanger{{Preference: 10, Host: "mx1.example.org"}, {Preference: 30, Host: "mx3.example.org"}}, evidence.Vouch{Status: "insecure"}
	d.Hosts["mx3.example.org"] = mailHost("mx3.example.org", nil, "203.0.113.25")
	delete(d.Hosts, "mx2.example.org")
	d.Hosts["mx1.example.org"].TLSA[25] = known(evidence.TLSA{Base: "mx1.example.org", DNSSEC: secure(), Records: []string{rollover}, TTL: 60})
	d.Hosts["mx1.example.org"].Addresses = known([]netip.Addr{netip.MustParseAddr("192.0.2.25")})
	refused := evidence.Decision{Outcome: evidence.Refused, Why: "no TLSA record matches its certificate"}
	d.Hops = []evidence.Hop{{Host: "mx1.example.org", Preference: 10, Address: netip.MustParseAddr("192.0.2.25"), DANE: refused, STS: d.Hops[1].STS},
		{Host: "mx3.example.org", Preference: 30, Address: netip.MustParseAddr("203.0.113.25"), DANE: evidence.Decision{Outcome: evidence.Opportunistic}, STS: d.Hops[1].STS}}
	d.STS.Value.ID = "20261120T000000"
	d.Policy.Value.Mode, d.Policy.Value.MX, d.Policy.Value.MaxAge, d.Policy.Value.Fault = "testing", []string{"mx1.example.org", "mx3.example.org"}, day, "it was not found "+nasty
	d.Reports = evidence.Fact[evidence.ReportsRecord]{State: evidence.Inapplicable, Why: "the domain has no TLSRPT record"}
	d.CAA.Value.Records = []string{`0 issue ";"`}
	d.Services.Value[0].Port = 4650
	s.endpoints = slices.Delete(s.endpoints, 2, 4)
	s.endpoints[3] = served(weak(t), "imap", "mail.example.org", 143, "192.0.2.30")
	d.Services.Value[3].Protocol, d.Services.Value[3].Port = "imap", 143
	return s
}

func TestDiffOfADomain(t *testing.T) {
	older := Judge(soundDomain(t).report(t), strict(t), nil, time.Time{})
	newer := Judge(changed(t).report(t), strict(t), nil, time.Time{})
	c := Diff(older, newer)
	text := diffText(t, c)
	golden(t, "diff-domain.txt", []byte(text))
	if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
		t.Errorf("%q is in the text", text[i:min(i+20, len(text))])
	}
	var b bytes.Buffer
	if err := c.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "diff-domain.json", b.Bytes())
	var back Changes
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Domains) != 1 || back.Domains[0].Verdict.New != Fail {
		t.Errorf("%v: %+v", err, back)
	}
	if !c.Any() || !c.Worse() {
		t.Error("it is not worse")
	}
	for fact, want := range map[string][2][]string{
		"mx":                                    {{"30 mx3.example.org"}, {"20 mx2.example.org"}},
		"mx dnssec":                             {{"insecure"}, {"secure"}},
		"mta_sts":                               {{"id: 20261120T000000"}, {"id: 20261101T000000"}},
		"tlsa mx1.example.org:25":               {nil, {record}},
		"addresses mx1.example.org":             {nil, {"2001:db8::25"}},
		"tls_rpt":                               {nil, {"mailto:tls@example.org"}},
		"dane mx1.example.org 192.0.2.25":       {{"refused"}, {"authenticated"}},
		"dane mx3.example.org 203.0.113.25":     {{"opportunistic"}, nil},
		"mta_sts mx2.example.org 198.51.100.25": {nil, {"authenticated"}},
		"services": {{"submissions://mail.example.org:4650 (srv, priority 0)", "imap://mail.example.org:143 (srv, priority 0)"},
			{"submissions://mail.example.org:465 (srv, priority 0)", "imaps://mail.example.org:993 (srv, priority 0)"}},
	} {
		if f := factOf(c, fact); !slices.Equal(f.Added, want[0]) || !slices.Equal(f.Removed, want[1]) {
			t.Errorf("%s: %+v, want %v", fact, f, want)
		}
	}
	if p := factOf(c, "mta_sts_policy"); !slices.Contains(p.Added, "mode: testing") || !slices.Contains(p.Removed, "mx: *.example.org") || !slices.Contains(p.Added, "max_age: 86400") {
		t.Errorf("the policy: %+v", p)
	}
	back2 := Diff(newer, older)
	if i := slices.IndexFunc(back2.Domains[0].Findings, func(f FindingChange) bool { return f.Check == faultyID }); i < 0 || back2.Domains[0].Findings[i].Trend != Better {
		t.Errorf("the way back is not better: %+v", back2.Domains[0].Findings)
	}
	accepted := Diff(older, Accept(newer, acceptList(t, acceptEntry(faultyID, "*", "2027-01-31")))).Domains[0].Findings
	if i := slices.IndexFunc(accepted, func(f FindingChange) bool { return f.Accepted != nil }); i < 0 || accepted[i].Check != faultyID {
		t.Error("that it is accepted is not told")
	}
}

// TestDiffOfTheUnknownDNS takes nothing for gone that the DNS did not tell this time.
func TestDiffOfTheUnknownDNS(t *testing.T) {
	older, newer := soundDomain(t), halfDomain(t)
	older.domain.Services.Value = append(older.domain.Services.Value, evidence.MailService{Source: evidence.BySRV, Protocol: "sieve", Host: "mail.example.org", Port: 4190})
	newer.domain.Services.Open = []evidence.MailService{{Protocol: "sieve"}}
	newer.domain.Services.Value = newer.domain.Services.Value[:3]
	dead := deadDomain()
	dead.domain.Name = "example.org"
	c := Diff(older.report(t), newer.report(t))
	if f := factOf(c, "services"); !slices.Equal(f.Removed, []string{"imaps://mail.example.org:993 (srv, priority 0)", "no pop3 (srv)"}) || f.Known == "" {
		t.Errorf("%+v", f)
	}
	if f := factOf(c, "caa"); len(f.Removed) > 0 || !strings.HasPrefix(f.Known, "known, now unknown") {
		t.Errorf("%+v", f)
	}
	if f := factOf(c, "mta_sts mx1.example.org 192.0.2.25"); len(f.Removed) > 0 || !strings.HasPrefix(f.Known, "known, now unknown") {
		t.Errorf("%+v", f)
	}
	if f := factOf(c, "tlsa mx1.example.org:25"); len(f.Removed) > 0 || !strings.HasPrefix(f.Known, "known, now inapplicable") {
		t.Errorf("records that were not asked for: %+v", f)
	}
	unread := soundDomain(t)
	older.domain.Hosts["mx2.example.org"].Aliases = []string{"relay.isp.example"}
	unread.domain.Hosts["mx2.example.org"].Addresses = evidence.Fact[[]netip.Addr]{State: evidence.Unknown, Why: "no reply"}
	if f := factOf(Diff(older.report(t), unread.report(t)), "aliases mx2.example.org"); len(f.Removed) > 0 {
		t.Errorf("what a name stands for, where no answer came: %+v", f)
	}
	if f := factOf(Diff(unread.report(t), older.report(t)), "aliases mx2.example.org"); len(f.Added) > 0 {
		t.Errorf("what a name stands for, where no answer came: %+v", f)
	}
	older.domain.Hosts["mx2.example.org"].Aliases = nil
	lost := soundDomain(t)
	lost.domain.Hosts["mx1.example.org"].Addresses = evidence.Fact[[]netip.Addr]{State: evidence.Partial, Value: []netip.Addr{netip.MustParseAddr("192.0.2.25")}, Why: "no reply"}
	lost.domain.Hops = lost.domain.Hops[1:]
	for _, c := range []*Changes{Diff(older.report(t), lost.report(t)), Diff(lost.report(t), older.report(t))} {
		if f := factOf(c, "dane mx1.example.org 2001:db8::25"); len(f.Removed)+len(f.Added) > 0 || f.Known == "" {
			t.Errorf("of an address that was not told: %+v", f)
		}
	}
	for _, f := range Diff(older.report(t), dead.report(t)).Domains[0].Facts {
		if len(f.Removed) > 0 || f.Fact == "mx" && f.Known == "" {
			t.Errorf("of a domain that the DNS tells nothing of: %+v", f)
		}
	}
}

// TestDomainsComeAndGo tells of domains that only one report has, and when DNSSEC was validated otherwise.
func TestDomainsComeAndGo(t *testing.T) {
	c := Diff(nullDomain().report(t), faulty(t))
	if len(c.Domains) != 2 || c.Domains[0].Presence != Added || c.Domains[1].Presence != Gone || !c.Worse() {
		t.Errorf("%+v", c.Domains)
	}
	text := diffText(t, c)
	for _, want := range []string{"\nxn--mhle-0ra.example: only in the new report, fail, D\n", "\nparked.example: only in the old report, pass\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if Diff(faulty(t), build(t)).Worse() || Diff(build(t), nullDomain().report(t)).Worse() {
		t.Error("a domain that is gone, or new and well, is worse")
	}
	trusting := nullDomain()
	trusting.domain.DNSSEC = "trust"
	if c := Diff(nullDomain().report(t), trusting.report(t)); len(c.Notes) != 1 || c.Notes[0] != "DNSSEC of parked.example was validated otherwise: local, now trust" {
		t.Errorf("%q", c.Notes)
	}
}

// TestDiffOfFigures tells of grade and confidence where they are certain to have changed, and of another certificate of the policy's host.
func TestDiffOfFigures(t *testing.T) {
	older, newer := soundDomain(t), soundDomain(t)
	certificate := func(covered, issuer string) *evidence.PolicyCertificate {
		return &evidence.PolicyCertificate{Names: []string{covered}, Covered: []string{covered}, Issuer: issuer, From: scanned, Until: scanned.Add(90 * day)}
	}
	older.domain.Policy.Value.Certificate, newer.domain.Policy.Value.Certificate = certificate("mta-sts.example.org", "CN=R1"), certificate("*.example.org", "CN=R2")
	newer.endpoints[2] = served(weak(t), "smtp", "mx2.example.org", 25, "198.51.100.25")
	newer.endpoints[2].Facts.STARTTLS = known(evidence.STARTTLS{})
	was, is := older.report(t), newer.report(t)
	c := Diff(was, is)
	d := c.Domains[0]
	if d.Grade == nil || d.Grade.Old != was.Domains[0].Grade || d.Grade.New != is.Domains[0].Grade {
		t.Errorf("grade: %+v, was %q, is %q", d.Grade, was.Domains[0].Grade, is.Domains[0].Grade)
	}
	if d.Confidence == nil || d.Confidence.Old.Score != 100 || d.Confidence.New.AtBest >= 100 {
		t.Errorf("confidence: %+v", d.Confidence)
	}
	if f := factOf(c, "mta_sts_policy certificate"); !slices.Equal(f.Added, []string{"for: *.example.org", "issuer: CN=R2"}) || !slices.Equal(f.Removed, []string{"for: mta-sts.example.org", "issuer: CN=R1"}) {
		t.Errorf("certificate: %+v", f)
	}
	for _, want := range []string{"; grade was A+, now ", "  confidence: was 100, now ", "mta_sts_policy certificate"} {
		if text := diffText(t, c); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	newer = soundDomain(t) // one certificate was not looked at, and one server was not reached
	newer.endpoints[2] = served(unanswered(t), "smtp", "mx2.example.org", 25, "198.51.100.25")
	if d := Diff(was, newer.report(t)).Domains[0]; d.Confidence != nil {
		t.Errorf("what is not known changes the confidence: %+v", d.Confidence)
	}
	if f := factOf(Diff(was, newer.report(t)), "mta_sts_policy certificate"); len(f.Added)+len(f.Removed) > 0 || f.Known == "" {
		t.Errorf("a certificate that was not looked at: %+v", f)
	}
	renewed := soundDomain(t)
	renewed.domain.Policy.Value.Certificate = certificate("mta-sts.example.org", "CN=R1")
	renewed.domain.Policy.Value.Certificate.Until = scanned.Add(150 * day)
	if f := factOf(Diff(was, renewed.report(t)), "mta_sts_policy certificate"); f.Fact != "" {
		t.Errorf("a renewal is told: %+v", f)
	}
}
