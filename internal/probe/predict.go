package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// decider says whose order decides in one version, as far as it shows.
type decider uint8

const (
	nobodyYet decider = iota
	byClient
	byServer
)

// orderOf tells who decides in version v, by its own trials or else by those of the other versions.
func (p *plan) orderOf(v tlswire.Version) decider {
	if d := ownOrder(p.tracks[v].suites); d != nobodyYet {
		return d
	}
	for _, w := range versions {
		if d := ownOrder(p.tracks[w].suites); d != nobodyYet && w != tlswire.SSLv2 {
			return d
		}
	}
	for _, w := range versions {
		if w != tlswire.SSLv2 && (tookLast(p.tracks[w].suites) || p.passedLikely(w)) {
			return byServer
		}
	}
	return nobodyYet
}

// tookLast reports whether a suite was picked that stood last, behind others: a server that follows the client would do so
// only if it accepted none of them.
func tookLast(c *chain[tlswire.Suite]) bool {
	return slices.ContainsFunc(c.trials, func(t trial[tlswire.Suite]) bool {
		return t.ranks() && len(t.offered) > 1 && t.offered[len(t.offered)-1] == t.pick
	})
}

// passedLikely reports whether a suite stood first in an offer of version v, and was not picked, that is likely accepted.
func (p *plan) passedLikely(v tlswire.Version) bool {
	return slices.ContainsFunc(p.tracks[v].suites.trials, func(t trial[tlswire.Suite]) bool {
		return t.ranks() && t.offered[0] != t.pick && !isChaCha(t.offered[0]) && p.score(v, t.offered[0]) >= likelyEnough
	})
}

func ownOrder(c *chain[tlswire.Suite]) decider {
	client, server := c.whose()
	switch {
	case client && !server:
		return byClient
	case server && !client:
		return byServer
	}
	return nobodyYet
}

// guess returns the suite that the server will most likely pick from open, and whether that is likely enough to build on.
func (p *plan) guess(v tlswire.Version, open []tlswire.Suite) (tlswire.Suite, bool) {
	if p.orderOf(v) == byServer {
		return p.guessByServer(v, open)
	}
	if p.orderOf(v) == nobodyYet && v != tlswire.TLS13 {
		s, _ := p.best(v, open)
		return s, false
	}
	s, score := p.best(v, open)
	return s, score >= likelyEnough
}

const likelyEnough = 0.75

// best returns the suite of open that is most likely accepted.
func (p *plan) best(v tlswire.Version, open []tlswire.Suite) (tlswire.Suite, float64) {
	var best tlswire.Suite
	top := 0.0
	for _, s := range open {
		if score := p.score(v, s); score > top {
			best, top = s, score
		}
	}
	return best, top
}

// likely returns the undecided suites of v that are likely accepted.
func (p *plan) likely(v tlswire.Version) []tlswire.Suite {
	return p.likelyAmong(v, p.wanted(p.tracks[v]))
}

func (p *plan) likelyAmong(v tlswire.Version, list []tlswire.Suite) []tlswire.Suite {
	return slices.DeleteFunc(slices.Clone(list), func(s tlswire.Suite) bool { return p.score(v, s) < likelyEnough })
}

// known reports whether another version's complete list foretells that of v.
func (p *plan) known(v tlswire.Version) bool {
	if !old(v) {
		return false
	}
	for _, w := range versions {
		if w != v && old(w) && p.closed(w) && w <= v == (v <= tlswire.TLS11) {
			return true
		}
	}
	return p.closed(tlswire.TLS12) && v < tlswire.TLS12
}

// closed reports whether the list of v is read to its end.
func (p *plan) closed(v tlswire.Version) bool {
	if p.shut == nil {
		p.shut = map[tlswire.Version]bool{}
		for w, t := range p.tracks {
			p.shut[w] = t.spoken == evidence.Yes && len(t.suites.seen) > 0 && len(t.suites.open(templateSuites(w))) == 0
		}
	}
	return p.shut[v]
}

// score estimates how likely a server accepts s in version v: from what it does in its other versions, or else from
// whether its key exchange and its cipher were each accepted in some other suite.
func (p *plan) score(v tlswire.Version, s tlswire.Suite) float64 {
	if v == tlswire.TLS13 {
		return p.score13(s)
	}
	for _, w := range versions {
		if w == v || !old(w) {
			continue
		}
		if p.tracks[w].suites.seen[s] {
			return 1
		}
		if p.closed(w) && slices.Contains(templateSuites(w), s) {
			return 0.02
		}
	}
	return p.familyScore(s)
}

