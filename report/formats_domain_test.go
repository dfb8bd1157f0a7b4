package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// hostilePromise is a report on a domain all of whose text is nasty, of which a check fails.
func hostilePromise(t testing.TB) *Report {
	t.Helper()
	return Judge(spoken(t).report(t), strict(t), nil, time.Time{})
}

// severalDomains is a report on domains of which one fails in a way that is accepted, and which another policy than mail has a say
// on; one that nothing is known of, and one that was scanned twice; beside a server that belongs to none.
func severalDomains(t testing.TB) *Report {
	t.Helper()
	house := strict(t)
	house.Name = "house"
	alone := build(t, served(weak(t), "imap", "old.example.net", 143, "203.0.113.9"))
	r := Merge(strict(t), append(others(t, "rfc9325"), house), faulty(t), deadDomain().report(t), alone, nullDomain().report(t), nullDomain().report(t))
	return Accept(r, acceptList(t, acceptEntry(faultyID, "*", "2027-01-31")+",\n"+acceptEntry("rc4", "*", "2027-01-31")))
}

// TestDomainsInForms looks for what each form says of a domain.
func TestDomainsInForms(t *testing.T) {
	r := severalDomains(t)
	for name, want := range map[string][]string{
		"sarif": {`"uri": "dns:xn--mhle-0ra.example"`, `"fullyQualifiedName": "xn--mhle-0ra.example"`, `"ruleId": "mta-sts-policy-unreachable"`,
			`"ruleId": "house/mta-sts-policy-unreachable"`, `"justification": "moved next week"`},
		"junit": {`<testsuite name="xn--mhle-0ra.example" tests="`, `<testsuite name="xn--mhle-0ra.example policy house"`, `name="Verdict on incoming"`,
			`<testsuite name="parked.example"`, `classname="lame.example"`},
		"csv": {"2026-11-23T12:00:00Z,,,,,fail,,mta-sts-policy-unreachable,fail,\"senders cannot use the policy", ",house,", ",xn--mhle-0ra.example\n"},
		"prometheus": {`mailtls_domain_verdict{domain="xn--mhle-0ra.example",verdict="fail"} 1`, `mailtls_domain_verdict{domain="lame.example",verdict="incomplete"} 1`,
			"# TYPE mailtls_domain_verdict gauge", `mailtls_domain_role_verdict{domain="xn--mhle-0ra.example",purpose="access",verdict="fail"} 1`,
			`mailtls_domain_finding{domain="xn--mhle-0ra.example",check="mta-sts-policy-unreachable",level="fail",accepted="true"} 1`,
			`mailtls_domain_exchanger_addresses{domain="xn--mhle-0ra.example",sender="dane",outcome="refused"} 1`,
			`mailtls_domain_policy_verdict{domain="xn--mhle-0ra.example",policy="house"`, `mailtls_domain_accepted_until_timestamp_seconds{domain="xn--mhle-0ra.example"`},
		"nagios": {"MAILTLS CRITICAL - 4 domains: 1 FAIL, 1 INCOMPLETE, 2 PASS; ", "\nxn--mhle-0ra.example FAIL (incoming ", "\nlame.example INCOMPLETE: the DNS gives no answer",
			"\nparked.example PASS\n", "xn--mhle-0ra.example mta-sts-policy-unreachable accepted until 2027-01-31: moved next week", "xn--mhle-0ra.example policy house FAIL"},
	} {
		i := slices.IndexFunc(forms(), func(f form) bool { return f.name == name })
		var b bytes.Buffer
		if err := forms()[i].write(&b, r); err != nil {
			t.Fatal(err)
		}
		for _, s := range want {
			if !strings.Contains(b.String(), s) {
				t.Errorf("%s has no %q:\n%.3000s", name, s, b.String())
			}
		}
	}
	var b bytes.Buffer
	if err := WriteNagios(&b, deadDomain().report(t)); err != nil || !strings.HasPrefix(b.String(), "MAILTLS UNKNOWN - lame.example INCOMPLETE: the DNS gives no answer about lame.example: no reply from 192.0.2.53:53; no server | fail=0;") {
		t.Errorf("%v: %s", err, b.String())
	}
	if b.Reset(); WritePrometheus(&b, build(t, healthy(t))) != nil || strings.Contains(b.String(), "mailtls_domain") {
		t.Error("there are families about domains without a domain")
	}
}

// TestDomainOfARow has a table tell which domains a server belongs to.
func TestDomainOfARow(t *testing.T) {
	s := soundDomain(t)
	shared := soundDomain(t).domain
	shared.Name = "example.net"
	alone := served(healthy(t), "imaps", "old.example.net", 993, "203.0.113.9")
	r := BuildDomains(evidence.Tool{}, evidence.Run{}, mailPolicy(t), []*evidence.Domain{s.domain, shared}, append(s.endpoints, alone))
	var b bytes.Buffer
	if err := WriteCSV(&b, r); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) int { return slices.Index(rows[0], name) }
	for _, row := range rows[1:] {
		want := map[string]string{"mx1.example.org": "example.org; example.net", "old.example.net": ""}
		if got, ok := want[row[at("host")]]; ok && row[at("domain")] != got {
			t.Errorf("%s belongs to %q", row[at("host")], row[at("domain")])
		}
	}
	if rows[1][at("host")] != "" || rows[1][at("domain")] != "example.org" || rows[1][at("role")] != string(policy.Relay) {
		t.Errorf("the first row is %q", rows[1])
	}
}

// TestLineOfADomain keeps in a line all that the domain is judged by.
func TestLineOfADomain(t *testing.T) {
	r := severalDomains(t)
	var b bytes.Buffer
	if err := WriteJSONL(&b, r); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 5 { // four domains, one server
		t.Fatalf("%d lines", len(lines))
	}
	for i, d := range r.Domains {
		back, err := ReadJSON(strings.NewReader(lines[i]))
		if err != nil || len(back.Domains) != 1 || len(back.Endpoints) != len(r.endpointsOf(d.Domain)) {
			t.Fatalf("%v: line %d", err, i)
		}
		if again := Judge(back, strict(t), nil, time.Time{}).Domains[0]; again.Verdict != d.Verdict || len(again.Roles) != len(d.Roles) {
			t.Errorf("%s judged again is %v, not %v", d.Name, again.Verdict, d.Verdict)
		}
	}
	var last struct{ Domains, Endpoints []struct{} }
	if err := json.Unmarshal([]byte(lines[4]), &last); err != nil || len(last.Domains) != 0 || len(last.Endpoints) != 1 {
		t.Errorf("%v: %v", err, last)
	}
}
