package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/wireproxy"
	"github.com/mailtls/mailtls/tlswire"
)

func TestJudge(t *testing.T) {
	full := Scan{Mode: "full", Suites: 91, Groups: 10, Floor: 97, Connections: 109, Claimed: 109}
	quick := Scan{Mode: "quick", Connections: 12, Claimed: 12, Wall: time.Second, RTT: 50 * time.Millisecond}
	tests := []struct {
		name string
		scan Scan
		with func(*Scan)
		want string
	}{
		{"full, at the limit", full, func(*Scan) {}, ""},
		{"full, above", full, func(s *Scan) { s.Connections, s.Claimed = 110, 110 }, "connections > floor+12"},
		{"full, at both limits", full, func(s *Scan) { s.Connections, s.Claimed, s.Attacks = 134, 134, 25 }, ""},
		{"full, attacks above", full, func(s *Scan) { s.Connections, s.Claimed, s.Attacks = 135, 135, 26 }, "attacks > 25"},
		{"full, with more groups than suites", full, func(s *Scan) { s.Connections, s.Claimed, s.Suites = 120, 120, 9 }, ""},
		{"full may be slow", full, func(s *Scan) { s.Wall = time.Minute }, ""},
		{"quick, at the limit", quick, func(*Scan) {}, ""},
		{"quick has no floor", quick, func(s *Scan) { s.Floor = -100 }, ""},
		{"quick, too many", quick, func(s *Scan) { s.Connections, s.Claimed = 13, 13 }, "connections > 12"},
		{"quick, too slow", quick, func(s *Scan) { s.Wall++ }, "wall > 1s"},
		{"quick, with more to look into", quick, func(s *Scan) { s.Unwell, s.Connections, s.Claimed, s.Wall = true, 20, 20, time.Minute }, ""},
		{"quick on a long path", quick, func(s *Scan) { s.Wall, s.RTT = 3*time.Second, 200*time.Millisecond }, ""},
		{"wrong count", full, func(s *Scan) { s.Claimed = 108 }, "report says 108 connections"},
		{"gave up", full, func(s *Scan) { s.Ended = "tired" }, "ended: tired"},
		{"two", full, func(s *Scan) { s.Connections, s.Ended = 500, "tired" },
			"connections > floor+12, report says 109 connections, ended: tired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.with(&tt.scan)
			if got := strings.Join(tt.scan.judge(), ", "); got != tt.want {
				t.Errorf("judge() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestQuestions(t *testing.T) {
	got := questions([]string{"suites-tls1.2/1", "no-sni/1", "suites-tls1.2/2", "chacha-tls1.3/1", "odd", "a/b/7"})
	want := []Question{{"suites-tls1.2", 2}, {"a/b", 1}, {"chacha-tls1.3", 1}, {"no-sni", 1}, {"odd", 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("questions (-want +got):\n%s", diff)
	}
	if got := questions(nil); len(got) != 0 {
		t.Errorf("questions of nothing: %v", got)
	}
}

func observation(id string, end time.Duration, offer evidence.Offer) evidence.Observation {
	return evidence.Observation{ID: id, Offer: offer, Timing: evidence.Timing{End: end}, End: evidence.End{Kind: evidence.EndAlert}}
}

func TestNewScan(t *testing.T) {
	old, young := evidence.Offer{Version: tlswire.TLS10}, evidence.Offer{Version: tlswire.TLS12}
	without := young
	without.Suites.Without = evidence.SuiteCodes{0xC02F}
	ep := &evidence.Endpoint{Cost: evidence.Cost{Connections: 6, Floor: 3}, Ended: "tired", Observations: []evidence.Observation{
		observation("a/1", time.Second, old), observation("a/2", 3*time.Second, young), observation("a/3", 0, young),
		observation("b/1", 2*time.Second, without), observation("b/2", 4*time.Second, young), observation("b/3", time.Second-1, old),
	}}
	ep.Facts.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS10: {1, 2}, tlswire.TLS12: {3}}
	want := Scan{Claimed: 6, Floor: 3, Ended: "tired", Suites: 3, Questions: []Question{{"a", 3}, {"b", 3}}, Repeated: []Question{{"a/2", 2}, {"a/1", 1}}}
	got := newScan(ep)
	if len(got.Slow) != fewSlow {
		t.Errorf("slow: %v", got.Slow)
	}
	got.Slow = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("newScan (-want +got):\n%s", diff)
	}
}

func TestSlowest(t *testing.T) {
	var all []evidence.Observation
	add := func(id string, end time.Duration) []SlowConnection {
		all = append(all, observation(id, end, evidence.Offer{}))
		return slowest(all)
	}
	for _, tt := range []struct {
		id   string
		end  time.Duration
		want string
	}{
		{"a", time.Second - 1, ""}, {"b", time.Second, "b"}, {"c", 2 * time.Second, "c b"}, {"d", 2 * time.Second, "c d b"},
		{"e", time.Minute, "e c d"}, {"f", 0, "e c d"},
	} {
		var got []string
		for _, c := range add(tt.id, tt.end) {
			got = append(got, c.ID)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("with %s: %v, want %s", tt.id, got, tt.want)
		}
	}
}

func TestJudgeMemory(t *testing.T) {
	for _, tt := range []struct {
		name       string
		json, gzip int
		want       string
	}{
		{"at the limit", 150_000, 25_000, ""},
		{"long", 150_001, 25_000, "evidence > 150 kB"},
		{"hard to compress", 150_000, 25_001, "gzip > 25 kB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(MemoryUsage{JSON: tt.json, Gzip: tt.gzip}.judge(), ", "); got != tt.want {
				t.Errorf("judge() = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAverage(t *testing.T) {
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	list := []wireproxy.Connection{{Opened: at(1), Closed: at(4)}, {Opened: at(2), Closed: at(4)}, {Opened: at(3)}}
	if got := average(list, 2*time.Second); got != 2.5 {
		t.Errorf("average = %v, want 2.5", got)
	}
}
