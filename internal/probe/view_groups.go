package probe

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// acceptNamedGroups takes in the list of groups that a TLS 1.3 server may send in its encrypted extensions
// (RFC 8446, Section 4.2.7): what it does not name there it does not accept.
func (v *view) acceptNamedGroups(r *reply) {
	list, ok := r.encryptedExtensions()
	if !ok {
		return
	}
	e, ok := tlswire.Find(list, tlswire.ExtensionSupportedGroups)
	groups, err := tlswire.ParseSupportedGroups(e.Data)
	if !ok || err != nil || !slices.Contains(groups, r.group) {
		return
	}
	for _, g := range groups {
		v.groups13.add(trial[tlswire.Group]{offered: []tlswire.Group{g}, pick: g, ok: true, skewed: true})
	}
	v.groups13.named = groups
	v.groups13.add(trial[tlswire.Group]{offered: difference(groups13, groups)})
}

// leavesGroup reports whether the narrowed groups of r's offer still have one that is known to be accepted.
func (v *view) leavesGroup(r *reply) bool {
	return slices.ContainsFunc(r.offer.Groups, func(g tlswire.Group) bool { return v.groups12.seen[g] })
}

// leavesScheme reports the same of the signature schemes that go with the kind of certificate of the chosen suite.
func (v *view) leavesScheme(r *reply) bool {
	chosen, _ := r.suite.Info()
	return slices.ContainsFunc(r.offer.Schemes, func(s tlswire.SignatureScheme) bool {
		return v.schemes12.seen[s] && authOf(s) == chosen.Auth
	})
}

func (v *view) acceptGroup(r *reply) {
	c := v.groups12
	if r.version == tlswire.TLS13 {
		c = v.groups13
	}
	if r.group == 0 || !slices.Contains(offeredGroups(r.offer), r.group) || r.offer.Version == tlswire.SSLv3 {
		return // an SSLv3 hello names no groups
	}
	if client, server := c.whose(); questionOf(r.id) == groupsQuestion12 && c.seen[r.group] && client && !server {
		c.add(trial[tlswire.Group]{offered: before(offeredGroups(r.offer), r.group)}) // nothing that stood before it is accepted
	}
	c.add(trial[tlswire.Group]{offered: offeredGroups(r.offer), pick: r.group, ok: true, guess: r.guess,
		skewed: slices.Contains(r.offer.KeyShares, r.group)}) // it may have been chosen for its share (RFC 8446, Section 4.2.8)
}

// before returns the members of list that stand before x.
func before[T comparable](list []T, x T) []T {
	return slices.Clone(list[:max(0, slices.Index(list, x))])
}

func (v *view) acceptScheme(r *reply) {
	c := v.schemes12
	if r.version == tlswire.TLS13 {
		c = v.schemes13
	}
	if r.scheme == 0 || !slices.Contains(offeredSchemes(r.offer), r.scheme) {
		return
	}
	c.add(trial[tlswire.SignatureScheme]{offered: offeredSchemes(r.offer), pick: r.scheme, ok: true, guess: r.guess, skewed: true})
}
