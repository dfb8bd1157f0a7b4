package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// addRefused enters a refusal where all dimensions but one were at full width, or known to be acceptable. A server may also
// choose a suite, and then find that it cannot sign: only an alert tells that from a line that breaks in the middle.
func (v *view) addRefused(r *reply) {
	t := v.tracks[r.offer.Version]
	if r.kind == accepted && r.alert != nil && refuses(r.alert.Description, r.offer) &&
		len(r.offer.Schemes) > 0 && len(r.offer.Groups) == 0 && plain(r.offer) {
		v.refuseSchemes(r)
	}
	if !v.refuses(r) || !plain(r.offer) {
		return
	}
	if r.alert != nil && r.alert.Description == tlswire.AlertProtocolVersion && len(t.suites.seen) == 0 {
		t.decide(evidence.No, "protocol_version alert")
	}
	switch {
	case len(r.offer.Groups) > 0 && len(r.offer.Schemes) > 0:
	case len(r.offer.Groups) > 0:
		v.refuseGroups(r)
	case len(r.offer.Schemes) > 0:
		v.refuseSchemes(r)
	case r.kind == closed && v.mixes(r):
		t.mixed = true
	default:
		t.suites.add(trial[tlswire.Suite]{offered: v.read(r.offer, r.suites)})
		t.settle()
	}
	v.addOlder(r)
}

// addOlder enters the refusal of all that TLS 1.1 has as one of TLS 1.0, too: a server that speaks the older one would have
// answered with it (RFC 4346, Appendix E), and the two have the same cipher suites. A server that speaks nothing newer may
// only be unable to read the newer hello.
func (v *view) addOlder(r *reply) {
	t := v.tracks[tlswire.TLS10]
	newer := v.tracks[tlswire.TLS12].spoken == evidence.Yes || v.tracks[tlswire.TLS13].spoken == evidence.Yes
	if r.offer.Version == tlswire.TLS11 && v.tracks[tlswire.TLS11].spoken == evidence.No && newer && t.spoken == evidence.Unsure &&
		len(t.suites.seen) == 0 && len(difference(templateSuites(tlswire.TLS10), v.read(r.offer, r.suites))) == 0 {
		t.decide(evidence.No, "a hello of TLS 1.1 was refused")
	}
}

// mixes reports whether a server that hung up may have chosen a suite with finite-field Diffie-Hellman, only to find that
// it has no parameters for it, although it accepts others that were offered. Where the client's order decides, the others
// came first.
func (v *view) mixes(r *reply) bool {
	first := slices.IndexFunc(r.suites, isFiniteField)
	rest := slices.DeleteFunc(slices.Clone(r.suites), isFiniteField)
	if first < 0 || len(rest) == 0 {
		return false
	}
	for _, t := range v.tracks {
		if len(v.seenSuites(t.version, isDHE)) > 0 {
			return false
		}
	}
	return !(first == len(rest) && (v.followsClient() || offersAll(r.offer.Suites) && v.prefersOthers()))
}

// prefersOthers reports whether the server, offered everything, was seen to choose a suite without finite-field
// Diffie-Hellman.
func (v *view) prefersOthers() bool {
	return v.count(func(r reply) bool {
		return r.kind == accepted && old(r.version) && offersAll(r.offer.Suites) && !isFiniteField(r.suite)
	}) > 0
}

// offersAll reports whether o leaves no suite out and offers those with finite-field Diffie-Hellman last.
func offersAll(o evidence.SuiteOffer) bool {
	return len(o.Only)+len(o.Without)+len(o.Last) == 0 && !slices.ContainsFunc(o.First, isFiniteField)
}

// followsClient reports whether some version was seen to follow the client's order.
func (v *view) followsClient() bool {
	for _, t := range v.tracks {
		if ownOrder(t.suites) == byClient {
			return true
		}
	}
	return false
}

