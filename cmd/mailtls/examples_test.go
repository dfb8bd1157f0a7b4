package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
)

// TestExamplesOfEvidence runs every command of docs/evidence.md on what the demo writes, and on a report on a domain, and wants what the page shows.
func TestExamplesOfEvidence(t *testing.T) {
	if testing.Short() {
		t.Skip("scans two servers")
	}
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("jq is not installed")
	}
	page, err := os.ReadFile(filepath.FromSlash("../../docs/evidence.md"))
	if err != nil {
		t.Fatal(err)
	}
	list := examples(string(page))
	if len(list) < 10 {
		t.Fatalf("%d examples were found on the page", len(list))
	}
	dir := t.TempDir()
	a, _, stderr := fake(mailtls.Scan)
	if err := execute(a, t.Context(), "demo", "--format", "json", "-o", filepath.Join(dir, "demo.json")); err != nil && !errors.Is(err, errIncomplete) {
		t.Fatalf("%v: %s", err, stderr)
	}
	domain, err := os.ReadFile(filepath.FromSlash("../../report/testdata/domain.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "domain.json"), domain, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", x.command)
		cmd.Dir = dir
		got, err := cmd.CombinedOutput()
		if err != nil || changing.ReplaceAllString(string(got), "…") != changing.ReplaceAllString(x.output, "…") {
			t.Errorf("$ %s\n%v, got\n%swant\n%s", x.command, err, got, x.output)
		}
	}
}

// changing is what is different in each run: ports and times.
var changing = regexp.MustCompile(`127\.0\.0\.1:\d+|\d{4}-\d\d-\d\dT[0-9:.]+Z`)

type example struct{ command, output string }

// examples are the commands of a page's indented blocks, after "$ ", and what they print. A command goes on in the next
// line while a quote is open.
func examples(page string) []example {
	var list []example
	open := false
	for line := range strings.Lines(page) {
		text, indented := strings.CutPrefix(line, "    ")
		command, begins := strings.CutPrefix(text, "$ ")
		last := len(list) - 1
		switch {
		case !indented:
			open = false
			list = append(list, example{})
		case begins:
			list = append(list, example{command: command})
			open = strings.Count(command, "'")%2 == 1
		case open:
			list[last].command += text
			open = strings.Count(list[last].command, "'")%2 == 1
		case last >= 0 && list[last].command != "":
			list[last].output += text
		}
	}
	var out []example
	for _, x := range list {
		if x.command != "" {
			out = append(out, x)
		}
	}
	return out
}
