package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/tlswire"
)

// ride13 lets a TLS 1.3 connection show the next group and the next signature scheme too, which a server chooses apart
// from the suite, and finishes one handshake. With narrowed groups no key share is sent, so that the server names its
// choice in a HelloRetryRequest.
func (p *plan) ride13(a *ask) {
	share, ok := p.shareable()
	if !ok {
		return
	}
	if next, found := p.nextGroup13(); found && len(a.offer.Groups) == 0 && p.mayNarrow13(func(o evidence.Offer) bool { return len(o.Groups) > 0 }) {
		a.offer.Groups, a.guess.group = p.groups13.open(groups13), next
		if tail := p.tail(p.groups13, is13); tail != 0 {
			a.offer.Groups = append(a.offer.Groups, tail)
		}
	}
	if pair := p.reversedPair(); pair != nil && len(a.offer.Groups) == 0 {
		a.offer.Groups, a.guess.group = pair, pair[0]
	}
	if next, found := p.nextScheme13(); found && p.mayNarrow13(func(o evidence.Offer) bool { return len(o.Schemes) > 0 }) {
		a.offer.Schemes, a.guess.scheme = p.schemes13.open(schemes13), next
	}
	finish := p.goal.finished && !p.finishedOnce() && !p.mute && !p.underWay(func(o evidence.Offer) bool { return o.Has(evidence.Finished) })
	if len(a.offer.Schemes) == 0 && !finish {
		return
	}
	if len(a.offer.Groups) == 0 {
		a.offer.KeyShares = []tlswire.Group{share}
	}
	a.offer.Variants = append(a.offer.Variants, map[bool]evidence.Variant{false: evidence.ServerFlight, true: evidence.Finished}[finish])
}

// reversedPair returns two accepted groups in the order that shows whose order decides, if that is not known and nobody
// is asking: groups that the server named itself were never chosen from.
func (p *plan) reversedPair() []tlswire.Group {
	pairs := func(o evidence.Offer) bool { return is13(o.Version) && len(o.Groups) == 2 }
	if p.groups13.named == nil || p.underWay(pairs) {
		return nil
	}
	list := p.missingGroups(p.groups13, "group-order-tls13")
	if slices.ContainsFunc(list, func(g tlswire.Group) bool { return !slices.Contains(tlspeer.Groups(), g) }) {
		return nil
	}
	return list
}

// mayNarrow13 reports whether narrowing a list of TLS 1.3 in the way that match tells was not refused before, and is not
// under way without a guess.
func (p *plan) mayNarrow13(match func(evidence.Offer) bool) bool {
	narrowed := func(o evidence.Offer) bool { return is13(o.Version) && match(o) }
	return p.flying(func(f flight) bool { return narrowed(f.offer) && !f.guess }) == 0 && p.count(func(r reply) bool {
		return narrowed(r.offer) && (r.kind == refused || r.kind == closed || r.cut)
	}) == 0
}

// nextGroup13 returns the undecided group of TLS 1.3 that is most likely accepted, if one is likely and a handshake can be
// made with it.
func (p *plan) nextGroup13() (tlswire.Group, bool) {
	if len(p.groups13.seen) == 0 {
		return 0, false
	}
	g, ok := p.guessGroup(p.groups13.open(groups13))
	return g, ok && slices.Contains(tlspeer.Groups(), g)
}

// nextScheme13 returns the undecided scheme that a server with the kind of key seen most likely uses in TLS 1.3.
func (p *plan) nextScheme13() (tlswire.SignatureScheme, bool) {
	common := []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512}
	if !slices.ContainsFunc(common, func(s tlswire.SignatureScheme) bool { return p.schemes13.seen[s] }) {
		return 0, false
	}
	return firstIn(common, p.schemes13.open(schemes13))
}

// shareable returns a group that the server accepts and that a handshake can be made with, cheapest first.
func (p *plan) shareable() (tlswire.Group, bool) {
	for _, g := range []tlswire.Group{tlswire.X25519, tlswire.Secp256r1, tlswire.Secp384r1, tlswire.Secp521r1, tlswire.X448,
		tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.SecP384r1MLKEM1024, tlswire.FFDHE2048, tlswire.FFDHE3072, tlswire.FFDHE4096} {
		if p.groups13.seen[g] {
			return g, true
		}
	}
	return 0, false
}
