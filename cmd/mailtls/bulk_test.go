package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls"
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
	if out, errs, err := bulk("--format", "jsonl", "-o", results); err != nil || out != "" || !strings.Contains(errs, "101 names of 102") ||
		!strings.Contains(errs, `line 103 of the list: "no_domain": no name of a domain`) {
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
