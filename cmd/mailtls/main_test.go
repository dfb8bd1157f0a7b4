package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"mailtls": main})
}

// tests are those of this package, and what is to be done after them.
type tests struct{ *testing.M }

// Run runs them.
func (t tests) Run() int {
	defer postgresql.Close()
	return t.M.Run()
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "lab": startLab, "valid": valid},
	})
}

// exits runs a program and wants that exit code: exits 2 mailtls scan.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil || len(args) < 2 {
		ts.Fatalf("usage: exits code program [args...]")
	}
	got := 0
	var exit *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func TestExitCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, exitDone},
		{usageError{errors.New("x")}, exitUsage},
		{fmt.Errorf("wrapped: %w", usageError{errors.New("x")}), exitUsage},
		{errIncomplete, exitIncomplete},
		{errors.New("x"), exitIncomplete},
		{findingsError{}, exitFindings},
		{findingsError{errors.New("x")}, exitFindings},
	} {
		if got := exitCode(c.err, discard{}); got != c.want {
			t.Errorf("%v: %d, want %d", c.err, got, c.want)
		}
	}
}

// TestFullDisk has no room for the output of any command: that is told, and not passed over with code 0.
func TestFullDisk(t *testing.T) {
	for _, args := range [][]string{
		{}, {"--help"}, {"help", "scan"}, {"version"}, {"suites"}, {"suites", "c02f"}, {"suites", "--format", "json"}, {"policies"}, {"policies", "mail"},
		{"checks"}, {"checks", "rc4"}, {"lab", "list"}, {"lab", "--help"}, {"completion", "bash"}, {"completion", "--help"},
	} {
		err := run(t.Context(), args, nil, strings.NewReader(""), full{}, discard{})
		if exitCode(err, discard{}) != exitIncomplete || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%q: %v", args, err)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
