package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"
)

const storedDomain = "../../report/testdata/domain.json"

// saved puts text into a file of the test's own.
func saved(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// respelt is the stored report on a domain with a part of its text changed.
func respelt(t *testing.T, old, new string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(storedDomain))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("the report has no %s", old)
	}
	return saved(t, "changed.json", strings.Replace(string(text), old, new, 1))
}

// TestStoredDomain judges, compares and accepts what a stored report says of a domain.
func TestStoredDomain(t *testing.T) {
	accepted := `{"schema": "https://mailtls.org/schema/accept-1", "accept": [{"check": "CHECK", "endpoint": "WHERE", "reason": "r", "until": "2030-01-31"}]}`
	accept := func(check, where string) string {
		return saved(t, "accepted.json", strings.NewReplacer("CHECK", check, "WHERE", where).Replace(accepted))
	}
	moved := respelt(t, `"preference":20`, `"preference":30`)
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"judged", []string{"judge", "--format", "nagios", storedDomain}, 2, []string{"MAILTLS CRITICAL - xn--mhle-0ra.example FAIL (incoming ", "The MTA-STS policy cannot be used"}},
		{"by others, at another time", []string{"judge", "--format", "json", "--policy", "rfc9325", "--at", "2027-06-01", storedDomain}, -1, []string{`"at":"2027-06-01T00:00:00Z"`}},
		{"failing", []string{"judge", "--fail-on", "fail", "--format", "csv", storedDomain}, 1, []string{"mta-sts-policy-unreachable"}},
		{"spoilt", []string{"judge", respelt(t, `"kind":"mx"`, `"kind":"my"`)}, 2, []string{`domains[0].mx.value.kind: "my": want one of mx, implicit, null, none`}},
		{"same", []string{"diff", "--fail-on", "change", storedDomain, storedDomain}, 0, []string{"xn--mhle-0ra.example: no change"}},
		{"changed", []string{"diff", "--fail-on", "change", storedDomain, moved}, 1, []string{"+        mx                   30 mx2.example.org", "-        mx                   20 mx2.example.org"}},
		{"not worse", []string{"diff", "--fail-on", "worse", "--format", "json", storedDomain, moved}, 0, []string{`"domain": "xn--mhle-0ra.example"`, `"30 mx2.example.org"`}},
		{"accepted", []string{"judge", "--format", "sarif", "--accept", accept("mta-sts-policy-unreachable", "mühle.example"), storedDomain}, -1, []string{`"kind": "external"`}},
		{"accepted elsewhere", []string{"judge", "--format", "csv", "--accept", accept("mta-sts-policy-unreachable", "example.net"), storedDomain}, -1, []string{"no domain of that name was scanned"}},
		{"accepted at a server", []string{"judge", "--accept", accept("mta-sts-policy-unreachable", "smtp://mx1.example.org:25"), storedDomain}, 2, []string{"want the name of a domain"}},
		{"accepted by another name", []string{"judge", "--accept", accept("mta-sts-policy-unreachabel", "example.org:25"), storedDomain}, 2, []string{"did you mean mta-sts-policy-unreachable?"}},
		{"clients", []string{"clients", "--report", storedDomain, "thunderbird"}, 0, []string{"imap://imap.example.org:143"}},
	} {
		a, stdout, stderr := fake(mailtls.Scan)
		var told bytes.Buffer
		code := exitCode(execute(a, t.Context(), c.args...), &told)
		text := stdout.String() + stderr.String() + told.String()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%.2000s", c.name, want, text)
			}
		}
		if c.code >= 0 && code != c.code {
			t.Errorf("%s: exit code %d, want %d: %s", c.name, code, c.code, told.String())
		}
	}
}

// TestStoredDomainIsJudgedAlike writes what was read as it was, and valid.
func TestStoredDomainIsJudgedAlike(t *testing.T) {
	a, stdout, _ := fake(mailtls.Scan)
	_ = execute(a, t.Context(), "judge", "--format", "json", storedDomain)
	if err := followsSchema(stdout.Bytes()); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(filepath.FromSlash(storedDomain))
	if err != nil {
		t.Fatal(err)
	}
	var was, is report.Report
	if err := json.Unmarshal(text, &was); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(stdout.Bytes(), &is); err != nil {
		t.Fatal(err)
	}
	if o, n := was.Domains[0], is.Domains[0]; o.Verdict != n.Verdict || len(o.Roles) != len(n.Roles) || o.SHA256 != n.SHA256 || len(o.Findings) != len(n.Findings) {
		t.Errorf("it was %v, %d findings, and is %v, %d findings", o.Verdict, len(o.Findings), n.Verdict, len(n.Findings))
	}
}
