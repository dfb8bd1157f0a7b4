package check

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// TestLeavesOut tells what a scan that was to ask less leaves out from what a scan could not learn.
func TestLeavesOut(t *testing.T) {
	active := Check{ID: "a", Active: true}
	quiet := Check{ID: "q", Needs: []evidence.Need{{Key: evidence.KeyHeartbleed}}} // asked in quick scans, too
	plain := Check{ID: "p", Needs: []evidence.Need{{Key: evidence.KeyVersions}}}
	open := Finding{Level: Undecided, Message: "no reply in time"}
	for _, tt := range []struct {
		name string
		s    Subject
		c    Check
		f    Finding
		want bool
	}{
		{"full, not learned", Subject{}, active, open, false},
		{"full, not asked", Subject{}, active, Finding{Level: Undecided, Message: evidence.NotAsked}, true},
		{"quick", Subject{Quick: true}, active, open, true},
		{"quick, but sure without", Subject{Quick: true}, active, Finding{Level: Pass}, false},
		{"quick, and asked", Subject{Quick: true}, quiet, open, false},
		{"passive", Subject{Passive: true}, active, open, true},
		{"passive, no attack by name", Subject{Passive: true}, quiet, open, true},
		{"passive, but found", Subject{Passive: true}, quiet, Finding{Level: Fail}, false},
		{"passive, no attack at all", Subject{Passive: true}, plain, open, false},
		{"skipped", Subject{Skip: []string{"p"}}, plain, Finding{Level: Fail}, true},
	} {
		if got := tt.s.leavesOut(&tt.c, tt.f); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestSpared(t *testing.T) {
	has := func(k *evidence.Key, list []*evidence.Key) bool { return slices.Contains(list, k) }
	if list := Spared(nil, []string{"heartbleed", "cert-expired"}, nil); !has(evidence.KeyHeartbleed, list) || has(evidence.KeyCertificates, list) {
		t.Error("what others read is spared, or what nobody reads is not")
	}
	if list := Spared(nil, []string{"heartbleed"}, NeedsOf("heartbleed")); has(evidence.KeyHeartbleed, list) {
		t.Error("what a policy reads is spared")
	}
	if list := Spared([]string{"heartbeat-enabled"}, nil, nil); !has(evidence.KeyHeartbleed, list) || has(evidence.KeyExtensions, list) {
		t.Error("one check alone spares what it reads, or leaves the attacks in")
	}
	if list := Spared(nil, nil, nil); len(list) > 0 {
		t.Errorf("%d facts are spared though nothing is left out", len(list))
	}
}

// TestRowsOfSkippedChecks wants no row of a policy to ask for, or judge, what is skipped.
func TestRowsOfSkippedChecks(t *testing.T) {
	p, err := policy.Named("legacy")
	if err != nil {
		t.Fatal(err)
	}
	asks := func(list []evidence.Need) bool {
		return slices.ContainsFunc(list, func(n evidence.Need) bool { return n.Key == evidence.KeyHeartbleed })
	}
	if !asks(RowNeeds(p)) || asks(RowNeeds(p, "heartbleed")) {
		t.Error("the row on Heartbleed is asked for, or never is")
	}
	s := NewSubject(&evidence.Endpoint{Target: evidence.Target{Protocol: "imaps", Port: 993}})
	judged := func() bool {
		return slices.ContainsFunc(RunRows(s, p), func(f Finding) bool { return f.Check == "heartbleed" })
	}
	before := judged()
	if s.Skip = []string{"heartbleed"}; !before || judged() {
		t.Error("the row on Heartbleed judges, or never does")
	}
}
