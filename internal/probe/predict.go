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
