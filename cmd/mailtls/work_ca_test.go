package main

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/spf13/cobra"
)

// TestOwnAuthority has a server whose certificate is of one's own authority scanned as the service and its workers do, with and without
// --ca-file.
func TestOwnAuthority(t *testing.T) {
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server, _ := lab.ByName("strong-imap")
	running, err := lab.Start(t.Context(), server, ca)
	if err != nil {
		t.Fatal(err)
	}
	defer running.Close()
	var roots []byte
	for _, der := range ca.Roots() {
		roots = append(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, roots, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args []string
		want check.Level
	}{{nil, check.Fail}, {[]string{"--ca-file", file}, check.Pass}} {
		f, cmd := newWorkFlags(), new(cobra.Command)
		f.add(cmd)
		if err := cmd.ParseFlags(append(test.args, "--allow-private", "127.0.0.0/8", "--allow-port", strconv.Itoa(portOf(t, running.Addr)))); err != nil {
			t.Fatal(err)
		}
		cfg, err := f.scanning()
		if err != nil {
			t.Fatal(err)
		}
		r, err := mailtls.Scan(t.Context(), "imap://"+running.Addr, &cfg.Scan)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(r.Endpoints[0].Findings, func(f check.Finding) bool { return f.Check == "cert-untrusted" })
		if i < 0 {
			t.Fatal("trust is not judged")
		}
		if found := r.Endpoints[0].Findings[i]; found.Level != test.want {
			t.Errorf("%v: %v: %s, want %v", test.args, found.Level, found.Message, test.want)
		}
	}
}
