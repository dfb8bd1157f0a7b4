package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// nextNamed repeats, with the server's name, what showed a certificate to a client without that nobody else was shown: the
// name may have no part in it.
func nextNamed(p *plan) (ask, bool) {
	const question = "named"
	if !p.goal.asks(evidence.KeyCertificates) || !p.named || !p.ready() || p.asking(question) || p.exhausted(question, 4) {
		return ask{}, false
	}
	for i := range p.replies {
		r := &p.replies[i]
		if r.guess || r.kind != accepted || !r.shown || !r.offer.Has(evidence.WithoutSNI) || p.shownToNamed(r.chain) {
			continue
		}
		o := r.offer
		o.Variants = slices.DeleteFunc(slices.Clone(o.Variants), func(v evidence.Variant) bool { return v == evidence.WithoutSNI || v == evidence.Finished })
		if is13(r.version) && !o.Has(evidence.ServerFlight) {
			o.Variants = append(o.Variants, evidence.ServerFlight)
		}
		if !p.answered(o) {
			return ask{question: question, offer: o}, true
		}
	}
	return ask{}, false
}

// shownToNamed reports whether a client that named the server was shown a chain.
func (v *view) shownToNamed(chain []string) bool {
	return v.count(func(r reply) bool {
		return r.kind == accepted && r.shown && r.version > tlswire.SSLv3 && !r.offer.Has(evidence.WithoutSNI) && slices.Equal(r.chain, chain)
	}) > 0
}
