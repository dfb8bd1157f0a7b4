package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func deriveVersions(d *deriver) {
	var value, open []tlswire.Version
	decided := false
	for _, v := range versions {
		switch d.tracks[v].spoken {
		case evidence.Yes:
			value, decided = append(value, v), true
		case evidence.No:
			decided = true
		default:
			open = append(open, v)
		}
	}
	slices.Sort(value)
	slices.Sort(open)
	d.facts.Versions = setFact(d, value, open, decided, d.fromVersions()...)
}

func deriveSuites(d *deriver) {
	f := evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: evidence.Known,
		Value: evidence.PerVersion[tlswire.Suite]{}, Open: evidence.PerVersion[tlswire.Suite]{}}
	for _, v := range versions {
		t := d.tracks[v]
		if list := d.ordered(t); len(list) > 0 {
			f.Value[v] = list
		}
		if open := t.undecided(); len(open) > 0 {
			f.Open[v] = open
		}
	}
	if d.orderOpen() {
		f.Why = "the order of some suites was not compared"
	}
	if len(f.Open) > 0 {
		f.State, f.Why = evidence.Partial, d.why
		if len(f.Value) == 0 {
			f.State = evidence.Unknown
		}
	}
	f.From = d.fromSuites()
	d.facts.Suites = f
}

// orderOpen reports whether a server with an order of its own has suites whose place in it is not known.
func (d *deriver) orderOpen() bool {
	for _, t := range d.tracks {
		if ownOrder(t.suites) != byServer {
			continue
		}
		order, _ := t.suites.serverOrder()
		if _, _, ok := t.suites.undecidedPair(order); ok {
			return true
		}
	}
	return false
}

// undecided returns the suites of t about which nothing was learned.
func (t *track) undecided() []tlswire.Suite {
	if t.spoken == evidence.No || t.v2done {
		return nil
	}
	open := t.suites.open(templateSuites(t.version))
	slices.Sort(open)
	return open
}

// ordered returns what is accepted: in the server's order if it has one, else in that of our template.
func (d *deriver) ordered(t *track) []tlswire.Suite {
	if order, ok := t.suites.serverOrder(); ok && !t.suites.clientOrder() {
		return order
	}
	list := slices.Clone(t.suites.accepted)
	rank := templateSuites(t.version)
	slices.SortStableFunc(list, func(a, b tlswire.Suite) int { return slices.Index(rank, a) - slices.Index(rank, b) })
	return list
}

func derivePreference(d *deriver) {
	f := evidence.Fact[map[tlswire.Version]evidence.Preference]{State: evidence.Known,
		Value: map[tlswire.Version]evidence.Preference{}, Open: map[tlswire.Version]evidence.Preference{}}
	for _, v := range d.spoken() {
		t := d.tracks[v]
		if v == tlswire.SSLv2 || len(t.suites.seen) < 2 {
			continue
		}
		if p := d.preference(t); p != "" {
			f.Value[v] = p
		} else {
			f.Open[v] = evidence.ClientOrder
		}
	}
	f.From = d.last(func(r *reply) bool { return r.kind == accepted })
	switch {
	case len(f.Open) > 0 || d.choiceOpen():
		f.State, f.Why = evidence.Partial, "the order of suites was not compared"
		if len(f.Value) == 0 {
			f.State = evidence.Unknown
		}
	case len(f.Value) == 0 && len(d.spoken()) == 0:
		f = unknown[map[tlswire.Version]evidence.Preference](d)
	case len(f.Value) == 0:
		f = inapplicable[map[tlswire.Version]evidence.Preference]("no version has two suites to choose from")
	}
	d.facts.Preference = f
}

// choiceOpen reports whether a version may yet turn out to be spoken, or a spoken one with fewer than two suites seen to
// have more: then there may be an order that was not looked at.
func (d *deriver) choiceOpen() bool {
	if d.anyOpen(func(v tlswire.Version) bool { return v != tlswire.SSLv2 }) {
		return true
	}
	return slices.ContainsFunc(d.spoken(), func(v tlswire.Version) bool {
		t := d.tracks[v]
		return v != tlswire.SSLv2 && len(t.suites.seen) < 2 && len(t.undecided()) > 0
	})
}

func (d *deriver) preference(t *track) evidence.Preference {
	switch ownOrder(t.suites) {
	case byClient:
		return evidence.ClientOrder
	case byServer:
		switch {
		case d.prioritisesChaCha(t):
			return evidence.ServerOrderChaCha
		case d.mayPrioritiseChaCha(t):
			return ""
		}
		return evidence.ServerOrder
	}
	return ""
}

// prioritisesChaCha reports whether ChaCha20, put first by the client, won over a suite that the server prefers.
func (d *deriver) prioritisesChaCha(t *track) bool {
	order, _ := t.suites.serverOrder()
	for i := range d.replies {
		r := &d.replies[i]
		if r.kind != accepted || r.version != t.version || !chachaFirst(r.suites) || !isChaCha(r.suite) || narrowed(r.offer) {
			continue // with narrowed groups or schemes it may have been the best that was left
		}
		if best, ok := firstIn(order, d.read(r.offer, r.suites)); ok && !isChaCha(best) {
			return true
		}
	}
	return false
}

// narrowed reports whether an offer left groups or signature schemes out.
func narrowed(o evidence.Offer) bool { return len(o.Groups)+len(o.Schemes) > 0 }

// mayPrioritiseChaCha reports whether ChaCha20 is accepted, but not the server's favourite, and was never put first by us.
func (d *deriver) mayPrioritiseChaCha(t *track) bool {
	order, _ := t.suites.serverOrder()
	return slices.IndexFunc(order, isChaCha) > 0 && !d.triedChaCha(t.version)
}

