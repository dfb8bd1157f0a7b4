package nettest

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// checkCommand runs the program as people do.
func (w *world) checkCommand(t *testing.T) {
	program := filepath.Join(t.TempDir(), "mailtls")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/mailtls")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, said)
	}
	anchor := filepath.Join(t.TempDir(), "anchor")
	if err := os.WriteFile(anchor, []byte(w.anchor+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"scan", "--quick", "--allow-private", "--ca-file", w.bundle}
	t.Run("JSON", func(t *testing.T) {
		said := run(t, program, append(args, "--resolver", "127.0.0.1", "--trust-anchor", anchor, "--evidence", "facts", "--format", "json", "someone@stsboth.test", "wrong.test")...)
		var r report.Report
		if err := json.Unmarshal([]byte(said), &r); err != nil || len(r.Domains) != 2 {
			t.Fatalf("%v, %d domains: %.1000s", err, len(r.Domains), said)
		}
		if h := r.Domains[0].Hops; len(h) != 2 || h[0].DANE.Outcome != authenticated || h[0].STS.Outcome != refused {
			t.Errorf("stsboth.test: %+v", h)
		}
		if h := r.Domains[1].Hops; len(h) != 1 || h[0].DANE.Outcome != evidence.Refused {
			t.Errorf("wrong.test: %+v", h)
		}
	})
	t.Run("text", func(t *testing.T) { // by the resolver of this machine, and trusting it
		said := run(t, program, append(args, "--dnssec", "trust", "right.test")...)
		if !strings.Contains(said, "mx.right.test") || !strings.Contains(said, "deliver, encrypted and checked") {
			t.Errorf("%s", said)
		}
	})
}

// run returns what a program writes, whatever it thinks of a domain.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	said, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() != 1 && exit.ExitCode() != 3) { // not good, not all known
		t.Errorf("mailtls %s: %v: %s", strings.Join(args, " "), err, complaints.String())
	}
	return string(said)
}
