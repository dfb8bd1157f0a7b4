package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// deriveHeed tells whether the server keeps to the signature schemes that the client offers (RFC 5246, Section 7.4.3). One
// signature of another kind shows that it does not; that it does is shown by offers that leave out what it signs with
// elsewhere, if it signs in another way or refuses.
func deriveHeed(d *deriver) {
	d.facts.HeedsSchemes = unknown[bool](d)
	switch {
	case d.facts.Signatures.State == evidence.Inapplicable:
		d.facts.HeedsSchemes = inapplicable[bool](d.facts.Signatures.Why)
		return
	case d.tracks[tlswire.TLS12].spoken == evidence.No:
		d.facts.HeedsSchemes = inapplicable[bool]("TLS 1.2 is not spoken")
		return
	}
	switch answer, id := d.heedsSchemes(); answer {
	case evidence.Yes:
		d.facts.HeedsSchemes = known(true, id)
	case evidence.No:
		d.facts.HeedsSchemes = known(false, id)
	}
}

// heedsSchemes answers the question, with the connection that shows it.
func (v *view) heedsSchemes() (a evidence.Answer, id string) {
	signs := map[tlswire.SignatureScheme]bool{}
	for i := range v.replies {
		r := &v.replies[i]
		if r.guess || !signs12(r) {
			continue
		}
		signs[r.scheme] = true
		if !slices.Contains(offeredSchemes(r.offer), r.scheme) {
			return evidence.No, r.id
		}
	}
	for i := range v.replies {
		r := &v.replies[i]
		if r.guess || r.offer.Version != tlswire.TLS12 || !slices.ContainsFunc(schemes12, func(s tlswire.SignatureScheme) bool {
			return signs[s] && !slices.Contains(offeredSchemes(r.offer), s)
		}) {
			continue
		}
		if signs12(r) || v.refuses(r) && v.tracks[tlswire.TLS12].offersSeen(r.suites, usesSignature) {
			return evidence.Yes, r.id
		}
	}
	return evidence.Unsure, ""
}

// signs12 reports whether the server signed its key exchange in TLS 1.2.
func signs12(r *reply) bool {
	return r.kind == accepted && r.version == tlswire.TLS12 && r.exchange != nil && r.scheme != 0
}
