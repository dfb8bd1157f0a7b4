package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Courier takes leave of TLS by a close_notify, and then says in the clear that STARTTLS failed. That is its reaction, and nothing
// got lost.
func TestGoesOnInTheClear(t *testing.T) {
	goodbye := &tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertCloseNotify}
	r := func(early bool) *evidence.Reaction {
		return &evidence.Reaction{Records: []evidence.Reacted{{Type: tlswire.ContentAlert, Length: 2, Alert: goodbye, Early: early}}, End: evidence.EndNotTLS, Early: early}
	}
	if got := takesCCS(r(true)); got != evidence.No {
		t.Errorf("a ChangeCipherSpec that is answered so: taken %v", got)
	}
	if got := takesCCS(r(false)); got != evidence.Unsure {
		t.Errorf("what came behind it is answered so: taken %v", got)
	}
	v := &view{}
	for _, vector := range []string{wellFormed, wrongStart, withoutZero, misplacedZero, wrongVersion} {
		v.replies = append(v.replies, reply{offer: evidence.Offer{Attack: evidence.ROBOT, Vector: vector}, reaction: r(false)})
	}
	if got := robotJudge(v.robotSeen(), 2); got != robotNone {
		t.Errorf("ROBOT by five such answers: %v", got)
	}
}
