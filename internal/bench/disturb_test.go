package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

// TestTally holds what is counted, and what is too much, on answers that are made up.
func TestTally(t *testing.T) {
	found := func(l check.Level) check.Finding { return check.Finding{Check: "heartbleed", Level: l, Message: "m"} }
	healthy, vulnerable := &subject{name: "postfix/smtp"}, &subject{name: "lab/x", want: map[string]string{"heartbleed": "fail"}}
	mute := &subject{name: "lab/y", want: map[string]string{"heartbleed": "undecided"}}
	tests := []struct {
		name    string
		subject *subject
		level   check.Level
		rough   bool
		want    string // in the error; "" for none
	}{
		{"well", healthy, check.Pass, true, ""},
		{"unknown on a real server", healthy, check.Undecided, true, ""},
		{"false alarm", healthy, check.Fail, true, "1 false alarms"},
		{"false alarm on a smooth path", healthy, check.Warn, false, "1 false alarms"},
		{"found", vulnerable, check.Fail, true, ""},
		{"overlooked", vulnerable, check.Pass, true, "1 wrong answers"},
		{"unknown on a smooth path", vulnerable, check.Undecided, false, "without disturbance"},
		{"unknown where nobody could know", mute, check.Undecided, false, ""},
		{"a claim where nobody could know", mute, check.Pass, true, "1 wrong answers"},
		{"too often unknown", vulnerable, check.Undecided, true, "1 of 1 answers lacking"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sum := newTally()
			sum.add(&trial{subject: tt.subject, seed: 7, rough: tt.rough, findings: []check.Finding{found(tt.level)}})
			var out bytes.Buffer
			err := sum.write(&out, time.Second)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			again := "'^" + tt.subject.name + "$' -runs 1 -seed 7"
			if err != nil && tt.rough && !strings.Contains(out.String(), again) {
				t.Errorf("it does not say how to see it again:\n%s", out.String())
			}
		})
	}
}

// TestRough wants the same seed to make the same path, and every kind of disturbance to come.
func TestRough(t *testing.T) {
	count := map[string]int{}
	for n := range 2000 {
		d, same := rough(5, n, turnedAway("imap")), rough(5, n, turnedAway("imap"))
		if d.Reset != same.Reset || d.Instead != same.Instead || d.Fault != same.Fault || (d.Delay == nil) != (same.Delay == nil) {
			t.Fatalf("connection %d is not the same twice", n)
		}
		switch {
		case d.Instead != "":
			count["away"]++
		case d.Reset > 0:
			count["reset"]++
		case d.Fault == wireproxy.Silence:
			count["silence"]++
		case d.Delay != nil:
			count["late"]++
		}
	}
	for _, kind := range []string{"away", "reset", "silence", "late"} {
		if count[kind] == 0 {
			t.Errorf("%s never comes", kind)
		}
	}
}

// TestDisturb runs the whole of it on one server.
func TestDisturb(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-disturb", "-servers", "^lab/heartbleed$", "-runs", "1", "-rtt", "0"}, &out, io.Discard); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if !strings.Contains(out.String(), "heartbleed     2      ") {
		t.Errorf("not two scans:\n%s", out.String())
	}
}
