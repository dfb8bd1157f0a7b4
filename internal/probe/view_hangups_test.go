package probe

import (
	"fmt"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestResetsAreNoRefusalTwice has a line reset the one offer twice in a row that decides whether more suites are accepted, of a
// server that refuses versions by alerts.
func TestResetsAreNoRefusalTwice(t *testing.T) {
	first, rest := tlswire.Suite(0xc02f), tlswire.Suite(0x009c)
	protest := &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertProtocolVersion}
	for resets, want := range map[int]bool{1: false, 2: false, 3: true} {
		replies := []reply{{id: "suites-tls1.2/1", kind: accepted, version: tlswire.TLS12, suite: first,
			offer: evidence.Offer{Version: tlswire.TLS12}, suites: []tlswire.Suite{first, rest}}}
		replies = append(replies, reply{id: "suites-tls1.1/1", kind: refused, alert: protest, suites: []tlswire.Suite{rest},
			offer: evidence.Offer{Version: tlswire.TLS11}})
		for i := range resets {
			replies = append(replies, reply{id: fmt.Sprintf("confirm/%d", i), kind: closed, reset: true, suites: []tlswire.Suite{rest},
				offer: evidence.Offer{Version: tlswire.TLS12, Suites: evidence.SuiteOffer{Only: []tlswire.Suite{rest}}}})
		}
		replies = append(replies, reply{id: "control/1", kind: accepted, version: tlswire.TLS12, suite: first,
			offer: evidence.Offer{Version: tlswire.TLS12}, suites: []tlswire.Suite{first}})
		for i := range replies {
			replies[i].start, replies[i].end = time.Duration(2*i+1), time.Duration(2*i+2)
		}
		if got := newView(modelTarget, replies, false).tracks[tlswire.TLS12].suites.refused[rest]; got != want {
			t.Errorf("%d resets: refused is %v", resets, got)
		}
	}
}
