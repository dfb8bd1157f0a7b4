package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// listFacts is where the members of lists of one kind are found among the facts.
type listFacts[T comparable] struct {
	thing    string // "suite"
	does, do string // "accepts", "accept"
	key      *evidence.Key
	versions []tlswire.Version // those that the fact is about; none: all
	members  func(*evidence.Facts) evidence.Fact[evidence.PerVersion[T]]
	settled  bool // what is open is always listed, so that an open fact may answer no
	name     func(T) string
}

type stringer interface {
	comparable
	fmt.Stringer
}

func named[T stringer](x T) string { return x.String() }

func suiteFacts() listFacts[tlswire.Suite] {
	return listFacts[tlswire.Suite]{"suite", "accepts", "accept", evidence.KeySuites, nil,
		func(f *evidence.Facts) evidence.Fact[evidence.PerVersion[tlswire.Suite]] { return f.Suites }, true, named[tlswire.Suite]}
}

func signatureFacts() listFacts[tlswire.SignatureScheme] {
	return listFacts[tlswire.SignatureScheme]{"signature scheme", "signs with", "sign with", evidence.KeySignatures, nil,
		func(f *evidence.Facts) evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]] {
			return f.Signatures
		}, true, named[tlswire.SignatureScheme]}
}

func extensionFacts() listFacts[tlswire.ExtensionType] {
	return listFacts[tlswire.ExtensionType]{"extension", "answers", "answer", evidence.KeyExtensions, nil,
		func(f *evidence.Facts) evidence.Fact[evidence.PerVersion[tlswire.ExtensionType]] { return f.Extensions }, false, named[tlswire.ExtensionType]}
}

func groupFacts12() listFacts[tlswire.Group] {
	return listFacts[tlswire.Group]{"group", "accepts", "accept", evidence.KeyGroupsTLS12, []tlswire.Version{tlswire.TLS12},
		func(f *evidence.Facts) evidence.Fact[evidence.PerVersion[tlswire.Group]] {
			return in(f.GroupsTLS12, tlswire.TLS12)
		}, true, named[tlswire.Group]}
}

func groupFacts13() listFacts[tlswire.Group] {
	return listFacts[tlswire.Group]{"group", "accepts", "accept", evidence.KeyGroupsTLS13, []tlswire.Version{tlswire.TLS13},
		func(f *evidence.Facts) evidence.Fact[evidence.PerVersion[tlswire.Group]] {
			return in(f.GroupsTLS13, tlswire.TLS13)
		}, true, named[tlswire.Group]}
}

func dhFacts() listFacts[string] {
	return listFacts[string]{"Diffie-Hellman group", "uses", "use", evidence.KeyDHParams, []tlswire.Version{tlswire.TLS12},
		func(f *evidence.Facts) evidence.Fact[evidence.PerVersion[string]] {
			out := evidence.Fact[[]string]{State: f.DHParams.State, Why: f.DHParams.Why, From: f.DHParams.From}
			for _, g := range f.DHParams.Value {
				out.Value = addOnce(out.Value, g.Prime)
			}
			return in(out, tlswire.TLS12)
		}, false, func(prime string) string {
			if prime == "" {
				return "one without a name"
			}
			return prime
		}}
}

// in turns a list into lists per version.
func in[T any](f evidence.Fact[[]T], v tlswire.Version) evidence.Fact[evidence.PerVersion[T]] {
	return evidence.Fact[evidence.PerVersion[T]]{State: f.State, Why: f.Why, From: f.From,
		Value: evidence.PerVersion[T]{v: f.Value}, Open: evidence.PerVersion[T]{v: f.Open}}
}

// listRows makes a check of each list that can tell of anything, for each of the facts that has a version it is about.
func listRows[T comparable](lists []policy.List[T], role policy.Role, of ...listFacts[T]) []Check {
	var out []Check
	for i, l := range lists {
		for _, facts := range of {
			about := len(facts.versions) == 0 || slices.ContainsFunc(facts.versions, l.About)
			switch {
			case !about || !counts(l.Rule, role):
			case l.Need != policy.NeedNone:
				out = append(out, needRow(l, facts))
			default:
				out = append(out, memberRow(lists, i, facts))
			}
		}
	}
	return out
}

// memberRow asks whether the server has a member on which list i decides.
func memberRow[T comparable](lists []policy.List[T], i int, facts listFacts[T]) Check {
	l := lists[i]
	test := func(v tlswire.Version, x T) bool {
		decides, ok := policy.ListOf(lists, v, x)
		return ok && decides == i
	}
	c := Check{
		ID:    l.ID,
		Needs: []evidence.Need{facts.need(test)},
		Eval: func(s *Subject, _ *policy.Policy) Finding {
			f := facts.members(&s.Endpoint.Facts)
			if f.Seen() && evidence.AnyIn(f, func(v tlswire.Version, _ T) bool { return l.About(v) }) == evidence.No {
				return notApplicable("the server " + facts.does + " no " + facts.thing + inVersions(l.In))
			}
			seen, versions := members(f.Value, test)
			return decide(evidence.AnyIn(f, test),
				bad(s, l.Rule, facts.does+" "+atLeast(f)+count(len(seen), facts.thing)+" "+what(l)+inVersions(versions)).seen(names(seen, facts.name), f.From),
				good(facts.does+" no "+facts.thing+" "+what(l)+inVersions(l.In)).seen(nil, f.From))
		},
	}
	c.Settled = func(f *evidence.Facts) bool {
		return facts.listsOpen(facts.members(f)) && evidence.AnyIn(facts.members(f), test) != evidence.Unsure
	}
	return c
}

