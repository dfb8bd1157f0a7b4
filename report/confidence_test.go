package report

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// mailDomain is a domain with an exchanger for each preference, each of one address, that do everything right; and their endpoints.
func mailDomain(t testing.TB, preferences ...int) (*evidence.Domain, []*evidence.Endpoint) {
	t.Helper()
	secure := evidence.Vouch{Status: "secure"}
	d := &evidence.Domain{Name: "example.org", At: scanned, DNSSEC: "local", Exchange: known(evidence.Exchange{Kind: evidence.ByMX, DNSSEC: secure}),
		Services: known([]evidence.MailService{}), STS: known(evidence.STSRecord{DNSSEC: secure, ID: "1"}),
		Policy:  known(evidence.STSPolicy{Mode: "enforce", MX: []string{"*.example.org"}, MaxAge: 60 * day, Certificate: &evidence.PolicyCertificate{Covered: []string{"mta-sts.example.org"}}}),
		Reports: known(evidence.ReportsRecord{DNSSEC: secure, RUA: []string{"mailto:a@example.org"}}),
		CAA:     known(evidence.Authorizations{Name: "example.org", DNSSEC: secure, Records: []string{`0 issue "ca.test"`}}), Hosts: map[string]*evidence.MailHost{}}
	var endpoints []*evidence.Endpoint
	for i, p := range preferences {
		host, a := "mx"+string(rune('1'+i))+".example.org", netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})
		d.Exchange.Value.List = append(d.Exchange.Value.List, evidence.Exchanger{Preference: p, Host: host})
		d.Hosts[host] = &evidence.MailHost{DNSSEC: secure, Addresses: known([]netip.Addr{a}),
			TLSA: map[int]evidence.Fact[evidence.TLSA]{25: known(evidence.TLSA{Base: host, DNSSEC: secure})}}
		d.Hops = append(d.Hops, evidence.Hop{Host: host, Preference: p, Address: a, DANE: evidence.Decision{Outcome: evidence.Opportunistic, Why: "there are no TLSA records"},
			STS: evidence.Decision{Outcome: evidence.Authenticated}})
		e := healthy(t)
		e.Target.Host, e.Target.Address, e.Target.ServerName = host, a.String(), host
		endpoints = append(endpoints, e)
	}
	return d, endpoints
}

// TestConfidence changes one thing at a time about two exchangers, the first of which counts two thirds.
func TestConfidence(t *testing.T) {
	type change func(d *evidence.Domain, first *evidence.Endpoint)
	for _, c := range []struct {
		name          string
		change        change
		score, atBest int
		given         bool
	}{
		{"all right", func(*evidence.Domain, *evidence.Endpoint) {}, 100, 100, true},
		{"no STARTTLS", func(_ *evidence.Domain, e *evidence.Endpoint) { e.Facts.STARTTLS.Value.Works = false }, 34, 34, true},
		{"refused", func(_ *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.Reachable = evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"}
			e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Unknown, Why: "connection refused"}
		}, 34, 100, false},
		{"old", func(_ *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS10}
		}, 87, 87, true},
		{"untrusted", func(d *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{}
			d.Hops[0].STS.Outcome = evidence.Refused
		}, 74, 74, true},
		{"untrusted, but for DANE", func(d *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{}
			d.Hops[0].STS.Outcome, d.Hops[0].DANE.Outcome = evidence.Refused, evidence.Authenticated
		}, 100, 100, true},
		{"mode testing", func(d *evidence.Domain, _ *evidence.Endpoint) { d.Policy.Value.Mode = "testing" }, 80, 80, true},
		{"versions not known", func(_ *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "no reply"}
		}, 87, 100, true},
		{"no reply", func(_ *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Unknown, Why: "no reply"}
		}, 34, 100, false},
		{"first without address", func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Hops[0].Address, d.Hops[0].DANE = netip.Addr{}, evidence.Decision{Outcome: evidence.Refused, Cause: evidence.NoAddress}
		}, 100, 100, true},
		{"addresses not known", func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Hops[0].Address, d.Hops[0].DANE = netip.Addr{}, evidence.Decision{Outcome: evidence.Undecided, Why: "no reply"}
		}, 34, 100, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, endpoints := mailDomain(t, 10, 20)
			c.change(d, endpoints[0])
			x := confidenceOf(d, endpoints)
			if x == nil || x.Score != c.score || x.AtBest != c.atBest || x.Given != c.given || (x.Why == "") != (x.Score == x.AtBest) {
				t.Fatalf("%+v, want %d to %d", x, c.score, c.atBest)
			}
			score, of := 0, 0
			for _, p := range x.Points {
				score, of = score+p.Points, of+p.Of
				if p.Text == "" || p.Host == "" || p.Points+p.Open > p.Of {
					t.Errorf("%+v", p)
				}
			}
			if score != x.Score || of != 100 {
				t.Errorf("the points add up to %d of %d: %+v", score, of, x.Points)
			}
		})
	}
	d, _ := mailDomain(t)
	if x := confidenceOf(d, nil); x != nil {
		t.Errorf("of nothing: %+v", x)
	}
}

