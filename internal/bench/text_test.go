package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// measured is a result with something in every table.
func measured() Result {
	full := Scan{Server: "postfix/smtp", RTT: 50 * time.Millisecond, Mode: "full", Connections: 110, Claimed: 110, Floor: 97, Peak: 6,
		Wall: 4567 * time.Millisecond, BytesOut: 84227, BytesIn: 148127, Suites: 91, Average: 4.24, Questions: []Question{{"suites-tls1.2", 57}},
		Repeated: []Question{{"groups-tls12/1", 2}}, Slow: []SlowConnection{{"no-sni/1", time.Second, 2 * time.Second, 3 * time.Second, "done"}}}
	full.Marks = full.judge()
	quick := Scan{Server: "postfix/smtp", Mode: "quick", Connections: 9, Peak: 5, Wall: 250 * time.Millisecond, Questions: []Question{{"suites-tls1.0", 9}}}
	return Result{
		At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Machine: "a machine", Scans: []Scan{full, quick},
		Peers: []Comparison{{Server: "postfix/smtp", RTT: 50 * time.Millisecond, Parallel: 6, Scan: quick, Quick: quick, Peers: []PeerRun{
			{Peer: "nmap", Connections: 200, Peak: 8, Wall: 10 * time.Second, Suites: 88, Ratio: 2.19, Wanted: 2},
			{Peer: "sslscan", Connections: 184, Peak: 1, Wall: 20 * time.Second, Suites: 91, Ratio: 4.4, Wanted: 6},
			{Peer: "testssl", Wall: time.Second, Ratio: 0.2, Wanted: 15, Error: "exit status 1"},
		}}},
		Memory: []MemoryUsage{{Server: "postfix/smtp", Connections: 100, Bytes: 1_000_000, Allocations: 5000, PeakHeap: 5_400_000,
			JSON: 132_400, Gzip: 29_700, Indented: 243_200, GzipReport: 34_000}},
	}
}

const wantText = `2026-01-02 03:04:05, a machine

server        rtt   mode   suites  conns  floor  above  attacks  at once  wall    bytes out  bytes in  limits
postfix/smtp  50ms  full   91      110    97     13     0        6        4.57 s  84227      148127    BROKEN: connections > floor+12
postfix/smtp  0s    quick  0       9      -      -      -        5        0.25 s  0          0         kept

postfix/smtp at 50ms round trip, mailtls with 6 connections at once
tool           suites  conns  at once  wall     bytes out  bytes in  tool/mailtls  wanted  limits
mailtls quick  0       9      5        0.25 s   0          0         -             -       kept
mailtls quick  0       9      5        0.25 s   0          0         -             -       kept
nmap           88      200    8        10.00 s  0          0         2.2           2       kept
sslscan        91      184    1        20.00 s  0          0         4.4           6       BROKEN
testssl        0       0      0        1.00 s   0          0         0.2           15      FAILED: it found no cipher suites. exit status 1

server        conns  bytes/conn  allocs/conn  peak heap  evidence  gzip     report    gzip     limits
postfix/smtp  100    10000       50           5400 kB    132.4 kB  29.7 kB  243.2 kB  34.0 kB  BROKEN: gzip > 25 kB
`

const wantQuestions = `
postfix/smtp, 50ms, full: 110 connections, floor 97, +13, attacks 0, 4.57 s, 4.2 open on average
    57  suites-tls1.2
  slow  no-sni/1: ready after 1000 ms, reply after 2000 ms, ended after 3000 ms (done)
     2  made again: the offer of groups-tls12/1

postfix/smtp, 0s, quick: 9 connections, 0.25 s, 0.0 open on average
     9  suites-tls1.0

postfix/smtp, 0s, quick: 9 connections, 0.25 s, 0.0 open on average
     9  suites-tls1.0

postfix/smtp, 0s, quick: 9 connections, 0.25 s, 0.0 open on average
     9  suites-tls1.0
`

func TestWriteText(t *testing.T) {
	for _, tt := range []struct {
		name    string
		verbose bool
		want    string
	}{
		{"tables", false, wantText},
		{"verbose", true, wantText + wantQuestions},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeText(&b, measured(), tt.verbose); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWriteJSON(t *testing.T) {
	var b bytes.Buffer
	if err := writeJSON(&b, measured()); err != nil {
		t.Fatal(err)
	}
	var got Result
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(measured(), got); diff != "" {
		t.Errorf("JSON read back (-want +got):\n%s", diff)
	}
	if !strings.Contains(b.String(), `"wall_ns": 4567000000`) {
		t.Error("no wall time in nanoseconds")
	}
}
