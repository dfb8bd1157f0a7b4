package hostiletest

import (
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
)

// TestTable scans every weak and odd server, and wants what its table says of it.
func TestTable(t *testing.T) {
	for _, s := range lab.All() {
		if s.Throttle != (lab.Throttle{}) { // what is known in the end is a matter of luck: see TestThrottle
			continue
		}
		if testing.Short() && len(s.Name)%16 != 0 { // a sample, for the race detector
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			ep := scan(t, s, probe.Config{Timeout: 2 * time.Second, Without: spared(s)})
			for _, f := range judged(t, strictly(ep)).Endpoints[0].Findings {
				byLot := len(s.Quirks.CBCLottery) > 0 && f.Level == check.Undecided // it may fall so that there is no telling
				if want, ok := s.Want[f.Check]; ok && want != level(f) && !byLot {
					t.Errorf("%s is %v, want %s: %s", f.Check, level(f), want, f.Message)
				}
			}
			checkReasons(t, ep)
			checkFrom(t, ep)
			checkVersions(t, s, ep)
			checkSuites(t, s, ep)
			checkNotDenied(t, s, ep)
			if !testing.Short() && (!isAttacked(s) || *allPolicies || len(s.Name)%5 == 0) { // quick scans try nothing out
				checkQuick(t, s, ep, probe.Config{Timeout: 2 * time.Second})
			}
		})
	}
}

// spared are the attacks that s is not put to: most servers that the table says nothing of them for.
func spared(s lab.Server) []*evidence.Key {
	if isAttacked(s) || *allPolicies || len(s.Name)%4 == 0 {
		return nil
	}
	return slices.DeleteFunc(evidence.WeaknessKeys(), func(k *evidence.Key) bool { return k == evidence.KeyHeartbleed })
}

// isAttacked reports whether the table tells what an active check says of s.
func isAttacked(s lab.Server) bool {
	for id := range s.Want {
		if c, ok := check.ByID(id); ok && (c.Active || id == "drown") {
			return true
		}
	}
	return false
}

// level is the level of a finding as lab servers want it.
func level(f check.Finding) string {
	if f.Note {
		return "note"
	}
	return f.Level.String()
}

// strictly makes a server between mail domains one for users, where the policy takes weaknesses more seriously: that is
// what the table tells of.
func strictly(ep *evidence.Endpoint) *evidence.Endpoint {
	user := *ep
	if ep.Target.Protocol == "smtp" {
		user.Target.Protocol, user.Target.Port = "submission", 587
	}
	return &user
}
