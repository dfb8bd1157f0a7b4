package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/journal"
)

// checkOtherSettings: results of scans that asked, or judged, otherwise are not mixed.
func checkOtherSettings(t *testing.T, own string, bulk func(args ...string) (string, string, error)) {
	t.Helper()
	if err := os.WriteFile(own, []byte(`{"name": "own", "title": "One's own", "version": "1", "source": "here",
		"versions": [{"version": "TLS 1.1", "clause": "1", "both": {"severity": "fail"}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]string{
		"--policy " + own:   `, own `,
		"--policy rfc9325":  `, rfc9325 `,
		"--full":            `--full was "false", now "true"`,
		"--passive":         `--passive was "false", now "true"`,
		"--skip robot":      `--skip was "", now "robot"`,
		"--ipv6":            `-6 was "false", now "true"`,
		"--helo other.test": `--helo was "", now "other.test"`,
		"--allow-private=0": `--allow-private was "true", now "false"`,
	} {
		_, _, err := bulk(append([]string{"--resume"}, strings.Fields(flags)...)...)
		if _, usage := errors.AsType[usageError](err); !usage || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", flags, err, want)
		}
	}
}

// checkOtherLists: the results of a list never go out as those of another.
func checkOtherLists(t *testing.T, file string, bulk func(args ...string) (string, string, error)) {
	t.Helper()
	other := filepath.Join(filepath.Dir(file), "other.csv")
	for _, name := range []string{other, file} { // another name, and then another content
		if err := os.WriteFile(name, []byte("d1.test\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, _, err := bulk("--resume", "-f", name, "--journal", file+".mailtls"); err == nil || out != "" || !strings.Contains(err.Error(), "list") {
			t.Errorf("%s: %s%v", name, out, err)
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if out, errs, err := bulk("--resume"); err != nil || !strings.Contains(out, "101") {
		t.Errorf("a list that is gone: %s%s%v", out, errs, err)
	}
	for _, flag := range []string{"--resolver=192.0.2.53", "--column=1", "--dnssec=trust"} {
		name, _, _ := strings.Cut(flag, "=")
		if _, _, err := bulk("--resume", flag); err == nil || !strings.Contains(err.Error(), name+" was") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// TestBulkPart: with a list that was read in part only the same goes on.
func TestBulkPart(t *testing.T) {
	dnsAt, journalAt := startDNS(t, []string{"1"}), filepath.Join(t.TempDir(), "journal")
	bulk := func(in io.Reader, args ...string) (string, error) {
		var stdout, stderr bytes.Buffer
		a := &app{stdin: in, stdout: &stdout, stderr: &stderr, scan: mailtls.Scan}
		err := execute(a, t.Context(), append([]string{"scan", "-f", "-", "--journal", journalAt, "--resolver", dnsAt, "--dnssec", "off"}, args...)...)
		return stdout.String(), err
	}
	list := "rank,domain\n"
	for i := range 700 {
		list += fmt.Sprintf("%d,d%d.test\n", i, i)
	}
	breaks := iotest.ErrReader(errors.New("the line breaks"))
	if _, err := bulk(io.MultiReader(strings.NewReader(list), breaks)); err == nil || !strings.Contains(err.Error(), "the line breaks") {
		t.Fatal(err)
	}
	for what, content := range map[string]string{"another": strings.ReplaceAll(list, ".test", ".other.test"), "shorter": list[:1000],
		"changed": strings.Replace(list, "d7.", "e7.", 1), "empty": ""} {
		_, err := bulk(strings.NewReader(content), "--resume")
		if _, usage := errors.AsType[usageError](err); !usage || !strings.Contains(err.Error(), "other content") || strings.Contains(err.Error(), "goes on") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if out, err := bulk(strings.NewReader(list), "--resume"); err != nil || !strings.Contains(out, "700") {
		t.Errorf("%s%v", out, err)
	}
}

// TestBulkEnded wants to be told how to go on.
func TestBulkEnded(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("the journal cannot be written: %w", journal.ErrFull),
			"the disk is full\nWhat is finished is kept in l.mailtls: make room, and the same command with --resume goes on"},
		{errors.New("it broke"), "it broke\nWhat is finished is kept in l.mailtls: the same command with --resume goes on"},
		{usageError{errors.New("another list")}, "another list"},
	} {
		a, _, _ := fake(nil)
		f := &scanFlags{bulk: bulkFlags{file: fileName{value: "l"}}}
		if err := a.bulkEnded(f, c.err); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
