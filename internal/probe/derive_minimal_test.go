package probe

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestNotOffered says nothing of extensions that no hello had which was answered: short ones lack some.
func TestNotOffered(t *testing.T) {
	for variant, want := range map[evidence.Variant]evidence.State{evidence.Minimal: evidence.Unknown, evidence.UnknownFirst: evidence.Known} {
		seen := chosen("s/1", 0xC02F, evidence.End{Kind: evidence.EndDone})
		seen.Offer.Variants = []evidence.Variant{variant}
		ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}, Observations: refusing(seen)}
		for i := range ep.Observations {
			if o := &ep.Observations[i]; o.Offer.Version != tlswire.TLS12 {
				o.End.Alert = &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertProtocolVersion}
			}
		}
		Derive(ep, nil)
		if f := ep.Facts.Heartbleed; f.State != want {
			t.Errorf("%s: heartbleed is %v, want %v", variant, f.State, want)
		}
		open := ep.Facts.Extensions.Open[tlswire.TLS12]
		for _, e := range []tlswire.ExtensionType{tlswire.ExtensionHeartbeat, tlswire.ExtensionRenegotiationInfo, tlswire.ExtensionMaxFragmentLength} {
			if got := slices.Contains(open, e); got != (want == evidence.Unknown) {
				t.Errorf("%s: %v is open: %v", variant, e, got)
			}
		}
		if slices.Contains(open, tlswire.ExtensionExtendedMasterSecret) {
			t.Errorf("%s: extended_master_secret was offered, and is open", variant)
		}
	}
}
