package check

import (
	"slices"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// suitesIn are the suites of the offer that can be chosen in v.
func (o *Offer) suitesIn(v tlswire.Version) []tlswire.Suite {
	return matching(o.Suites, func(s tlswire.Suite) bool { return negotiable(s, v) })
}

// negotiable reports whether a suite, which must be known, can be chosen in v.
func negotiable(s tlswire.Suite, v tlswire.Version) bool {
	i, ok := s.Info()
	return ok && i.Negotiable(v)
}

// groupsIn are the groups of the offer that can be chosen in v.
func (o *Offer) groupsIn(v tlswire.Version) []tlswire.Group {
	return matching(o.Groups, func(g tlswire.Group) bool { i, ok := g.Info(); return !ok || i.MinVersion <= v && v <= i.MaxVersion })
}

// groupVersions are the versions in which lists of groups are looked at: of those up to TLS 1.2, the last stands for all.
func (o *Offer) groupVersions() []tlswire.Version {
	var out []tlswire.Version
	for _, v := range o.Versions {
		out = addOnce(out, max(v, tlswire.TLS12))
	}
	return out
}

// schemesIn are the schemes of the offer that a handshake can be signed with in v. Of TLS 1.1 and older there are none: how
// they are signed is not negotiated.
func (o *Offer) schemesIn(v tlswire.Version) []tlswire.SignatureScheme {
	return matching(o.Schemes, func(s tlswire.SignatureScheme) bool {
		i, ok := s.Info()
		return ok && (v == tlswire.TLS12 && i.TLS12 || v == tlswire.TLS13 && i.TLS13)
	})
}

func (o *Offer) extensionsIn(tlswire.Version) []tlswire.ExtensionType { return o.Extensions }

// offerLists judges by the lists of one kind: by the one that decides on a member, and by those that want some.
func offerLists[T stringer](j *offerJudge, lists []policy.List[T], thing string, offered []tlswire.Version, in func(tlswire.Version) []T) {
	for i, l := range lists {
		if l.Need != policy.NeedNone {
			offerNeeds(j, l, offered, in)
			continue
		}
		var members distinct[T]
		var versions []tlswire.Version
		for _, v := range offered {
			for _, x := range in(v) {
				if decides, ok := policy.ListOf(lists, v, x); ok && decides == i {
					members.add(x)
					versions = addOnce(versions, v)
				}
			}
		}
		if n := len(members.list); n > 0 {
			slices.Sort(versions)
			j.add(l.ID, l.Rule, "offers "+count(n, thing)+" "+what(l)+inVersions(versions), texts(members.list))
		}
	}
}

// offerNeeds tells of members that a list wants in a version that is offered, and that are not.
func offerNeeds[T stringer](j *offerJudge, l policy.List[T], offered []tlswire.Version, in func(tlswire.Version) []T) {
	var have []T
	about := false
	for _, v := range offered {
		if l.About(v) {
			about, have = true, append(have, in(v)...)
		}
	}
	missing := matching(l.Of, func(x T) bool { return !slices.Contains(have, x) })
	switch {
	case !about, len(missing) == 0, l.Need == policy.NeedAny && len(missing) < len(l.Of):
	case l.Need == policy.NeedAny && len(l.Of) > 1:
		j.add(l.ID, l.Rule, "offers none of "+and(texts(missing))+inVersions(l.In), texts(missing))
	default:
		j.add(l.ID, l.Rule, "does not offer "+and(texts(missing))+inVersions(l.In), texts(missing))
	}
}

// Left is what is left of an offer if a server accepts only what p has no more than a note against: the versions, oldest
// first, and the suites. Without versions, nothing is left.
func (o *Offer) Left(p *policy.Policy, role policy.Role) (versions []tlswire.Version, suites []tlswire.Suite) {
	fine := func(r policy.Rule) bool { return r.For(role).Severity <= policy.Note }
	var left distinct[tlswire.Suite]
	for _, v := range tlswire.Versions() {
		if !slices.Contains(o.Versions, v) || !fine(p.TLSVersion(v)) {
			continue
		}
		w := max(v, tlswire.TLS12)
		group := slices.ContainsFunc(o.groupsIn(w), func(g tlswire.Group) bool { return listFine(p.GroupLists, w, g, fine) })
		for _, s := range o.suitesIn(v) {
			minds := slices.ContainsFunc(p.Suites, func(r policy.SuiteRule) bool { return r.Match.Matches(info(s)) && !fine(r.Rule) })
			k := info(s).KeyExchange
			curve := group || k != tlswire.KeyExchangeAny && k != tlswire.KeyExchangeECDHE || len(o.Groups) == 0
			if !minds && curve && listFine(p.SuiteLists, v, s, fine) {
				versions = addOnce(versions, v)
				left.add(s)
			}
		}
	}
	return versions, left.list
}

func listFine[T comparable](lists []policy.List[T], v tlswire.Version, x T, fine func(policy.Rule) bool) bool {
	i, ok := policy.ListOf(lists, v, x)
	return !ok || fine(lists[i].Rule)
}

// Minded returns how p finds a suite that the offer has: the worst of the rows about it in the versions that are offered,
// and the ids of those rows that find more than a note.
func (o *Offer) Minded(s tlswire.Suite, p *policy.Policy, role policy.Role) (worst policy.Severity, rows []string) {
	note := func(id string, r policy.Rule) {
		severity := r.For(role).Severity
		worst = max(worst, severity)
		if severity > policy.Note {
			rows = addOnce(rows, id)
		}
	}
	for _, r := range p.Suites {
		if r.Match.Matches(info(s)) {
			note(r.Check, r.Rule)
		}
	}
	for _, v := range o.Versions {
		if i, ok := policy.ListOf(p.SuiteLists, v, s); ok && negotiable(s, v) {
			note(p.SuiteLists[i].ID, p.SuiteLists[i].Rule)
		}
	}
	return worst, rows
}
