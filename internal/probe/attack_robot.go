package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// ROBOT (Böck, Somorovsky, Young, 2017; Bleichenbacher, 1998): a server that reacts differently to a premaster secret that is
// padded wrongly lets an attacker decrypt with its RSA key, and sign. Each vector is sent once, all at the same time. A server
// that reacts to all of them alike is done with. If they differ, each is sent again, in turns, until the last reactions to each
// are the same: a change over time, chance and lost connections do not look like that.
const (
	robotRounds = 8 // connections per vector at most
	robotTries  = 9 * robotRounds
	sameOrderly = 3 // reactions in a row that must be the same, where the server ends the connection itself
	sameSilent  = 4 // the same for silence and resets at least, which happen to any connection
	maxSilent   = 3 // how often a vector is sent again by itself because its connection may have got lost
)

// robotVectors are in the order in which they are sent: what is alike to many servers stands apart.
var robotVectors = []string{wellFormed, wrongStart, withoutZero, misplacedZero, wrongVersion}

// staticRSA reports whether a premaster secret is encrypted with the key of the certificate.
func staticRSA(s tlswire.SuiteInfo) bool {
	return s.KeyExchange == tlswire.KeyExchangeRSA && !s.Export && s.Auth == tlswire.AuthRSA
}

// robotIn returns the newest version in which suites with static RSA were seen to be accepted, and these.
func (v *view) robotIn() (tlswire.Version, []tlswire.Suite) {
	for _, version := range v.spoken() {
		if suites := v.seenSuites(version, staticRSA); old(version) && len(suites) > 0 {
			return version, suites
		}
	}
	return 0, nil
}

// vectorSeen is what came back to one vector, oldest first. Silence and resets are left out where the server reacted in
// other connections: those may have got lost.
type vectorSeen struct {
	vector  string
	replies []*reply
	silent  int // reactions without an end by the server
	all     int
}

func (v *view) robotSeen() []vectorSeen {
	list := make([]vectorSeen, len(robotVectors))
	for i, vector := range robotVectors {
		s := &list[i]
		s.vector = vector
		var orderlies, all []*reply
		for k := range v.replies {
			r := &v.replies[k]
			if r.offer.Attack != evidence.ROBOT || r.offer.Vector != vector || r.reaction == nil || r.reaction.End == "" {
				continue
			}
			if all = append(all, r); orderly(r.reaction) {
				orderlies = append(orderlies, r)
			}
		}
		s.all, s.silent, s.replies = len(all), len(all)-len(orderlies), all
		if len(orderlies) > 0 {
			s.replies = orderlies
		}
	}
	return list
}

// mute reports whether the server never ended a connection with this vector itself.
func (s *vectorSeen) mute() bool { return s.silent == s.all }

// class is that of the last reactions, and whether enough of them are the same: silences, where the server never said anything.
func (s *vectorSeen) class(silences int) (string, bool) {
	n := sameOrderly
	if s.mute() {
		n = max(sameSilent, silences)
	}
	if s.mute() {
		return s.often(n)
	}
	if len(s.replies) < n {
		return "", false
	}
	last := s.replies[len(s.replies)-n:]
	class := last[0].reaction.Class()
	return class, !slices.ContainsFunc(last, func(r *reply) bool { return r.reaction.Class() != class })
}

// often is the class that came n times: the line may have ended some before the server did what it always does.
func (s *vectorSeen) often(n int) (string, bool) {
	times := map[string]int{}
	for _, r := range s.replies {
		class := r.reaction.Class()
		if times[class]++; times[class] >= n {
			return class, true
		}
	}
	return "", false
}

// alike reports whether all reactions so far in which the server ended the connection are the same, and how often each vector
// must have been seen to conclude from it: an alert is a word, and a mere close may be that of a limit.
func alike(list []vectorSeen) (class string, need int, ok bool) {
	for i := range list {
		for _, r := range list[i].replies {
			if list[i].mute() {
				continue
			}
			if class == "" {
				class = r.reaction.Class()
			}
			if r.reaction.Class() != class {
				return class, 0, false
			}
		}
	}
	if strings.Contains(class, "alert") {
		return class, 1, true
	}
	return class, 2, true
}

// robotVerdict is what the reactions come to.
type robotVerdict int

const (
	robotOpen robotVerdict = iota
	robotNone
	robotLot
	robotMute
	robotOracle
)

