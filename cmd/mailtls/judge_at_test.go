package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
)

// TestJudgeAt judges the stored evidence of a Postfix on the last day of rows and on the day after: those that have dates,
// one of each policy and kind.
func TestJudgeAt(t *testing.T) {
	if testing.Short() {
		t.Skip("judges a big report a dozen times")
	}
	for _, c := range []struct {
		policy, at, row string
		level           check.Level
		seen            int // -1: any number
	}{
		// DHE suites are on a list until the end of 2029, then among the others.
		{"bsi-tr-02102-2", "2029-12-31", "suites-others", check.Fail, 47},
		{"bsi-tr-02102-2", "2030-01-01", "suites-others", check.Fail, 53},
		// The leave of port 25: what is not recommended is a note.
		{"bsi-tr-03108", "2029-12-31", "suites-others", check.Pass, 46},
		{"bsi-tr-03108", "2030-01-01", "suites-others", check.Pass, 52},
		// TLS 1.2 until the end of 2031; then each of its suites is among the others.
		{"bsi-tr-02102-2", "2031-12-31", "suites-others", check.Fail, 53},
		{"bsi-tr-02102-2", "2032-01-01", "suites-others", check.Fail, 57},
		// PKCS #1 v1.5 in handshakes until the end of 2025.
		{"bsi-tr-02102-2", "2025-12-31", "signatures-others", check.Fail, 2},
		{"bsi-tr-02102-2", "2026-01-01", "signatures-others", check.Fail, 5},
		// ... and in certificates, where it becomes a note.
		{"bsi-tr-02102-2", "2025-12-31", "cert-signed-pkcs1-late", check.Undecided, 0},
		{"bsi-tr-02102-2", "2026-01-01", "cert-signed-pkcs1-late", check.Pass, -1},
		{"bsi-tr-03108", "2025-12-31", "cert-signed-pkcs1-late", check.Undecided, 0},
		{"bsi-tr-03108", "2026-01-01", "cert-signed-pkcs1-late", check.Pass, -1},
		// Certificates have to be valid since April of 2025.
		{"pci-dss-4", "2025-03-31", "cert-not-yet-valid", check.Undecided, 0},
		{"pci-dss-4", "2025-04-01", "cert-not-yet-valid", check.Fail, -1},
		// RSA key transport is deprecated until the end of 2023, then not approved.
		{"nist-800-52r2", "2023-12-31", "suites-rsa", check.Warn, -1},
		{"nist-800-52r2", "2024-01-01", "suites-rsa", check.Undecided, 0},
		{"nist-800-52r2", "2023-12-31", "protocol-no-tls13", check.Undecided, 0},
		{"nist-800-52r2", "2024-01-01", "protocol-no-tls13", check.Pass, -1},
	} {
		f, there := judgedAt(t, c.policy, c.at, c.row)
		if there != (c.level != check.Undecided) || there && (f.Level != c.level || c.seen >= 0 && len(f.Seen) != c.seen) {
			t.Errorf("%s at %s: %s: %v with %d seen, there %v; want %v with %d", c.policy, c.at, c.row, f.Level, len(f.Seen), there, c.level, c.seen)
		}
	}
}

// judgedAt is the finding of one row of a policy about a Postfix at a time.
func judgedAt(t *testing.T, name, at, row string) (check.Finding, bool) {
	t.Helper()
	var out bytes.Buffer
	args := []string{"judge", "--policy", name, "--at", at, "--format", "json", filepath.FromSlash("../../report/testdata/postfix.json")}
	if err := run(t.Context(), args, nil, strings.NewReader(""), &out, discard{}); err != nil && !errors.Is(err, errIncomplete) {
		t.Fatal(err)
	}
	var r struct {
		Endpoints []struct {
			Others []struct {
				Findings []check.Finding `json:"findings"`
			} `json:"other_policies"`
		} `json:"endpoints"`
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Endpoints[0].Others[0].Findings {
		if f.Check == row {
			return f, true
		}
	}
	return check.Finding{}, false
}
