package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// ride adds further questions to a connection whose answer is foreseen: one list narrowed beyond what was seen accepted,
// and one variant of the hello. If the guess is right both are answered too; if the offer is refused nothing is lost but
// the ride.
func (p *plan) ride(a *ask) {
	if !p.goal.details || !p.goal.suites {
		return
	}
	if a.offer.Version == tlswire.TLS13 {
		p.ride13(a)
	} else {
		p.ride12(a)
	}
	p.rideVariant(a)
}

func (p *plan) ride12(a *ask) {
	info, _ := a.guess.suite.Info()
	if groups := p.nextCurves(); len(groups) > 0 && usesGroup(info) && info.Auth != tlswire.AuthECDSA && p.mayNarrowGroups() {
		a.offer.Groups = slices.Concat(groups, finiteFields)
		if len(p.groups12.trials)%2 == 1 {
			a.offer.Variants = append(a.offer.Variants, evidence.GroupsReversed)
		}
		return
	}
	if schemes := p.schemes12.open(schemes12); a.offer.Version == tlswire.TLS12 && usesSignature(info) && p.mayNarrowSchemes(info) {
		a.offer.Schemes = schemes
	}
}

// nextCurves returns the curves that are undecided, if one that servers commonly accept is among them.
func (p *plan) nextCurves() []tlswire.Group {
	open := p.groups12.open(curves)
	if len(p.groups12.seen) == 0 || !slices.ContainsFunc(open, func(g tlswire.Group) bool { return slices.Contains(curves[:5], g) }) {
		return nil
	}
	return open
}

// mayNarrowGroups reports whether narrowing the curves has not failed yet, and is not under way.
func (p *plan) mayNarrowGroups() bool {
	for _, f := range p.flights {
		if old(f.offer.Version) && len(f.offer.Groups) > 0 {
			return false
		}
	}
	for i := range p.replies {
		r := &p.replies[i]
		if old(r.offer.Version) && len(r.offer.Groups) > 0 && r.kind != lost && !r.guess && r.group == 0 {
			return false
		}
	}
	return true
}

// mayNarrowSchemes reports the same of the signature schemes of TLS 1.2, and whether a common one of the suite's kind of
// key is undecided.
func (p *plan) mayNarrowSchemes(info tlswire.SuiteInfo) bool {
	for _, f := range p.flights {
		if f.offer.Version == tlswire.TLS12 && len(f.offer.Schemes) > 0 {
			return false
		}
	}
	for i := range p.replies {
		r := &p.replies[i]
		if r.offer.Version == tlswire.TLS12 && len(r.offer.Schemes) > 0 && r.kind != lost && !r.guess && r.scheme == 0 {
			return false
		}
	}
	common := []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256, tlswire.RSAPSSRSAESHA384, tlswire.RSAPSSRSAESHA512,
		tlswire.RSAPKCS1SHA256, tlswire.RSAPKCS1SHA384, tlswire.RSAPKCS1SHA512, tlswire.RSAPKCS1SHA224}
	if info.Auth == tlswire.AuthECDSA {
		common = []tlswire.SignatureScheme{tlswire.ECDSASecp256r1SHA256, tlswire.ECDSASecp384r1SHA384, tlswire.ECDSASecp521r1SHA512}
	}
	open := p.schemes12.open(schemes12)
	return len(p.schemes12.seen) > 0 && slices.ContainsFunc(open, func(s tlswire.SignatureScheme) bool { return slices.Contains(common, s) })
}

// ride13 asks for the next group by an empty key share list, or for the next signature scheme by a whole server flight.
func (p *plan) ride13(a *ask) {
	if len(p.groups13.seen) > 0 && p.commonLeft13() && p.flying(func(f flight) bool { return is13(f.offer.Version) && len(f.offer.Groups) > 0 }) == 0 {
		a.offer.Groups = p.groups13.open(groups13)
		return
	}
	group, ok := p.shareable()
	if !ok || len(p.schemes13.seen) == 0 {
		return
	}
	if p.flying(func(f flight) bool { return is13(f.offer.Version) && len(f.offer.Schemes) > 0 }) > 0 || p.schemeRefused13() {
		return
	}
	a.offer.Schemes = p.schemes13.open(schemes13)
	a.offer.KeyShares = []tlswire.Group{group}
	a.offer.Variants = append(a.offer.Variants, evidence.ServerFlight)
}

// schemeRefused13 reports whether narrowing the signature schemes of TLS 1.3 was refused before.
func (p *plan) schemeRefused13() bool {
	for i := range p.replies {
		r := &p.replies[i]
		if is13(r.offer.Version) && len(r.offer.Schemes) > 0 && !r.guess && (r.kind == refused || r.kind == closed) {
			return true
		}
	}
	return false
}

func (p *plan) commonLeft13() bool {
	open := p.groups13.open(groups13)
	return slices.ContainsFunc(open, func(g tlswire.Group) bool { return slices.Contains(groups13[:6], g) })
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