func deriveSignatures(d *deriver) {
	f := evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]]{State: evidence.Known,
		Value: evidence.PerVersion[tlswire.SignatureScheme]{}, Open: evidence.PerVersion[tlswire.SignatureScheme]{}}
	d.schemesOf(&f, tlswire.TLS13, d.schemes13, schemes13, func(tlswire.SuiteInfo) bool { return true })
	d.schemesOf(&f, tlswire.TLS12, d.schemes12, schemes12, usesSignature)
	why := d.why
	if d.hidesSchemes() {
		hide(&f, tlswire.TLS13, schemes13)
		hide(&f, tlswire.TLS12, schemes12)
		why = hiddenSchemes
	}
	f.From = d.fromSchemes()
	is12or13 := func(v tlswire.Version) bool { return v >= tlswire.TLS12 }
	switch {
	case d.none(is12or13) && len(d.spoken()) > 0:
		f = inapplicable[evidence.PerVersion[tlswire.SignatureScheme]]("neither TLS 1.2 nor TLS 1.3 is spoken; older versions always sign with MD5 and SHA-1")
	case len(f.Open) > 0:
		f.State, f.Why = evidence.Partial, why
		if len(f.Value) == 0 {
			f.State, f.From = evidence.Unknown, once(f.From, d.whyFrom)
		}
	case len(f.Value) == 0 && len(d.seenSuites(tlswire.TLS12, usesSignature)) == 0:
		f = inapplicable[evidence.PerVersion[tlswire.SignatureScheme]]("no suite that is accepted needs a signature")
	case len(f.Value) == 0: // it breaks off before it signs
		f = unknown[evidence.PerVersion[tlswire.SignatureScheme]](d)
	}
	d.facts.Signatures = f
}

func (d *deriver) schemesOf(f *evidence.Fact[evidence.PerVersion[tlswire.SignatureScheme]], v tlswire.Version,
	c *chain[tlswire.SignatureScheme], universe []tlswire.SignatureScheme, uses func(tlswire.SuiteInfo) bool) {
	t := d.tracks[v]
	if t.spoken == evidence.No {
		return
	}
	if len(c.accepted) > 0 {
		f.Value[v] = sortedBy(c.accepted, universe)
	}
	signs := len(d.seenSuites(v, uses)) > 0 || slices.ContainsFunc(t.undecided(), func(s tlswire.Suite) bool { info, _ := s.Info(); return uses(info) })
	if open := c.open(universe); signs && len(open) > 0 {
		f.Open[v] = open
	}
}

func sortedBy[T comparable](list, rank []T) []T {
	out := slices.Clone(list)
	slices.SortStableFunc(out, func(a, b T) int { return slices.Index(rank, a) - slices.Index(rank, b) })
	return out
}

func deriveGroups(d *deriver) {
	d.facts.GroupsTLS13, d.facts.GroupPreferenceTLS13 = d.groupFacts(d.groups13, groups13, is13, func(tlswire.SuiteInfo) bool { return true })
	d.facts.GroupsTLS12, d.facts.GroupPreferenceTLS12 = d.groupFacts(d.groups12, curves, namesGroups, usesGroup)
}

// namesGroups reports whether v is TLS 1.2 or older, with hellos that name curves: SSLv3 has no extensions.
func namesGroups(v tlswire.Version) bool { return old(v) && v > tlswire.SSLv3 }

func (d *deriver) groupFacts(c *chain[tlswire.Group], universe []tlswire.Group, match func(tlswire.Version) bool,
	uses func(tlswire.SuiteInfo) bool) (evidence.Fact[[]tlswire.Group], evidence.Fact[evidence.Preference]) {
	if d.none(match) && len(d.spoken()) > 0 {
		return inapplicable[[]tlswire.Group]("no such version is spoken"), inapplicable[evidence.Preference]("no such version is spoken")
	}
	open, possible := c.open(universe), d.anyOpen(match)
	for _, v := range d.spoken() {
		possible = possible || match(v) && (len(d.seenSuites(v, uses)) > 0 || d.mayAccept(v, uses))
	}
	if !possible {
		return inapplicable[[]tlswire.Group]("no suite needs a group"), inapplicable[evidence.Preference]("no suite needs a group")
	}
	list := sortedBy(c.accepted, universe)
	order, ok := c.serverOrder()
	if ok = ok && !c.clientOrder(); ok {
		list = order
	}
	fact := setFact(d, list, open, len(list) > 0, d.fromGroups(match)...)
	if _, _, unplaced := c.undecidedPair(order); ok && unplaced && fact.Why == "" {
		fact.Why = "the order of some groups was not compared"
	}
	return fact, d.groupPreference(c, len(open) > 0, fact.From)
}

func (d *deriver) groupPreference(c *chain[tlswire.Group], open bool, from []string) evidence.Fact[evidence.Preference] {
	client, server := c.whose()
	switch {
	case len(c.seen) <= 1 && open:
		return evidence.Fact[evidence.Preference]{State: evidence.Unknown, Why: "too few groups were seen"}
	case len(c.seen) == 1:
		return inapplicable[evidence.Preference]("only one group was seen")
	case client && !server:
		return known(evidence.ClientOrder, from...)
	case server && !client:
		return known(evidence.ServerOrder, from...)
	case !client && !server:
		return evidence.Fact[evidence.Preference]{State: evidence.Unknown, Why: "the choices fit no order"}
	}
	return evidence.Fact[evidence.Preference]{State: evidence.Unknown, Why: "the order of groups was not compared"}
}