// score13 knows that stacks with CCM in TLS 1.2 have it in TLS 1.3.
func (p *plan) score13(s tlswire.Suite) float64 {
	switch s {
	case tlswire.TLS_AES_256_GCM_SHA384, tlswire.TLS_AES_128_GCM_SHA256:
		return 0.9
	case tlswire.TLS_CHACHA20_POLY1305_SHA256:
		return 0.8
	case tlswire.TLS_AES_128_CCM_SHA256:
		if p.hasCCM() {
			return 0.8
		}
		return 0.3
	}
	return 0.01
}

// hasCCM reports whether a suite with AES-CCM was seen, as GnuTLS has by default.
func (p *plan) hasCCM() bool {
	return len(p.seenSuites(tlswire.TLS12, func(s tlswire.SuiteInfo) bool { return s.Mode == tlswire.ModeCCM })) > 0
}

// familyScore multiplies what is known of the two halves of a suite: how keys are agreed on, and how records are protected.
func (p *plan) familyScore(s tlswire.Suite) float64 {
	info, _ := s.Info()
	f := p.families()
	if f.passed[s] {
		return 0.01
	}
	exchange, protection := f.exchanges[exchangeOf(info)], f.protections[protectionOf(info)]
	switch {
	case exchange == evidence.Yes && protection == evidence.Yes && info.Recommended != "-":
		return 1
	case exchange == evidence.No || protection == evidence.No || plausibleExchange(info) == 0 && exchange != evidence.Yes || info.Recommended == "-":
		return 0.02
	case exchange == evidence.Yes || protection == evidence.Yes:
		return 0.4
	}
	return 0.16
}

// families are the halves of suites that were accepted, or passed over, in TLS 1.2 and older.
type families struct {
	exchanges   map[exchange]evidence.Answer
	protections map[protection]evidence.Answer
	passed      map[tlswire.Suite]bool
}

type exchange struct {
	kx     tlswire.KeyExchange
	auth   tlswire.Auth
	export bool
}

type protection struct {
	cipher tlswire.Cipher
	mode   tlswire.Mode
	mac    tlswire.MAC
	long   bool // more than 128 bits
}

func exchangeOf(s tlswire.SuiteInfo) exchange { return exchange{s.KeyExchange, s.Auth, s.Export} }

func protectionOf(s tlswire.SuiteInfo) protection {
	return protection{s.Cipher, s.Mode, s.MAC, s.Bits > 128}
}

// families is worked out once for a plan.
func (p *plan) families() *families {
	if p.halves != nil {
		return p.halves
	}
	f := &families{map[exchange]evidence.Answer{}, map[protection]evidence.Answer{}, map[tlswire.Suite]bool{}}
	for _, v := range versions {
		switch {
		case old(v):
			f.addAccepted(p.tracks[v])
		case is13(v):
			f.addProtections(p.tracks[v])
		}
	}
	for _, v := range versions {
		if old(v) {
			f.addPassed(p.tracks[v])
		}
	}
	p.halves = f
	return f
}

func (f *families) addAccepted(t *track) {
	for _, s := range t.suites.accepted {
		info, _ := s.Info()
		f.exchanges[exchangeOf(info)], f.protections[protectionOf(info)] = evidence.Yes, evidence.Yes
	}
}

// addProtections takes in how records of TLS 1.3 are protected, which stacks do in TLS 1.2, too.
func (f *families) addProtections(t *track) {
	for _, s := range t.suites.accepted {
		info, _ := s.Info()
		f.protections[protectionOf(info)] = evidence.Yes
	}
}

// addPassed blames that half of a suite that was passed over whose other half is accepted elsewhere.
func (f *families) addPassed(t *track) {
	for _, s := range t.passedOver() {
		info, _ := s.Info()
		f.passed[s] = true
		x, y := exchangeOf(info), protectionOf(info)
		switch {
		case f.exchanges[x] == evidence.Yes && f.protections[y] != evidence.Yes:
			f.protections[y] = evidence.No
		case f.protections[y] == evidence.Yes && f.exchanges[x] != evidence.Yes:
			f.exchanges[x] = evidence.No
		}
	}
}

// passedOver returns the suites that stood first in an offer and were not picked by a server that follows the client.
func (t *track) passedOver() []tlswire.Suite {
	if ownOrder(t.suites) == byServer {
		return nil
	}
	var list []tlswire.Suite
	for _, x := range t.suites.trials {
		if x.ok && !x.guess && len(x.offered) > 0 && x.offered[0] != x.pick {
			list = append(list, x.offered[0])
		}
	}
	return list
}
