package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// startDNS serves a zone in which each domain dN.test leads its users to one of the ports of 127.0.0.1, and mail nowhere. It returns the
// address of the server.
func startDNS(t *testing.T, ports []string) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable = true
		for _, text := range zoneOf(strings.ToLower(q.Question[0].Name), dns.TypeToString[q.Question[0].Qtype], ports) {
			rr, err := dns.NewRR(q.Question[0].Name + " 300 IN " + text)
			if err != nil {
				t.Error(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		_ = w.WriteMsg(m)
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return conn.LocalAddr().String()
}

func zoneOf(name, kind string, ports []string) []string {
	domain, service := strings.CutPrefix(name, "_submission._tcp.")
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(domain, "d"), ".test."))
	switch {
	case err == nil && service && kind == "SRV":
		return []string{fmt.Sprintf("SRV 0 1 %s mail.provider.test.", ports[n%len(ports)])}
	case err == nil && !service && kind == "MX":
		return []string{"MX 0 ."}
	case name == "mail.provider.test." && kind == "A":
		return []string{"A 127.0.0.1"}
	}
	return nil
}

// startLabs starts two servers of the lab, and returns their ports.
func startLabs(t *testing.T) (ports []string) {
	t.Helper()
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	for _, name := range []string{"strong-submission", "strong-submission"} {
		r, err := l.start(context.Background(), name, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		target := labTarget(r)
		ports = append(ports, target[strings.LastIndexByte(target, ':')+1:])
	}
	return ports
}

// TestBulk scans a list of 100 domains behind two servers, as users do.
func TestBulk(t *testing.T) {
	dnsAt := startDNS(t, startLabs(t))
	var list strings.Builder
	list.WriteString("rank,domain\n")
	for i := range 100 {
		fmt.Fprintf(&list, "%d,d%d.test\n", i, i)
	}
	list.WriteString("100,d0.test\n101,no_domain\n")
	folder := t.TempDir()
	file, results := filepath.Join(folder, "list.csv"), filepath.Join(folder, "results.jsonl")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	bulk := func(args ...string) (string, string, error) {
		var stdout, stderr bytes.Buffer
		a := &app{stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, scan: mailtls.Scan}
		err := execute(a, t.Context(), append([]string{"scan", "-f", file, "--resolver", dnsAt, "--dnssec", "off", "--allow-private", "--per-minute", "0"}, args...)...)
		return stdout.String(), stderr.String(), err
	}
	if out, errs, err := bulk("--format", "jsonl", "-o", results); err != nil || out != "" || !strings.Contains(errs, "101 names of 102") {
		t.Fatalf("%s%s%v", out, errs, err)
	}
	checkLines(t, results)
	if _, _, err := bulk(); err == nil || !strings.Contains(err.Error(), "--resume") {
		t.Errorf("a journal that is there: %v", err)
	}
	if _, _, err := bulk("--resume", "--full"); err == nil || !strings.Contains(err.Error(), "same flags") {
		t.Errorf("other flags: %v", err)
	}
	if out, errs, err := bulk("--resume"); err != nil || !strings.Contains(out, "101") {
		t.Errorf("%s%s%v", out, errs, err)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		_, _, err := bulk("--resume", "--format", "jsonl", "-o", "/dev/full")
		if err == nil || !strings.Contains(err.Error(), "make room, and the same command with --resume goes on") {
			t.Errorf("a full disk: %v", err)
		}
	}
	checkOtherSettings(t, filepath.Join(folder, "own.json"), bulk)
	checkOtherLists(t, file, bulk)
}

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

func checkLines(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != 101 || !strings.Contains(lines[100], `"result":"invalid"`) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines[:100] {
		r, err := report.ReadJSON(strings.NewReader(line))
		if err != nil || r.Domains[0].Name != fmt.Sprintf("d%d.test", i) || len(r.Endpoints) != 1 || r.Endpoints[0].Cost.Connections == 0 {
			t.Fatalf("line %d: %v", i, err)
		}
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

// TestBulkFlags wants to be told what does not fit.
func TestBulkFlags(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "want a target"},
		{"--resume example.org", "--file"},
		{"--format parquet example.org", "--file"},
		{"-f list.txt example.org", "leave one out"},
		{"-f list.txt --revocation", "--revocation"},
		{"-f list.txt --format html", "jsonl"},
		{"-f list.txt --format parquet", "--output"},
		{"-f -", "--journal"},
		{"-f list.txt --full --quick", "--full"},
		{"-f list.txt --resume --journal none.mailtls", "no journal"},
	} {
		a, _, _ := fake(nil)
		if err := execute(a, t.Context(), append([]string{"scan"}, strings.Fields(c.args)...)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.args, err, c.want)
		}
	}
}