// robotJudge compares the reactions to the vectors. silences is how often silence or a reset has to come to be no accident.
func robotJudge(list []vectorSeen, silences int) robotVerdict {
	_, need, ok := alike(list)
	if ok && !slices.ContainsFunc(list, func(s vectorSeen) bool { return s.mute() || len(s.replies) < need }) {
		return robotNone
	}
	differ := false
	first, _ := list[0].class(silences)
	for i := range list {
		class, same := list[i].class(silences)
		switch {
		case !same && byLot(list):
			return robotLot
		case !same:
			return robotOpen
		}
		differ = differ || class != first
	}
	switch {
	case differ:
		return robotOracle
	case strings.HasSuffix(first, string(evidence.EndTimeout)):
		return robotMute // what it would have said, nobody knows
	}
	return robotNone
}

// robotStrong reports whether blocks that begin with 0x00 0x02 can be told from those that do not, whatever follows. If only
// whole premaster secrets can be told, an attack takes far longer.
func robotStrong(list []vectorSeen, silences int) bool {
	classOf := map[string]string{}
	for i := range list {
		classOf[list[i].vector], _ = list[i].class(silences)
	}
	return classOf[wrongStart] != classOf[withoutZero] || classOf[wrongStart] != classOf[misplacedZero]
}

func nextROBOT(p *plan) (ask, bool) {
	version, suites := p.robotIn()
	if version == 0 || !p.goal.asks(evidence.KeyROBOT) || !p.mayAttack() || p.fruitless(evidence.ROBOT) || p.exhausted(string(evidence.ROBOT), robotTries) {
		return ask{}, false
	}
	list := p.robotSeen()
	if robotJudge(list, p.wordless(chanceOfYes)) != robotOpen {
		return ask{}, false
	}
	quota := robotQuota(list)
	best, fewest := "", robotRounds
	for i := range list {
		asked := list[i].all + p.flying(func(f flight) bool { return f.offer.Attack == evidence.ROBOT && f.offer.Vector == list[i].vector })
		if asked < quota[i] && asked < fewest {
			best, fewest = list[i].vector, asked
		}
	}
	return trying(evidence.ROBOT, best, version, suites), best != ""
}

// robotQuota is how often each vector is to be sent before the reactions are compared again.
func robotQuota(list []vectorSeen) []int {
	_, need, ok := alike(list)
	fewest, stuck := robotRounds, false
	for i := range list {
		fewest = min(fewest, list[i].all)
		stuck = stuck || list[i].mute() && list[i].all >= maxSilent
	}
	quota := make([]int, len(list))
	for i := range list {
		switch {
		case fewest == 0:
			quota[i] = 1
		case ok && !stuck: // what is missing is likely lost
			quota[i] = min(need+list[i].silent, maxSilent)
		default:
			quota[i] = fewest + 1
		}
	}
	return quota
}

func deriveROBOT(d *deriver) {
	f := &d.facts.ROBOT
	version, _ := d.robotIn()
	if version == 0 {
		*f = d.withoutStaticRSA()
		return
	}
	list := d.robotSeen()
	var from, shown []string
	for i := range list {
		if n := len(list[i].replies); n > 0 {
			from = append(from, list[i].replies[n-1].id)
			shown = append(shown, list[i].vector+": "+list[i].replies[n-1].reaction.Class())
		}
	}
	silences := d.wordless(chanceOfYes)
	switch robotJudge(list, silences) {
	case robotNone:
		*f = known(evidence.Weakness{}, from...)
	case robotMute:
		*f = evidence.Fact[evidence.Weakness]{State: evidence.Unknown, Why: "the server says nothing to any premaster secret", From: from}
	case robotLot:
		*f = known(evidence.Weakness{Shown: []string{"reacts by lot, whatever the premaster secret is"}}, from...)
	case robotOracle:
		kind := "weak"
		if robotStrong(list, silences) {
			kind = "strong"
		}
		*f = known(evidence.Weakness{Found: true, Kinds: []string{kind}, Shown: shown}, from...)
	default:
		*f = d.untried(evidence.ROBOT)
		if _, _, ok := alike(list); !ok {
			f.Why, f.From = fmt.Sprintf("the reactions to the same message differ from one connection to the next, in %v", version), from
		}
	}
}

// withoutStaticRSA is the answer where no suite with static RSA was seen.
func (d *deriver) withoutStaticRSA() evidence.Fact[evidence.Weakness] {
	if evidence.AnyIn(d.facts.Suites, func(version tlswire.Version, s tlswire.Suite) bool {
		info, _ := s.Info()
		return old(version) && staticRSA(info)
	}) != evidence.No {
		return unknown[evidence.Weakness](d)
	}
	return inapplicable[evidence.Weakness]("no cipher suite with RSA key exchange is accepted")
}
