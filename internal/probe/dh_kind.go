package probe

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// dhKind is what servers were seen to choose their finite-field group by, all else being the same: whether the hello can
// name groups, which it cannot in SSLv3 (RFC 7919, Section 4); export grade (RFC 4346 forbids it, the callbacks of OpenSSL
// had it); who signs; and, where nobody does, whether the cipher's key is long (the automatic groups of OpenSSL, which
// otherwise go by the certificate's key). Of suites of one kind one tells for all.
type dhKind struct {
	bare, export, long bool
	auth               tlswire.Auth
}

func dhKindOf(v tlswire.Version, s tlswire.SuiteInfo) dhKind {
	return dhKind{bare: v == tlswire.SSLv3, export: s.Export, long: s.Anonymous && s.Bits >= 256, auth: s.Auth}
}

// ofEachDHKind returns a predicate for each kind: whether a suite of it is accepted.
func ofEachDHKind() []func(tlswire.Version, tlswire.SuiteInfo) bool {
	var kinds []dhKind
	for _, v := range versions {
		for _, s := range templateSuites(v) {
			info, _ := s.Info()
			if k := dhKindOf(v, info); old(v) && isDHE(info) && !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	var list []func(tlswire.Version, tlswire.SuiteInfo) bool
	for _, k := range kinds {
		list = append(list, func(v tlswire.Version, s tlswire.SuiteInfo) bool {
			return old(v) && isDHE(s) && dhKindOf(v, s) == k
		})
	}
	return list
}

// dhOpen reports whether a finite-field group may be in use that was not seen: with suites of a kind that are accepted, or
// may be, and none of which showed its group.
func (v *view) dhOpen() bool {
	shown := map[dhKind]bool{}
	for i := range v.replies {
		if r := &v.replies[i]; !r.guess && r.exchange != nil && r.exchange.DH != nil {
			info, _ := r.suite.Info()
			shown[dhKindOf(r.version, info)] = true
		}
	}
	for _, w := range versions {
		t := v.tracks[w]
		for _, s := range slices.Concat(t.undecided(), t.suites.accepted) {
			info, _ := s.Info()
			if old(w) && isDHE(info) && !shown[dhKindOf(w, info)] {
				return true
			}
		}
	}
	return false
}
