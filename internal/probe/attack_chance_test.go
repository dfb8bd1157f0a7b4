package probe

import (
	"fmt"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// line returns replies of a scan of which so many were accepted, and so many got lost.
func line(answered, gone int) []reply {
	var list []reply
	for i := range answered {
		list = append(list, reply{id: fmt.Sprintf("suites/%d", i), kind: accepted, offer: evidence.Offer{Version: tlswire.TLS12}})
	}
	for i := range gone {
		list = append(list, reply{id: fmt.Sprintf("lost/%d", i), kind: lost, offer: evidence.Offer{Version: tlswire.TLS12}})
	}
	return list
}

// TestWordless asks for more of what a line may have done the more it loses.
func TestWordless(t *testing.T) {
	for _, c := range []struct {
		answered, lost int
		chance         float64
		want           int
	}{
		{6, 0, chanceOfNo, 4}, {20, 0, chanceOfNo, 3}, {50, 0, chanceOfNo, 2}, {50, 0, chanceOfYes, 3},
		{99, 1, chanceOfNo, 3}, {90, 10, chanceOfNo, 5}, {90, 10, chanceOfYes, 7}, {50, 50, chanceOfNo, 14},
	} {
		v := newView(modelTarget, line(c.answered, c.lost), false)
		if got := v.wordless(c.chance); got != c.want {
			t.Errorf("%d answered, %d lost, chance %v: %d times, want %d", c.answered, c.lost, c.chance, got, c.want)
		}
	}
}

// reacting adds n reactions to each vector of ROBOT to a scan over a line, in turns.
func reacting(list []reply, n int, react func(vector string, round int) string) *view {
	for round := range n {
		for _, vector := range robotVectors {
			list = append(list, reply{id: fmt.Sprintf("robot/%d", len(list)), kind: accepted, reaction: reactionOf(react(vector, round)),
				offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.ROBOT, Vector: vector}})
		}
	}
	return newView(modelTarget, list, false)
}

// TestSilentOracle tells a server that is silent to one vector from a line that lost that vector by chance.
func TestSilentOracle(t *testing.T) {
	silent := just("mac alert", map[string]string{wrongStart: "timeout"})
	for _, c := range []struct {
		name   string
		line   []reply
		rounds int
		react  func(string, int) string
		want   robotVerdict
	}{
		{"nothing gets lost", line(60, 0), 4, silent, robotOracle},
		{"too few", line(60, 0), 3, silent, robotOpen},
		{"one in twenty gets lost", line(57, 3), 4, silent, robotOpen},
		{"one in twenty gets lost, and it is seen more often", line(57, 3), 6, silent, robotOracle},
		{"most get lost", line(10, 40), 8, silent, robotOpen},
		{"the line resets one of them", line(57, 3), 8, func(v string, n int) string {
			if v == wrongStart && n == 3 {
				return "reset"
			}
			return silent(v, n)
		}, robotOracle},
		{"the server answers once", line(57, 3), 8, func(v string, n int) string {
			if v == wrongStart && n == 7 {
				return "mac alert"
			}
			return silent(v, n)
		}, robotNone},
		{"never a word", line(60, 0), 4, just("timeout", nil), robotMute},
		{"resets whatever comes", line(60, 0), 4, just("reset", nil), robotNone},
		{"resets for one, and is silent otherwise", line(60, 0), 4, just("timeout", map[string]string{wrongStart: "reset"}), robotOracle},
		{"never a word so far", line(60, 0), 3, just("timeout", nil), robotOpen},
	} {
		v := reacting(c.line, c.rounds, c.react)
		if got := robotJudge(v.robotSeen(), v.wordless(chanceOfYes)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// TestByLot tells reactions that are drawn from those that depend on the vector in part.
func TestByLot(t *testing.T) {
	words := []string{"mac alert", "other alert", "overflow alert", "unexpected alert"}
	drawn := func(v string, n int) string { return words[(n*7+len(v)*3+n*n)%len(words)] }
	for _, c := range []struct {
		name   string
		rounds int
		react  func(string, int) string
		want   robotVerdict
	}{
		{"drawn", 8, drawn, robotLot},
		{"too few", 5, drawn, robotOpen},
		{"one vector is not", 8, func(v string, n int) string {
			if v == wrongStart {
				return words[0]
			}
			return drawn(v, n)
		}, robotOpen},
		{"one vector draws among others", 8, func(v string, n int) string {
			if v == wrongStart {
				return words[n%2]
			}
			return words[2+n%2]
		}, robotOpen},
	} {
		v := reacting(line(60, 0), c.rounds, c.react)
		if got := robotJudge(v.robotSeen(), v.wordless(chanceOfYes)); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}
