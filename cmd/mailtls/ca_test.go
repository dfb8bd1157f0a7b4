package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/report"
)

// TestCAFile scans a sound server whose authority nobody knows, without and with that authority's certificate.
func TestCAFile(t *testing.T) {
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	r, err := l.start(t.Context(), "strong-imaps", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, l.roots(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		flags   []string
		verdict report.Verdict
		roots   string
	}{
		{nil, report.Fail, "Mozilla"},
		{[]string{"--ca-file", file}, report.Pass, "Mozilla and 2 more"},
	} {
		a, stdout, stderr := fake(mailtls.Scan)
		args := append([]string{"scan", "--quick", "--sni", labName, "--format", "json"}, c.flags...)
		if err := execute(a, t.Context(), append(args, "imaps://"+r.Addr)...); err != nil {
			t.Fatalf("%q: %v: %s", c.flags, err, stderr)
		}
		var got report.Report
		if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if v, roots := got.Endpoints[0].Verdict, got.Run.Roots.Name; v != c.verdict || roots != c.roots {
			t.Errorf("%q: %v by the roots of %q, want %v by %q", c.flags, v, roots, c.verdict, c.roots)
		}
	}
}

// TestBadCAFile tells what is wrong with a file of certificates, on the command line's own terms.
func TestBadCAFile(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"empty.pem":  {"", "has no certificate: want a file in PEM"},
		"broken.pem": {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate 1 cannot be read: "},
		"gone.pem":   {"", "cannot be read: no such file or directory"},
	} {
		path := filepath.Join(dir, name)
		if name != "gone.pem" {
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a, _, _ := fake(mailtls.Scan)
		err := execute(a, t.Context(), "scan", "--ca-file", path, "imaps://127.0.0.1:1")
		if err == nil || !strings.Contains(err.Error(), `--ca-file "`+path+`": `+c.want) || exitCode(err, discard{}) != 2 {
			t.Errorf("%s: %v, want %q and exit code 2", name, err, c.want)
		}
	}
}
