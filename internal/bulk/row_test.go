package bulk

import (
	"net/netip"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// TestRowWithoutAddress has an exchanger without an address beside others, which says nothing of DANE or MTA-STS.
func TestRowWithoutAddress(t *testing.T) {
	none := evidence.Decision{Outcome: evidence.Refused, Cause: evidence.NoAddress, Why: "it has no address"}
	nowhere := evidence.Hop{Host: "mx2.example.test", DANE: none, STS: none}
	hop := func(dane, sts evidence.Outcome) evidence.Hop {
		return evidence.Hop{Host: "mx1.example.test", Address: netip.MustParseAddr("192.0.2.1"), DANE: evidence.Decision{Outcome: dane}, STS: evidence.Decision{Outcome: sts}}
	}
	for _, c := range []struct {
		name      string
		hops      []evidence.Hop
		dane, sts string
	}{
		{"opportunistic", []evidence.Hop{hop(evidence.Opportunistic, evidence.Authenticated), nowhere}, "none", "authenticated"},
		{"refused", []evidence.Hop{nowhere, hop(evidence.Refused, evidence.Refused)}, "refused", "refused"},
		{"undecided", []evidence.Hop{nowhere, hop(evidence.Undecided, evidence.Undecided)}, "undecided", "undecided"},
		{"nothing else", []evidence.Hop{nowhere}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := &evidence.Domain{Name: "example.test", STS: evidence.Fact[evidence.STSRecord]{State: evidence.Known},
				Policy: evidence.Fact[evidence.STSPolicy]{State: evidence.Known, Value: evidence.STSPolicy{Mode: "enforce"}}, Hops: c.hops}
			row := RowOf(&report.Report{Domains: []report.Domain{{Domain: d}}})
			if row.DANE != c.dane || row.STSResult != c.sts {
				t.Errorf("DANE %q, want %q; MTA-STS %q, want %q", row.DANE, c.dane, row.STSResult, c.sts)
			}
		})
	}
}
