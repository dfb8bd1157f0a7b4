package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/report"
)

// nameServers serves zones by NSD, and returns where Unbound answers about them.
func nameServers(t *testing.T, zones ...dnstest.Zone) string {
	t.Helper()
	texts, anchor, err := dnstest.Tree(append([]dnstest.Zone{{Name: ".", Signing: &dnstest.Signing{}}}, zones...))
	if err != nil {
		t.Fatal(err)
	}
	nsd, err := dnstest.NSD(t.Context(), t.TempDir(), texts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nsd.Close)
	unbound, err := dnstest.Unbound(t.Context(), t.TempDir(), anchor, nsd.Addr, texts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unbound.Close)
	return unbound.Addr
}

// servedScan is what a service says of a scan.
type servedScan struct{ ID, State, Verdict, Report string }

// scanOurs has a service that asks the name servers of zones scan ours.test.
func scanOurs(t *testing.T, zones ...dnstest.Zone) (serves *program, service string, scan servedScan) {
	t.Helper()
	serves = begin(t, "serve", "--listen", "127.0.0.1:0", "--database", t.TempDir()+"/x.db", "--allow-private", "127.0.0.0/8", "--resolver", nameServers(t, zones...), "--dnssec", "off")
	service = strings.TrimSuffix(strings.TrimPrefix(serves.first, "mailtls serves "), "; Ctrl-C ends it.")
	path := order(t, service, "ours.test")
	read(t, service, "/scans/"+path[strings.LastIndexByte(path, '/')+1:]+"/events") // until it is over
	if err := json.Unmarshal([]byte(read(t, service, path)), &scan); err != nil || scan.State != "done" {
		t.Fatalf("%+v, %v", scan, err)
	}
	return serves, service, scan
}

// TestOptOutOfHost scans a domain whose mail is also taken by a host of others, who want no scans: nobody connects to it, nothing is known of
// it, and the report says why.
func TestOptOutOfHost(t *testing.T) {
	if testing.Short() {
		t.Skip("runs name servers")
	}
	serves, service, scan := scanOurs(t, dnstest.Zone{Name: "ours.test.", Records: []string{"@ MX 10 mx", "@ MX 20 mx.quiet.test.", "mx A 127.0.0.1"}},
		dnstest.Zone{Name: "quiet.test.", Records: []string{"mx A 127.0.0.1", `_mailtls-optout TXT "optout"`}})
	var r report.Report
	if err := json.Unmarshal([]byte(read(t, service, scan.Report)), &r); err != nil {
		t.Fatal(err)
	}
	quiet := 0
	for _, e := range r.Endpoints {
		refused := strings.Contains(e.Facts.Reachable.Why, "it says in the DNS, by a TXT record of _mailtls-optout.quiet.test")
		if theirs := e.Target.Host == "mx.quiet.test"; theirs != refused || theirs && (e.Cost.Connections != 0 || e.Facts.Reachable.State != evidence.Unknown) {
			t.Errorf("%s: %+v, %d connections", e.Target.Input, e.Facts.Reachable, e.Cost.Connections)
		} else if theirs {
			quiet++
		}
	}
	if quiet != 1 || scan.Verdict != "incomplete" && scan.Verdict != "fail" {
		t.Errorf("%d endpoints of theirs, verdict %s", quiet, scan.Verdict)
	}
	serves.end(t)
}

// TestOptOutOfGuess scans a domain whose servers for users nothing names, and one that has their usual name wants no scans: it is told, and passes
// nothing.
func TestOptOutOfGuess(t *testing.T) {
	if testing.Short() {
		t.Skip("runs name servers")
	}
	serves, service, scan := scanOurs(t, dnstest.Zone{Name: "ours.test.", Records: []string{"@ MX 0 .", "imap CNAME imap.quiet.test.", "@ A 127.0.0.1"}},
		dnstest.Zone{Name: "quiet.test.", Records: []string{"imap A 127.0.0.1", `_mailtls-optout TXT "optout"`}})
	if scan.Verdict != "incomplete" {
		t.Errorf("verdict %q", scan.Verdict)
	}
	text := strings.Join(strings.Fields(read(t, service, "/scans/"+scan.ID+"/report.txt")), " ")
	for _, want := range []string{"imaps imap.ours.test:993 usual name INCOMPLETE", "Nothing is known about all 3 of its endpoints", "by a TXT record of _mailtls-optout.quiet.test"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	serves.end(t)
}
