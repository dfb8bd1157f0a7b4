package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestPrintConfig wants flags to go before the environment, and that before a file; and to be told which it was.
func TestPrintConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mailtls.toml")
	text := "# ours\nlisten = \"127.0.0.1:9123\"\nallow-private = [\"10.0.0.0/8\", \"fd00::/8\"]\nallow-port = [2625]\nworkers = 7\ndatabase = \"x.db\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := printed(t, []string{"MAILTLS_CONFIG=" + file, "MAILTLS_WORKERS=9", "MAILTLS_DATABASE=y.db", "MAILTLS_HOST=a.test,b.test", "MAILTLS_OTHER=1", "MAILTLS_DNSSEC="},
		"--database", "postgres://me:secret@db/mailtls")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`listen = "127.0.0.1:9123" # by ` + file, `allow-private = ["10.0.0.0/8", "fd00::/8"] # by ` + file, `allow-port = ["2625"] # by ` + file,
		"workers = 9 # by MAILTLS_WORKERS", `host = ["a.test", "b.test"] # by MAILTLS_HOST`, `database = "postgres://me:xxxxx@db/mailtls" # by --database`,
		`dnssec = "local" # the default`,
	} {
		if !strings.Contains(out, want+"\n") {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, url := range []string{"postgres://db/mailtls?user=me&password=secret", "postgres://me:/secret%@db/mailtls"} {
		if out, err := printed(t, nil, "--database", url); err != nil || strings.Contains(out, "secret") || !strings.Contains(out, "xxxxx") {
			t.Errorf("%v: %s", err, out)
		}
	}
	again := filepath.Join(t.TempDir(), "again.toml") // what is printed can be read
	if err := os.WriteFile(again, []byte(strings.ReplaceAll(out, "postgres://me:xxxxx@db/mailtls", "x.db")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := printed(t, nil, "--config", again); err != nil || !strings.Contains(out, "workers = 9 # by "+again) {
		t.Errorf("%v: %s", err, out)
	}
}

// printed returns what serve is set to, with single spaces.
func printed(t *testing.T, environment []string, args ...string) (string, error) {
	t.Helper()
	var stdout bytes.Buffer
	a := &app{env: environment, stdin: strings.NewReader(""), stdout: &stdout, stderr: &stdout}
	err := execute(a, t.Context(), append([]string{"serve", "--print-config"}, args...)...)
	lines := strings.Split(stdout.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.Join(lines, "\n"), err
}

// TestBadConfig wants to be told what is wrong, and where.
func TestBadConfig(t *testing.T) {
	for text, want := range map[string]string{
		"\nlisen = \"127.0.0.1:1\"\n":      `line 2: no setting is called "lisen": did you mean listen?`,
		"workers = -1\n":                   "line 1: workers: want a number from 0",
		"[serve]\nworkers = 5\n":           `line 2: no setting is called "serve.workers"`,
		"workers = 5\nlisten = = 1\n":      "line 2: toml:",
		"listen = [\"127.0.0.1:1\"]\n":     "want one value, not a list",
		"allow-private = [\"10.0.0.1/8\"]": "line 1: allow-private: want a network",
		"print-config = true":              `no setting is called "print-config"`,
		strings.Repeat("# long\n", 200000): "it has more than 1048576 bytes",
		"workers = 1\nworkers = 2\n":       "workers",
		"host = {a = 1}":                   `no setting is called "host.a"`,
	} {
		file := filepath.Join(t.TempDir(), "bad.toml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := printed(t, nil, "--config", file); err == nil || !strings.Contains(err.Error(), want) || exitCode(err, &bytes.Buffer{}) != exitUsage {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
	for _, environment := range []string{"MAILTLS_WORKERS=many", "MAILTLS_CONFIG=/nowhere/at/all", "MAILTLS_OPTOUT=list"} {
		name, _, _ := strings.Cut(environment, "=")
		if _, err := printed(t, []string{environment}); err == nil || name != "MAILTLS_CONFIG" && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", environment, err)
		}
	}
}

// TestRepeats wants a list of settings to be known as one.
func TestRepeats(t *testing.T) {
	a := &app{}
	cmd := a.serveCommand()
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if got, want := repeats(f.Value), strings.Contains(f.Usage, "may be repeated"); got != want {
			t.Errorf("--%s repeats: %v, want %v", f.Name, got, want)
		}
	})
}
