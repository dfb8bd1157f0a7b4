package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestSilentToKeysOfSSLv2 asks a server that says nothing to a master key no more often than it takes to see that.
func TestSilentToKeysOfSSLv2(t *testing.T) {
	hello := reply{offer: evidence.Offer{Version: tlswire.SSLv2}, version: tlswire.SSLv2, kind: accepted,
		v2: &tlswire.ServerHelloV2{Ciphers: []tlswire.Suite{0x010080, 0x020080}}}
	for _, c := range []struct {
		end  evidence.EndKind
		want int // connections
	}{{evidence.EndTimeout, maxLate}, {evidence.EndClosed, 2}, {evidence.EndMalformed, 4}} {
		var v view
		v.replies, v.tracks = []reply{hello}, map[tlswire.Version]*track{}
		for _, version := range versions {
			v.tracks[version] = &track{version: version, spoken: evidence.No}
		}
		n := 0
		for ; n < 9; n++ {
			a, ok := nextDROWN(&plan{view: &v, goal: goal{details: true}})
			if !ok {
				break
			}
			v.replies = append(v.replies, reply{id: "x", offer: a.offer, kind: lost, reaction: &evidence.Reaction{End: c.end}})
		}
		if n != c.want {
			t.Errorf("%s: %d connections, want %d", c.end, n, c.want)
		}
	}
}
