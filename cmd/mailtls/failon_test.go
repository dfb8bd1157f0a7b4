package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// TestFailOn sets the exit code by the worst that was found, and never passes over an error.
func TestFailOn(t *testing.T) {
	pass, warn, fail, open := check.Pass, check.Warn, check.Fail, check.Undecided
	for _, c := range []struct {
		name    string
		levels  []check.Level
		verdict report.Verdict
		want    map[string]int // by --fail-on
	}{
		{"all well", []check.Level{pass}, report.Pass, map[string]int{"": 0, "fail": 0, "warn": 0, "incomplete": 0}},
		{"warned", []check.Level{pass, warn}, report.Warn, map[string]int{"": 0, "fail": 0, "warn": 1, "incomplete": 1}},
		{"failed", []check.Level{pass, fail}, report.Fail, map[string]int{"": 0, "fail": 1, "warn": 1, "incomplete": 1}},
		{"not all known", []check.Level{pass, open}, report.Incomplete, map[string]int{"": 3, "fail": 3, "warn": 3, "incomplete": 1}},
		{"warned, not all known", []check.Level{warn, open}, report.Incomplete, map[string]int{"": 3, "fail": 3, "warn": 1, "incomplete": 1}},
		{"failed, not all known", []check.Level{fail, open}, report.Fail, map[string]int{"": 3, "fail": 1, "warn": 1, "incomplete": 1}},
	} {
		for word, want := range c.want {
			a, stdout, _ := fake(func(context.Context, string, *mailtls.Config) (*report.Report, error) {
				e := report.Endpoint{Verdict: c.verdict, Endpoint: new(evidence.Endpoint)}
				for _, l := range c.levels {
					e.Findings = append(e.Findings, check.Finding{Check: "rc4", Level: l})
				}
				return &report.Report{Endpoints: []report.Endpoint{e}}, nil
			})
			args := []string{"scan", "smtp://a.example"}
			if word != "" {
				args = append(args, "--fail-on", word)
			}
			if got := exitCode(execute(a, t.Context(), args...), discard{}); got != want || stdout.Len() == 0 {
				t.Errorf("%s, --fail-on %q: exit code %d, want %d; %d bytes of report", c.name, word, got, want, stdout.Len())
			}
		}
	}
}

// TestFailOnDomains counts what is found of domains, and what could not be looked up.
func TestFailOnDomains(t *testing.T) {
	known, unknown := evidence.Fact[evidence.Exchange]{State: evidence.Known, Value: evidence.Exchange{Kind: evidence.NullMX}}, evidence.Fact[evidence.Exchange]{State: evidence.Unknown, Why: "no reply"}
	for _, c := range []struct {
		name    string
		mx      evidence.Fact[evidence.Exchange]
		level   check.Level
		verdict report.Verdict
		want    map[string]int
	}{
		{"all well", known, check.Pass, report.Pass, map[string]int{"": 0, "warn": 0, "incomplete": 0}},
		{"nothing applies", known, check.NotApplicable, report.Pass, map[string]int{"": 0, "incomplete": 0}},
		{"warned", known, check.Warn, report.Warn, map[string]int{"": 0, "fail": 0, "warn": 1}},
		{"failed", known, check.Fail, report.Fail, map[string]int{"": 0, "fail": 1}},
		{"not decided", known, check.Undecided, report.Incomplete, map[string]int{"": 3, "fail": 3, "incomplete": 1}},
		{"not looked up", unknown, check.NotApplicable, report.Incomplete, map[string]int{"": 3, "fail": 3, "incomplete": 1}},
	} {
		for word, want := range c.want {
			a, _, _ := fake(func(context.Context, string, *mailtls.Config) (*report.Report, error) {
				d := &evidence.Domain{Name: "example.org", DNSSEC: "local", Exchange: c.mx}
				return &report.Report{Domains: []report.Domain{{Verdict: c.verdict, Domain: d, Findings: []check.Finding{{Check: "mta-sts-policy-unreachable", Level: c.level}}}}}, nil
			})
			args := []string{"scan", "example.org"}
			if word != "" {
				args = append(args, "--fail-on", word)
			}
			if got := exitCode(execute(a, t.Context(), args...), discard{}); got != want {
				t.Errorf("%s, --fail-on %q: exit code %d, want %d", c.name, word, got, want)
			}
		}
	}
}

// TestFindingsBesideErrors tells of a target that could not be scanned, too.
func TestFindingsBesideErrors(t *testing.T) {
	var stderr bytes.Buffer
	if code := exitCode(findingsError{errors.New("smtp://lost.example: no such host")}, &stderr); code != exitFindings || !strings.Contains(stderr.String(), "lost.example") {
		t.Errorf("exit code %d: %s", code, &stderr)
	}
	stderr.Reset()
	if exitCode(findingsError{}, &stderr); stderr.Len() > 0 {
		t.Errorf("said %s", &stderr)
	}
}
