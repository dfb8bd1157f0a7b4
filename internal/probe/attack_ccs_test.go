package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestSlowToMindCCS has a server refuse an early ChangeCipherSpec by bad_record_mac: so late that the answer seems to be about what
// came behind, it is told by being given time.
func TestSlowToMindCCS(t *testing.T) {
	minds := reactionOf("mac alert")
	minds.Records[0].Early, minds.Early = true, true
	for _, c := range []struct {
		name              string
		patient           *evidence.Reaction
		accepted, refused bool
	}{
		{"not given time", nil, false, false},
		{"takes it", reactionOf("mac alert"), true, false},
		{"minds it", minds, false, true},
	} {
		v := &view{}
		add := func(vector string, r *evidence.Reaction) {
			v.replies = append(v.replies, reply{id: vector, kind: accepted, reaction: r,
				offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.CCSInjection, Vector: vector}})
		}
		add(earlyCCS, reactionOf("mac alert"))
		add(earlyCCS, reactionOf("mac alert"))
		add(withoutCCS, reactionOf("unexpected alert"))
		if c.patient != nil {
			add(earlyPatient, c.patient)
		}
		if s := v.ccsSeen(); s.accepted() != c.accepted || s.refused() != c.refused {
			t.Errorf("%s: accepted %v, refused %v", c.name, s.accepted(), s.refused())
		}
	}
}