// addPassed enters groups that a server which follows the client refused by passing over a suite that needs one of them, and
// that it is known to accept, for a later suite that needs none.
func (v *view) addPassed(r *reply) {
	t := v.tracks[r.version]
	if r.kind != accepted || r.guess || len(r.offer.Groups) == 0 || len(r.offer.Schemes) > 0 || r.version != r.offer.Version ||
		!old(r.version) || r.group != 0 || ownOrder(t.suites) != byClient {
		return
	}
	if slices.ContainsFunc(before(r.suites, r.suite), func(s tlswire.Suite) bool { return t.suites.seen[s] && needsFreeGroup(s) }) {
		v.groups12.add(trial[tlswire.Group]{offered: difference(r.offer.Groups, finiteFields)})
	}
}

// needsFreeGroup reports whether s needs a curve, of any kind: an ECDSA certificate needs its own (RFC 8422, Section 5.1.1).
func needsFreeGroup(s tlswire.Suite) bool {
	info, _ := s.Info()
	return usesGroup(info) && info.Auth != tlswire.AuthECDSA
}

func (v *view) refuseGroups(r *reply) {
	t, c := v.tracks[r.offer.Version], v.groups12
	if r.offer.Version == tlswire.TLS13 {
		c = v.groups13
	}
	if t.offersSeen(r.suites, usesGroup) && (is13(t.version) || v.free(r.suites, t)) {
		c.add(trial[tlswire.Group]{offered: r.offer.Groups})
	}
}

// free reports whether list has an accepted suite that does not depend on the curve of the certificate: an ECDSA
// certificate needs its own among those offered (RFC 8422, Section 5.1.1).
func (v *view) free(list []tlswire.Suite, t *track) bool {
	return slices.ContainsFunc(list, func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return t.suites.seen[s] && info.Auth != tlswire.AuthECDSA
	})
}

func (v *view) refuseSchemes(r *reply) {
	t, c := v.tracks[r.offer.Version], v.schemes12
	if r.offer.Version == tlswire.TLS13 {
		c = v.schemes13
	}
	if !t.offersSeen(r.suites, usesSignature) {
		return
	}
	list := r.offer.Schemes
	if !is13(t.version) {
		list = v.signable(list, r)
	}
	c.add(trial[tlswire.SignatureScheme]{offered: list})
}

// signable returns the schemes of list that the server may have refused in r: those for the one kind of certificate that
// the suites needed, or the chosen suite. A server that has, or may have, two kinds may choose the suite first, and then find
// no scheme for it.
func (v *view) signable(list []tlswire.SignatureScheme, r *reply) []tlswire.SignatureScheme {
	needed := v.kinds(r.suites)
	if r.kind == accepted {
		needed = v.kinds([]tlswire.Suite{r.suite})
	}
	if len(needed) != 1 {
		return nil
	}
	others := v.kinds(v.tracks[r.offer.Version].maySign())
	return slices.DeleteFunc(slices.Clone(list), func(s tlswire.SignatureScheme) bool {
		return !slices.Contains(needed, authOf(s)) && slices.Contains(others, authOf(s))
	})
}

// maySign returns the suites that are signed for and that are accepted, or may yet turn out to be.
func (t *track) maySign() []tlswire.Suite {
	return slices.DeleteFunc(slices.Clone(templateSuites(t.version)), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		return !usesSignature(info) || t.suites.refused[s] && !t.suites.seen[s]
	})
}

// kinds returns the kinds of certificates that the suites of list need.
func (v *view) kinds(list []tlswire.Suite) []tlswire.Auth {
	var kinds []tlswire.Auth
	for _, s := range list {
		if info, _ := s.Info(); !slices.Contains(kinds, info.Auth) {
			kinds = append(kinds, info.Auth)
		}
	}
	return kinds
}

// authOf returns the kind of certificate that goes with scheme s in TLS 1.2; EdDSA goes with suites for ECDSA (RFC 8422,
// Section 5.1.1).
func authOf(s tlswire.SignatureScheme) tlswire.Auth {
	switch info, _ := s.Info(); info.Key {
	case "RSA", "RSA-PSS":
		return tlswire.AuthRSA
	case "DSA":
		return tlswire.AuthDSS
	case "ECDSA", "EdDSA":
		return tlswire.AuthECDSA
	}
	return ""
}
