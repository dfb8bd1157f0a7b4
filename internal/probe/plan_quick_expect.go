package probe

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// quick is what a quick scan expects, worked out once for a plan.
type quick struct {
	*plan
	refused map[tlswire.Suite]bool              // in some version that is spoken
	without map[exchange]bool                   // key exchanges that were refused with a common cipher
	wants   map[tlswire.Version][]tlswire.Suite // what would decide an open predicate, in the versions that can be asked
	likely  []bool                              // predicates that probably hold
	ecdsa   bool                                // the server has a certificate for ECDSA
	cbc     bool                                // a suite in CBC mode was seen
}

// rarest is the least plausibility of a cipher that servers commonly have.
const rarest = 4

// unlikely reports whether hardly any server accepts a suite like s.
func unlikely(s tlswire.SuiteInfo) bool {
	return plausibleExchange(s) == 0 || plausibleCipher(s) < rarest || s.Anonymous || s.Auth == tlswire.AuthECDSA
}

func newQuick(p *plan) *quick {
	q := &quick{plan: p, refused: map[tlswire.Suite]bool{}, without: map[exchange]bool{}, wants: map[tlswire.Version][]tlswire.Suite{},
		likely: make([]bool, len(p.goal.any))}
	for v, t := range p.tracks {
		q.ecdsa = q.ecdsa || len(p.seenSuites(v, func(s tlswire.SuiteInfo) bool { return s.Auth == tlswire.AuthECDSA })) > 0
		q.cbc = q.cbc || len(p.seenSuites(v, func(s tlswire.SuiteInfo) bool { return s.Mode == tlswire.ModeCBC })) > 0
		q.addRefused(t)
		if t.spoken == evidence.Yes && !p.done(t) || p.likelySpoken(t) {
			q.wants[v] = p.wanted(t)
		}
	}
	for v, list := range q.wants {
		for _, s := range list {
			q.expect(v, s)
		}
	}
	return q
}

// addRefused takes in the suites that were refused in a version; of one that is not spoken they tell nothing.
func (q *quick) addRefused(t *track) {
	if t.spoken == evidence.No {
		return
	}
	for s := range t.suites.refused {
		info, _ := s.Info()
		q.refused[s] = true
		if !unlikely(info) && q.families().exchanges[exchangeOf(info)] != evidence.Yes {
			q.without[exchangeOf(info)] = true
		}
	}
}

// expect notes which open predicates hold if s is accepted, in case that is plausible.
func (q *quick) expect(v tlswire.Version, s tlswire.Suite) {
	info, _ := s.Info()
	for i, match := range q.goal.any {
		q.likely[i] = q.likely[i] || !q.predicateSeen(i) && match(v, info) && q.plausible(s)
	}
}

// plausible reports whether a server like this one accepts s as a rule, as far as it has not refused it.
func (q *quick) plausible(s tlswire.Suite) bool {
	info, _ := s.Info()
	static := info.KeyExchange == tlswire.KeyExchangeRSA
	switch {
	case q.refused[s] || q.without[exchangeOf(info)] || plausibleExchange(info) == 0:
		return false
	case static && info.Cipher == tlswire.CipherRC4 && !info.Export && q.likesShortKeys(): // NSS has RC4
		return true
	case static && q.hangsUp(): // Dovecot has no key transport
		return false
	case info.Mode == tlswire.ModeCBC && !q.cbc && len(q.without) > 0: // nothing old so far
		return false
	case q.ecdsa && !q.cbc: // it is kept up to date
		return usesGroup(info) && !info.Anonymous && info.Mode != tlswire.ModeCBC && plausibleCipher(info) >= rarest
	case q.ecdsa && info.Auth == tlswire.AuthECDSA:
		return plausibleCipher(info) >= rarest
	}
	return !unlikely(info)
}

// hangsUp reports whether the server refuses without a word, as Dovecot does.
func (p *plan) hangsUp() bool {
	return !p.alerts && p.count(func(r reply) bool { return r.kind == closed && r.alert == nil && old(r.offer.Version) }) > 0
}
