package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestFruitless gives an attack up once too many of its connections in a row came to nothing, and not for an outage.
func TestFruitless(t *testing.T) {
	const a = evidence.ROBOT
	try := func(reaction *evidence.Reaction, later bool) reply {
		return reply{offer: evidence.Offer{Version: tlswire.TLS12, Attack: a}, reaction: reaction, later: later}
	}
	gone, told, later := try(nil, false), try(reactionOf(alertClosed), false), try(nil, true)
	other := reply{kind: accepted, offer: evidence.Offer{Version: tlswire.TLS12}}
	for _, c := range []struct {
		name    string
		replies []reply
		flying  int
		want    bool
	}{
		{"none yet", nil, 5, false},
		{"an outage met all that went at once", []reply{gone, gone, gone, gone, gone}, 0, false},
		{"and others are still under way", []reply{gone}, 4, true},
		{"and then one more", []reply{gone, gone, gone, other, gone, gone, gone}, 0, true},
		{"the last one told something", []reply{gone, gone, gone, gone, gone, gone, told}, 4, false},
		{"it told something before", []reply{told, gone, gone, gone, gone, gone, gone}, 0, true},
		{"the server asked to come later", []reply{later, later, later, later, later, later, later}, 2, false},
	} {
		p := &plan{view: newView(modelTarget, c.replies, true)}
		for range c.flying {
			p.flights = append(p.flights, flight{offer: evidence.Offer{Attack: a}})
		}
		if got := p.fruitless(a); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