// TestConfidenceOfRefused tells in one line, and as open, what is not known of an exchanger that refuses connections.
func TestConfidenceOfRefused(t *testing.T) {
	d, endpoints := mailDomain(t, 10, 20)
	endpoints[1].Facts = evidence.Facts{Reachable: evidence.Fact[bool]{State: evidence.Known, Why: "connection refused"},
		STARTTLS: evidence.Fact[evidence.STARTTLS]{State: evidence.Unknown, Why: "connection refused"}}
	c := confidenceOf(d, endpoints)
	lines := confidenceLines(c, true)
	want := []confidenceLine{
		{check.Undecided, "mx2.example.org: not known: it refuses connections (0 of 34, or up to 34)"},
		{check.Undecided, "not all is known, because of mx2.example.org: it refuses connections"},
	}
	if got := lines[len(lines)-2:]; !slices.Equal(got, want) {
		t.Errorf("%+v", lines)
	}
	if warned := confidenceLines(c, false); len(warned) > 0 {
		t.Errorf("warned of what was not seen: %+v", warned)
	}
	if c.Score != 66 || c.AtBest != 100 {
		t.Errorf("%d to %d", c.Score, c.AtBest)
	}
}

func TestWeigh(t *testing.T) {
	d, _ := mailDomain(t, 10, 10, 20, 30)
	w := weigh(d)
	for host, want := range map[string]float64{"mx1.example.org": 2. / 7, "mx2.example.org": 2. / 7, "mx3.example.org": 2. / 7, "mx4.example.org": 1. / 7} {
		if diff := w[host] - want; diff > 1e-9 || diff < -1e-9 {
			t.Errorf("%s: %v, want %v", host, w[host], want)
		}
	}
	if got := rounded([]float64{33.3, 33.3, 33.4}, 100); !slices.Equal(got, []int{33, 33, 34}) {
		t.Error(got)
	}
}

func judged(t testing.TB, run evidence.Run, d *evidence.Domain, endpoints []*evidence.Endpoint) (*Report, Domain) {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	r := BuildDomains(evidence.Tool{}, run, p, []*evidence.Domain{d}, endpoints)
	return r, r.Domains[0]
}

// TestVerdictOfDomain changes one thing at a time about a domain that nothing is wrong with.
func TestVerdictOfDomain(t *testing.T) {
	for _, c := range []struct {
		name     string
		run      evidence.Run
		change   func(*evidence.Domain, *evidence.Endpoint)
		want     Verdict
		grade    policy.Grade
		complete bool
	}{
		{"all right", evidence.Run{}, func(*evidence.Domain, *evidence.Endpoint) {}, Pass, "A+", true},
		{"a finding that fails", evidence.Run{}, func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Policy.Value.MX = []string{"other.test"}
		}, Fail, "D", true},
		{"a finding that warns", evidence.Run{}, func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Reports.Value.Fault = "no rua"
		}, Warn, "A+", true},
		{"a server that warns", evidence.Run{}, func(_ *evidence.Domain, e *evidence.Endpoint) {
			e.Facts.Versions.Value = append([]tlswire.Version{tlswire.TLS10}, e.Facts.Versions.Value...)
		}, Warn, "B", true},
		{"an open question outweighs a warning", evidence.Run{}, func(d *evidence.Domain, e *evidence.Endpoint) {
			d.Reports.Value.Fault = "no rua"
			d.Exchange.Value.DNSSEC = evidence.Vouch{Status: "indeterminate", Why: "not looked at"}
		}, Incomplete, "", false},
		{"null MX", evidence.Run{}, func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Exchange.Value = evidence.Exchange{Kind: evidence.NullMX}
		}, Pass, "", true},
		{"no such domain", evidence.Run{}, func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Exchange.Value = evidence.Exchange{Kind: evidence.NoMail}
		}, Warn, "", true},
		{"no such domain, and asked for one check that does not apply", evidence.Run{Only: []string{"dane-mismatch"}}, func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Exchange.Value = evidence.Exchange{Kind: evidence.NoMail}
		}, Incomplete, "", false},
		{"MX not known", evidence.Run{}, func(d *evidence.Domain, _ *evidence.Endpoint) {
			d.Exchange = evidence.Fact[evidence.Exchange]{State: evidence.Unknown, Why: "no reply"}
		}, Incomplete, "", false},
		{"one check about domains alone", evidence.Run{Only: []string{"mta-sts-cert"}}, func(*evidence.Domain, *evidence.Endpoint) {}, Pass, "", true},
		{"one that does not apply", evidence.Run{Only: []string{"dane-mismatch"}}, func(*evidence.Domain, *evidence.Endpoint) {}, Pass, "", true},
		{"one check of servers alone", evidence.Run{Only: []string{"rc4"}}, func(*evidence.Domain, *evidence.Endpoint) {}, Pass, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, endpoints := mailDomain(t, 10)
			c.change(d, endpoints[0])
			if takes := d.Exchange.Value.List; len(takes) == 0 {
				endpoints, d.Hops = nil, nil
			}
			r, got := judged(t, c.run, d, endpoints)
			if got.Verdict != c.want || got.Grade != c.grade || r.Complete() != c.complete {
				t.Errorf("%s, grade %q, complete %v; want %s, %q, %v: %s", got.Verdict, got.Grade, r.Complete(), c.want, c.grade, c.complete, tellingOf(got.Findings))
			}
		})
	}
}

func tellingOf(findings []check.Finding) string {
	var out []string
	for _, f := range findings {
		if f.Level != check.Pass && f.Level != check.NotApplicable {
			out = append(out, f.Check+" "+f.Level.String()+": "+f.Message)
		}
	}
	return strings.Join(out, "\n")
}
