package probe

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestErrorOfSSLv2 never takes an ERROR for an offer of SSLv2: that takes a SERVER-HELLO. One about ciphers refuses it,
// since all were offered; one about anything else tells only that the server could not go on.
func TestErrorOfSSLv2(t *testing.T) {
	for code, want := range map[tlswire.ErrorCodeV2]evidence.Answer{
		tlswire.ErrorV2NoCipher: evidence.No, tlswire.ErrorV2NoCertificate: evidence.Unsure, 99: evidence.Unsure,
	} {
		ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}, Observations: []evidence.Observation{
			{ID: "suites-sslv2/1", Offer: evidence.Offer{Version: tlswire.SSLv2}, Timing: evidence.Timing{Connect: 1, End: 2},
				End: evidence.End{Kind: evidence.EndErrorV2, ErrorV2: code}}}}
		Derive(ep, nil)
		f := ep.Facts.Versions
		if got := evidence.Has(f, tlswire.SSLv2); got != want || slices.Contains(f.Value, tlswire.SSLv2) {
			t.Errorf("error %d: SSLv2: %v, want %v: %+v", code, got, want, f)
		}
	}
}