// needRow asks whether the server lacks what a list wants of it, in each version that it speaks and the list is about.
func needRow[T comparable](l policy.List[T], facts listFacts[T]) Check {
	lacks := func(f *evidence.Facts) ([]T, evidence.Answer) { return lacking(l, facts, f) }
	return Check{
		ID:      l.ID,
		Needs:   append(memberNeeds(l, facts), evidence.Need{Key: evidence.KeyVersions}),
		Settled: func(f *evidence.Facts) bool { _, a := lacks(f); return a != evidence.Unsure },
		Eval: func(s *Subject, _ *policy.Policy) Finding {
			if speaks(&s.Endpoint.Facts, l.About) == evidence.No {
				return notApplicable("the server does not speak" + strings.TrimPrefix(inVersions(l.In), " in"))
			}
			from := facts.members(&s.Endpoint.Facts).From
			missing, answer := lacks(&s.Endpoint.Facts)
			list := names(missing, facts.name)
			text := "does not " + facts.do + " " + and(list)
			if l.Need == policy.NeedAny && len(list) > 1 {
				text = facts.does + " none of " + and(list)
			}
			return decide(answer, bad(s, l.Rule, text+inVersions(l.In)).seen(list, from),
				good(facts.does+" the "+facts.thing+"s that are needed"+inVersions(l.In)).seen(nil, from))
		},
	}
}

// memberNeeds are what decides whether the server has what a list wants: that it accepts one of the members, or each.
func memberNeeds[T comparable](l policy.List[T], facts listFacts[T]) []evidence.Need {
	accepts := func(members []T) evidence.Need {
		return facts.need(func(v tlswire.Version, x T) bool { return l.About(v) && slices.Contains(members, x) })
	}
	if l.Need == policy.NeedAny {
		return []evidence.Need{accepts(l.Of)}
	}
	var out []evidence.Need
	for i := range l.Of {
		out = append(out, accepts(l.Of[i:i+1]))
	}
	return out
}

// need is what decides whether the fact has a member that test selects.
func (l listFacts[T]) need(test func(tlswire.Version, T) bool) evidence.Need {
	is := func(v tlswire.Version, member any) bool {
		x, ok := member.(T)
		return ok && test(v, x)
	}
	n := evidence.Need{Key: l.key}
	switch l.key {
	case evidence.KeySuites:
		n.Any = func(v tlswire.Version, s tlswire.SuiteInfo) bool { return is(v, s.ID) }
	case evidence.KeyGroupsTLS12, evidence.KeyGroupsTLS13:
		n.Group = func(g tlswire.Group) bool { return is(l.versions[0], g) }
	case evidence.KeySignatures:
		n.Scheme = func(v tlswire.Version, s tlswire.SignatureScheme) bool { return is(v, s) }
	}
	return n
}

// lacking returns the members that the list wants and the server has not, and whether that is wrong.
func lacking[T comparable](l policy.List[T], facts listFacts[T], all *evidence.Facts) ([]T, evidence.Answer) {
	f := facts.members(all)
	var missing []T
	open, has := false, false
	for _, x := range l.Of {
		switch a := evidence.AnyIn(f, func(v tlswire.Version, y T) bool { return x == y && l.About(v) }); {
		case a == evidence.Yes:
			has = true
		case a == evidence.Unsure, !facts.listsOpen(f) && f.State != evidence.Known:
			open = true
		default:
			missing = append(missing, x)
		}
	}
	switch {
	case speaks(all, l.About) == evidence.Unsure:
		return missing, evidence.Unsure
	case l.Need == policy.NeedAny && has, l.Need == policy.NeedAll && len(missing) == 0 && !open:
		return nil, evidence.No
	case l.Need == policy.NeedAny && open, len(missing) == 0:
		return missing, evidence.Unsure
	}
	return missing, evidence.Yes
}

// listsOpen reports whether all that is open of f is listed in it.
func (l listFacts[T]) listsOpen(f evidence.Fact[evidence.PerVersion[T]]) bool {
	return l.settled || f.Open.Any(func(tlswire.Version, T) bool { return true })
}

// speaks answers whether the server speaks a version that match accepts.
func speaks(f *evidence.Facts, match func(tlswire.Version) bool) evidence.Answer {
	return evidence.Any(f.Versions, match)
}

// members returns what was seen and test selects, each once, and the versions it was seen in, oldest first.
func members[T comparable](seen evidence.PerVersion[T], test func(tlswire.Version, T) bool) (found []T, versions []tlswire.Version) {
	for _, v := range tlswire.Versions() {
		for _, x := range seen[v] {
			if test(v, x) {
				found, versions = addOnce(found, x), addOnce(versions, v)
			}
		}
	}
	return found, versions
}

func names[T any](list []T, name func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}

// what tells of which members a list decides.
func what[T comparable](l policy.List[T]) string {
	switch {
	case l.What != "":
		return l.What
	case l.Others:
		return "beyond the list"
	}
	return "on the list"
}

func inVersions(versions []tlswire.Version) string {
	if len(versions) == 0 {
		return ""
	}
	return " in " + and(texts(versions))
}
