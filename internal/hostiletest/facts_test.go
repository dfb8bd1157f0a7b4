package hostiletest

import (
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/tlswire"
)

// TestFacts holds facts that no check reads yet to the servers made for them. Each line names a server that has the
// property, and one that has not.
func TestFacts(t *testing.T) {
	tests := []struct {
		fact     string
		has, not string // lab servers
		shows    func(*evidence.Facts) evidence.Answer
	}{
		{"clock_in_random", "clock-in-random", "strong", func(f *evidence.Facts) evidence.Answer { return evidence.Is(f.ClockInRandom) }},
		{"key_reuse of DH", "dh-reuse", "dh-2048", func(f *evidence.Facts) evidence.Answer { return holds(f.KeyReuse.State, f.KeyReuse.Value.DH) }},
		{"key_reuse of ECDH", "ecdh-reuse", "strong", func(f *evidence.Facts) evidence.Answer { return holds(f.KeyReuse.State, f.KeyReuse.Value.ECDH) }},
		{"downgrade_sentinel", "strong", "no-sentinel", func(f *evidence.Facts) evidence.Answer { return evidence.Is(f.DowngradeSentinel) }},
		{"fallback_scsv", "strong", "scsv-ignored", func(f *evidence.Facts) evidence.Answer { return evidence.Is(f.FallbackSCSV) }},
		{"heeds_schemes", "strong", "schemes-ignored", func(f *evidence.Facts) evidence.Answer { return evidence.Is(f.HeedsSchemes) }},
		{"heartbeat", "heartbeat", "strong", answers(tlswire.ExtensionHeartbeat)},
		{"renegotiation_info", "strong", "no-renegotiation-info", answers(tlswire.ExtensionRenegotiationInfo)},
		{"extended_master_secret", "strong", "no-ems", answers(tlswire.ExtensionExtendedMasterSecret)},
		{"compression", "compression", "strong", func(f *evidence.Facts) evidence.Answer {
			return evidence.Has(f.Compression, tlswire.CompressionDEFLATE)
		}},
		{"long lists", "reads-64-suites", "strong", fails(evidence.IntoleratesLongLists)},
		{"GREASE", "grease-intolerant", "strong", fails(evidence.IntoleratesExtensions)},
		{"fragments", "hello-fragments", "strong", fails(evidence.IntoleratesFragments)},
		{"hybrid groups", "pq-hybrids", "no-pq", func(f *evidence.Facts) evidence.Answer {
			return evidence.Has(f.GroupsTLS13, tlswire.X25519MLKEM768)
		}},
		{"an order of its own", "prefers-server", "prefers-client", prefers(evidence.ServerOrder)},
		{"ChaCha20 first", "prefers-chacha", "prefers-server", prefers(evidence.ServerOrderChaCha)},
		{"an unsafe prime", "dh-unsafe", "dh-2048", func(f *evidence.Facts) evidence.Answer {
			return evidence.Any(f.DHParams, func(p evidence.DHParams) bool { return p.Tested && !p.Safe })
		}},
		{"two chains", "cert-sni", "cert-incomplete", func(f *evidence.Facts) evidence.Answer {
			return holds(f.Certificates.State, len(f.Certificates.Value) > 1)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.fact, func(t *testing.T) {
			t.Parallel()
			for name, want := range map[string]evidence.Answer{tt.has: evidence.Yes, tt.not: evidence.No} {
				s, ok := lab.ByName(name)
				if !ok {
					t.Fatalf("the lab has no %s", name)
				}
				ep := scan(t, s, probe.Config{Timeout: 2 * time.Second, Without: evidence.WeaknessKeys()})
				if got := tt.shows(&ep.Facts); got != want {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
		})
	}
}

// holds answers for a fact that is no set and no yes or no: only a known one may be a No.
func holds(s evidence.State, value bool) evidence.Answer {
	switch {
	case value:
		return evidence.Yes
	case s == evidence.Known:
		return evidence.No
	}
	return evidence.Unsure
}

func answers(x tlswire.ExtensionType) func(*evidence.Facts) evidence.Answer {
	return func(f *evidence.Facts) evidence.Answer {
		return evidence.AnyIn(f.Extensions, func(_ tlswire.Version, y tlswire.ExtensionType) bool { return x == y })
	}
}

func fails(x evidence.Intolerance) func(*evidence.Facts) evidence.Answer {
	return func(f *evidence.Facts) evidence.Answer { return evidence.Has(f.Intolerances, x) }
}

func prefers(p evidence.Preference) func(*evidence.Facts) evidence.Answer {
	return func(f *evidence.Facts) evidence.Answer {
		var list []evidence.Preference
		for _, q := range f.Preference.Value {
			list = append(list, q)
		}
		return holds(f.Preference.State, slices.Contains(list, p))
	}
}
