package probe

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// skewed reports whether the choice tells nothing about the order of suites: narrowed groups or signature schemes that
// the chosen suite does without may be why another was not chosen, unless one of them is known to be accepted.
func (v *view) skewed(r *reply) bool {
	if r.version != r.offer.Version || chachaFirst(r.suites) && isChaCha(r.suite) && slices.ContainsFunc(r.suites, isOther) {
		return true
	}
	if r.guess || r.version == tlswire.TLS13 { // chooses suite, group and scheme apart from each other (RFC 8446, Section 4.1.1)
		return false
	}
	return len(r.offer.Groups) > 0 && r.group == 0 && !v.leavesGroup(r) || len(r.offer.Schemes) > 0 && r.scheme == 0 && !v.leavesScheme(r)
}

// compared returns the suites of list that stood a chance against the chosen one: with narrowed groups or schemes, those
// that need another kind of certificate may have had none.
func compared(r *reply, list []tlswire.Suite) []tlswire.Suite {
	if r.version == tlswire.TLS13 || len(r.offer.Groups)+len(r.offer.Schemes) == 0 {
		return list
	}
	chosen, _ := r.suite.Info()
	return slices.DeleteFunc(slices.Clone(list), func(s tlswire.Suite) bool {
		info, _ := s.Info()
		if len(r.offer.Schemes) == 0 { // an ECDSA certificate needs its own curve among the groups
			return info.Auth == tlswire.AuthECDSA && info.Auth != chosen.Auth
		}
		return usesSignature(info) && info.Auth != chosen.Auth
	})
}

// chachaFirst reports whether an offer of list would make a server that prioritises ChaCha20 do so.
func chachaFirst(list []tlswire.Suite) bool {
	return len(list) > 0 && isChaCha(list[0])
}

// setChaChaApart takes picks of ChaCha20 out of the orders of servers that have one of their own, where the client's first
// acceptable suite was not AES-GCM: some then take it for a client without AES instructions (as crypto/tls does).
func (v *view) setChaChaApart() {
	for _, t := range v.tracks {
		if client, _ := t.suites.whose(); client {
			continue
		}
		t.suites.ranked = nil
		for i := range t.suites.trials {
			x := &t.suites.trials[i]
			k := slices.IndexFunc(x.offered, func(s tlswire.Suite) bool { return t.suites.seen[s] })
			rival := slices.ContainsFunc(x.offered, func(s tlswire.Suite) bool { return t.suites.seen[s] && isAESGCM(s) })
			if x.ok && isChaCha(x.pick) && rival && !isAESGCM(x.offered[k]) {
				x.skewed = true
			}
		}
	}
}

func isAESGCM(s tlswire.Suite) bool {
	info, _ := s.Info()
	return info.Cipher == "AES" && info.Mode == tlswire.ModeGCM
}

func isOther(s tlswire.Suite) bool { return !isChaCha(s) }

func isChaCha(s tlswire.Suite) bool {
	info, ok := s.Info()
	return ok && info.Cipher == "CHACHA20-POLY1305"
}
