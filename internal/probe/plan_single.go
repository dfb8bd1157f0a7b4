package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// questionOf returns the question that an observation is filed under.
func questionOf(id string) string {
	question, _, _ := strings.Cut(id, "/")
	return question
}

// nextFinished finishes one handshake, to see the capabilities after TLS, where TLS 1.3 did not do so on the side.
func nextFinished(p *plan) (ask, bool) {
	if !p.goal.finished || p.asking("finished") || p.exhausted("finished", 2) || p.finishedOnce() || p.mute || !p.settled(is13) {
		return ask{}, false
	}
	if p.flying(func(f flight) bool { return f.offer.Has(evidence.Finished) }) > 0 {
		return ask{}, false
	}
	return p.finishing()
}

// finishing returns an offer of the newest version with which a handshake can be finished.
func (p *plan) finishing() (ask, bool) {
	for _, v := range p.spoken() {
		o := evidence.Offer{Version: v, Variants: []evidence.Variant{evidence.Finished}}
		if group, ok := p.shareable(); v == tlswire.TLS13 && ok {
			o.KeyShares = []tlswire.Group{group}
		}
		if finishable := p.finishableSuites(v); v == tlswire.TLS13 || len(finishable) > 0 {
			o.Suites.Only = finishable
			return ask{offer: o}, true
		}
	}
	return ask{}, false
}

// finishedOnce reports whether a handshake was finished.
func (v *view) finishedOnce() bool {
	return slices.ContainsFunc(v.replies, func(r reply) bool { return r.finished && !r.guess })
}

// nextFallback offers the second newest version with the signalling value of a fallback (RFC 7507).
func nextFallback(p *plan) (ask, bool) {
	if !p.goal.asks(evidence.KeyFallbackSCSV) || p.asking("fallback-scsv") || p.exhausted("fallback-scsv", 2) || p.tried(evidence.FallbackSCSV) {
		return ask{}, false
	}
	if !p.settled(func(v tlswire.Version) bool { return v > tlswire.SSLv3 }) {
		return ask{}, false
	}
	spoken := slices.DeleteFunc(p.spoken(), func(v tlswire.Version) bool { return v < tlswire.TLS10 })
	if len(spoken) < 2 || !p.goal.details && spoken[len(spoken)-1] == tlswire.TLS12 { // TLS 1.3 warns of a fallback to TLS 1.2 itself
		return ask{}, false
	}
	return ask{offer: evidence.Offer{Version: spoken[1], Variants: []evidence.Variant{evidence.FallbackSCSV}}}, true
}

// nextWithoutSNI looks at the certificate for clients that do not name the server.
func nextWithoutSNI(p *plan) (ask, bool) {
	const question = "no-sni"
	if !p.goal.asks(evidence.KeyCertificates) || !p.named || p.shownNameless() || p.asking(question) || p.exhausted(question, 2) || !p.ready() {
		return ask{}, false
	}
	a, ok := p.alone(evidence.WithoutSNI)
	named := slices.DeleteFunc(slices.Clone(a.offer.Suites.Only), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return withoutCertificate(info.Auth)
	})
	if a.offer.Suites.Only = named; len(named) == 0 {
		return ask{}, false
	}
	return a, ok
}

// shownNameless reports whether a client that named no server was shown a certificate.
func (v *view) shownNameless() bool {
	return v.count(func(r reply) bool { return r.kind == accepted && r.shown && r.offer.Has(evidence.WithoutSNI) }) > 0
}

// nextALPN names the mail protocol in a hello of its own, where that did not ride.
func nextALPN(p *plan) (ask, bool) {
	const question = "alpn"
	if !p.goal.details || p.works(evidence.WithALPN) || p.asking(question) || p.asking("tolerance") || p.exhausted(question, 2) || !p.chainsDone() {
		return ask{}, false
	}
	return p.alone(evidence.WithALPN)
}

// nextReuse makes a second handshake where only one showed an ephemeral key, to see whether it is the same again.
func nextReuse(p *plan) (ask, bool) {
	const question = "key-reuse"
	if !p.goal.asks(evidence.KeyKeyReuse) || !p.settled(old) || p.asking(question) || p.exhausted(question, 4) {
		return ask{}, false
	}
	if !p.goal.details && p.flying(func(f flight) bool { return strings.HasPrefix(f.question, "tolerance") }) > 0 { // may show it, too
		return ask{}, false
	}
	return p.again()
}

// again offers the suites of one key exchange of which just one handshake showed its ephemeral key.
func (p *plan) again() (ask, bool) {
	dh, ec := p.ephemeral()
	for _, v := range p.spoken() {
		if !old(v) {
			continue
		}
		for kx, shown := range []int{dh, ec} {
			kx := []tlswire.KeyExchange{tlswire.KeyExchangeDHE, tlswire.KeyExchangeECDHE}[kx]
			only := p.seenSuites(v, func(s tlswire.SuiteInfo) bool { return s.KeyExchange == kx && (p.goal.details || p.compares(v, s)) })
			if shown == 1 && len(only) > 0 {
				return ask{offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: only}}}, true
			}
		}
	}
	return ask{}, false
}

// compares reports whether a quick scan is to compare the ephemeral keys of s.
func (p *plan) compares(v tlswire.Version, s tlswire.SuiteInfo) bool {
	return slices.ContainsFunc(p.goal.reuse, func(match func(tlswire.Version, tlswire.SuiteInfo) bool) bool { return match(v, s) })
}

// ephemeral counts the handshakes whose ephemeral keys can be compared, finite-field and elliptic curve ones: the most in
// one group, since keys of different groups are never the same.
func (v *view) ephemeral() (dh, ec int) {
	inGroup := map[string]int{}
	for i := range v.replies {
		switch k := v.replies[i].exchange; {
		case k == nil:
		case k.DH != nil:
			key := "dh" + string(k.DH.P)
			inGroup[key]++
			dh = max(dh, inGroup[key])
		case k.EC != nil:
			key := fmt.Sprint("ec", k.EC.CurveType, k.EC.Group)
			inGroup[key]++
			ec = max(ec, inGroup[key])
		}
	}
	return dh, ec
}

// nextControl repeats something known to work when the last word of the server was to hang up, or silence to an odd hello: only
// a server that is still well meant it.
func nextControl(p *plan) (ask, bool) {
	if len(p.flights) > 0 || p.exhausted(controlQuestion, 12) || !slices.ContainsFunc(p.replies, func(r reply) bool {
		silent := r.kind == lost && !r.later && strings.HasPrefix(questionOf(r.id), "tolerance-") && !p.exhausted(controlQuestion, 2)
		return (r.kind == closed || silent) && r.end > p.lastAccept && !p.unwell(&r)
	}) {
		return ask{}, false
	}
	for _, v := range p.spoken() {
		if seen := p.seenSuites(v, func(tlswire.SuiteInfo) bool { return true }); len(seen) > 0 {
			return ask{offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: seen}}}, true
		}
	}
	return ask{}, false
}

// nextConfirm makes an offer again that was met by a reset, as far as that has to happen before it counts as a refusal.
func nextConfirm(p *plan) (ask, bool) {
	const question = "confirm"
	if len(p.flights) > 0 || p.alerts || p.lossy || p.exhausted(question, 30) {
		return ask{}, false
	}
	strict := *p.view
	strict.trusting = false
	for i := range p.replies {
		if r := &p.replies[i]; r.kind == closed && r.reset && plain(r.offer) && r.offer.Attack == "" && !p.unwell(r) && !strict.meant(r) {
			return ask{question: question, offer: r.offer}, true
		}
	}
	return ask{}, false
}
