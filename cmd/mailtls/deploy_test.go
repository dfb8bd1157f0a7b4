package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/mailtls/mailtls/internal/realtest"
)

// deployed is a file of the folder deploy.
func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// accepted wants this program to understand arguments and an environment.
func accepted(t *testing.T, args, environment []string) {
	t.Helper()
	program := exec.CommandContext(t.Context(), "mailtls", append(args, "--print-config")...)
	program.Env = append(os.Environ(), environment...)
	out, err := program.CombinedOutput()
	if err != nil {
		t.Errorf("%q with %q: %v: %s", args, environment, err, out)
	}
	for _, e := range environment { // a variable that is none is no error
		name, value, _ := strings.Cut(e, "=")
		if value != "" && !strings.Contains(string(out), "# by "+name) {
			t.Errorf("%s sets nothing", name)
		}
	}
}

// TestUnit has systemd read its unit, and this program the settings that it tells of.
func TestUnit(t *testing.T) {
	text := deployed(t, "mailtls.service")
	accepted(t, []string{"serve"}, regexp.MustCompile(`MAILTLS_(LISTEN|TLS|ACME|KEEP|HOST)[A-Z_]*=\S+`).FindAllString(text, -1))
	realtest.Need(t, "systemd-analyze")
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "mailtls.service")
	if err := os.WriteFile(copied, []byte(strings.Replace(text, "/usr/local/bin/mailtls", me, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", copied).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v: %s", err, out)
	}
}

// TestCompose reads the compose files, and has this program understand what they tell it.
func TestCompose(t *testing.T) {
	variables := map[string]string{"POSTGRES_PASSWORD": "secret", "MAILTLS_TLS_NAME": "mailtls.example.org", "MAILTLS_HOST": "", "MAILTLS_KEEP_DAYS": "365", "MAILTLS_PROXY": "172.16.0.0/12"}
	environment := map[string]map[string]string{"serve": {}, "worker": {}}
	for _, name := range []string{"compose.yaml", "compose.https.yaml"} { // the second beside the first
		var file struct {
			Services map[string]struct {
				Command     []string
				Environment map[string]string
			}
			Volumes map[string]any
		}
		if err := yaml.Unmarshal([]byte(deployed(t, name)), &file); err != nil || file.Services["serve"].Command == nil || len(file.Volumes) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		for service, s := range file.Services {
			if s.Command == nil {
				continue
			}
			var all []string
			for key, value := range s.Environment {
				environment[service][key] = os.Expand(value, func(v string) string { return variables[regexp.MustCompile(`^[A-Z_]+`).FindString(v)] })
			}
			for key, value := range environment[service] {
				all = append(all, key+"="+value)
			}
			accepted(t, s.Command, all)
		}
	}
}
