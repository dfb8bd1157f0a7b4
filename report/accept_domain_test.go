package report

import (
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

const faultyID = "mta-sts-policy-unreachable"

func acceptEntry(check, where, until string) string {
	return `{"check": "` + check + `", "endpoint": "` + where + `", "reason": "moved next week", "until": "` + until + `"}`
}

// fault is the finding of the check that the policy strict fails.
func fault(t testing.TB, d Domain) check.Finding {
	t.Helper()
	f, ok := findingIn(d.Findings, faultyID)
	if !ok {
		t.Fatal("no such finding")
	}
	return f
}

// TestAcceptDomain accepts a finding of a domain by its name, in each way that people write it, and no other domain's.
func TestAcceptDomain(t *testing.T) {
	r := faulty(t)
	for where, want := range map[string]bool{"xn--mhle-0ra.example": true, "XN--MHLE-0RA.example.": true, "MÜHLE.example": true, "*": true, "example.org": false} {
		got := Accept(r, acceptList(t, acceptEntry(faultyID, where, "2027-01-31")))
		d := got.Domains[0]
		if f := fault(t, d); (f.Accepted != nil) != want || f.Level != check.Fail || d.Verdict != Fail || (d.Remaining != nil) != want || (len(got.Notes) == 0) != want {
			t.Errorf("%s: %+v, %v, %+v", where, f, d.Remaining, got.Notes)
		}
		if f := fault(t, Accept(got, acceptList(t, "")).Domains[0]); f.Accepted != nil {
			t.Errorf("%s: what the list does not have stays accepted", where)
		}
	}
	if fault(t, r.Domains[0]).Accepted != nil {
		t.Error("the report given was changed")
	}
	ended := Accept(r, acceptList(t, acceptEntry(faultyID, "*", "2026-11-22"))).Domains[0]
	if f := fault(t, ended); f.Lapsed == nil || f.Accepted != nil || ended.Remaining != nil {
		t.Errorf("on the day after: %+v", f)
	}
	later := Judge(r, strict(t), nil, scanned.Add(200*day))
	if f := fault(t, Accept(later, acceptList(t, acceptEntry(faultyID, "*", "2027-01-31"))).Domains[0]); f.Lapsed == nil {
		t.Errorf("judged half a year later: %+v", f)
	}
}

// TestAcceptAllOfADomain makes a run a success whose findings are all accepted, those of the domain and those of its endpoints, and
// not before.
func TestAcceptAllOfADomain(t *testing.T) {
	s := soundDomain(t)
	s.domain.Policy.Value.Fault = "it is not there"
	s.endpoints[5] = served(weak(t), "imap", "mail.example.org", 993, "192.0.2.30")
	s.domain.Services.Value[3].Protocol = "imap"
	r := Judge(s.report(t), strict(t), nil, time.Time{})
	if !r.Has(Fail) || PluginStatusOf(r) != PluginCritical {
		t.Fatalf("nothing fails: %v", r.Domains[0].Verdict)
	}
	var servers, domain []string
	for _, f := range r.Domains[0].Findings {
		if f.Level >= check.Warn {
			domain = append(domain, acceptEntry(f.Check, "example.org", "2027-01-31"))
		}
	}
	for _, e := range r.Endpoints {
		for _, f := range e.Findings {
			if f.Level >= check.Warn {
				servers = append(servers, acceptEntry(f.Check, fullTarget(e), "2027-01-31"))
			}
		}
	}
	for name, c := range map[string]struct {
		entries []string
		want    Verdict
	}{"domain": {domain, Fail}, "servers": {servers, Fail}, "both": {append(servers, domain...), Pass}} {
		got := Accept(r, acceptList(t, strings.Join(c.entries, ",\n")))
		if got.Domains[0].remaining() != c.want || got.Has(Fail) != (c.want == Fail) || got.Domains[0].Verdict != Fail || !got.Complete() {
			t.Errorf("%s: the rest is %v, Has(Fail) %v, complete %v", name, got.Domains[0].remaining(), got.Has(Fail), got.Complete())
		}
	}
	only := *r
	only.Endpoints = nil
	if !only.Has(Fail) {
		t.Error("what fails of a domain fails nothing")
	}
}

func fullTarget(e Endpoint) string { return e.Target.Protocol + "://" + name(e.Target) }

// TestAcceptUnusedOfDomains tells why an entry met nothing.
func TestAcceptUnusedOfDomains(t *testing.T) {
	lost := deadDomain()
	lost.domain.Policy.State = evidence.Unknown
	sound, dead := soundDomain(t).report(t), lost.report(t)
	for _, c := range []struct {
		r     *Report
		entry string
		want  string
	}{
		{sound, acceptEntry(faultyID, "example.net", "2027-01-31"), "at example.net: no domain of that name was scanned"},
		{sound, acceptEntry(faultyID, "example.org", "2027-01-31"), "at example.org: it is not there, so the entry can go"},
		{dead, acceptEntry(faultyID, "*", "2027-01-31"), "at *: whether it is still there is not known"},
		{sound, acceptEntry("rc4", "*", "2027-01-31"), "at *: it is not there, so the entry can go"},
	} {
		if notes := Accept(c.r, acceptList(t, c.entry)).Notes; len(notes) != 1 || !strings.Contains(notes[0].Text, c.want) {
			t.Errorf("%s: %+v, want %s", c.entry, notes, c.want)
		}
	}
}

// TestAcceptListOnDomains wants the name of a domain where a check is about one, and nowhere else.
func TestAcceptListOnDomains(t *testing.T) {
	for _, c := range []struct{ check, where, want string }{
		{faultyID, "smtp://mx.example.org:25", `line 2: accept[0].endpoint: "smtp://mx.example.org:25": want the name of a domain, which ` + faultyID + " is about, or *"},
		{faultyID, "mx.example.org:25", "want the name of a domain"},
		{faultyID, "*.example.org", "want the name of a domain"},
		{faultyID, ".", "want the name of a domain"},
		{"rc4", "example.org", `accept[0].endpoint: "example.org": want scheme://host:port`},
	} {
		_, err := ReadAcceptList(strings.NewReader(acceptHead + acceptEntry(c.check, c.where, "2027-01-31") + "]}"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s at %s: %v", c.check, c.where, err)
		}
	}
}

// TestMergeDomains puts a domain beside single servers: its own count for it, others do not.
func TestMergeDomains(t *testing.T) {
	mail := mailPolicy(t)
	s := soundDomain(t)
	alone := Build(s.report(t).Tool, s.report(t).Run, mail, served(weak(t), "imap", "old.example.net", 143, "203.0.113.9"))
	merged := Merge(mail, nil, s.report(t), alone)
	if len(merged.Domains) != 1 || len(merged.Endpoints) != 7 || merged.Domains[0].Verdict != Pass || !merged.Has(Fail) {
		t.Errorf("%d domains, %d endpoints, the domain is %v", len(merged.Domains), len(merged.Endpoints), merged.Domains[0].Verdict)
	}
	s.domain.Services.Value = append(s.domain.Services.Value, s.domain.Services.Value[3])
	s.domain.Services.Value[6].Protocol, s.domain.Services.Value[6].Host, s.domain.Services.Value[6].Port = "imap", "old.example.net", 143
	merged = Merge(mail, others(t, "rfc9325"), alone, s.report(t))
	d := merged.Domains[0]
	if d.Verdict != Fail || len(d.Roles) != 3 || d.Roles[2].Endpoint != "old.example.net:143 203.0.113.9" {
		t.Errorf("with a server of its own that fails: %v %+v", d.Verdict, d.Roles)
	}
	if d := Merge(mail, nil, nullDomain().report(t), nil, deadDomain().report(t)); len(d.Domains) != 2 || d.Complete() || d.Domains[0].Verdict != Pass {
		t.Errorf("two domains without endpoints: %+v", d.Domains)
	}
	if one := Merge(mail, nil, nil, nullDomain().report(t)); !one.Complete() || len(one.Domains) != 1 {
		t.Errorf("one domain: %+v", one.Domains)
	}
}

// TestMergeSharedServers lists a server of two domains once, as the scan saw it that saw more, and counts it for both.
func TestMergeSharedServers(t *testing.T) {
	mail := mailPolicy(t)
	other := func() domainScan {
		s := soundDomain(t)
		s.domain.Name, s.domain.Services.Value = "example.net", nil
		s.endpoints = s.endpoints[:3]
		return s
	}
	lost := other()
	lost.endpoints[0] = served(unanswered(t), "smtp", "mx1.example.org", 25, "2001:db8::25")
	for name, merged := range map[string]*Report{
		"alike":           Merge(mail, nil, soundDomain(t).report(t), other().report(t)),
		"first not seen":  Merge(mail, nil, lost.report(t), soundDomain(t).report(t)),
		"second not seen": Merge(mail, nil, soundDomain(t).report(t), lost.report(t)),
	} {
		if len(merged.Domains) != 2 || len(merged.Endpoints) != 6 {
			t.Errorf("%s: %d domains, %d endpoints", name, len(merged.Domains), len(merged.Endpoints))
		}
		for _, d := range merged.Domains {
			own := merged.endpointsOf(d.Domain)
			if want := map[string]int{"example.org": 6, "example.net": 3}[d.Name]; len(own) != want || d.Verdict == Fail {
				t.Errorf("%s: %s has %d endpoints, and is %v", name, d.Name, len(own), d.Verdict)
			}
			if _, gone := unreachable(own[0]); gone {
				t.Errorf("%s: the scan that saw nothing is taken", name)
			}
		}
	}
	apart := served(healthy(t), "smtp", "mx1.example.org", 25, "192.0.2.99")
	if merged := Merge(mail, nil, soundDomain(t).report(t), build(t, apart)); len(merged.Endpoints) != 7 {
		t.Errorf("another address of a name: %d endpoints", len(merged.Endpoints))
	}
}
