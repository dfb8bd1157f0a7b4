package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func derivePadding(d *deriver) {
	f := &d.facts.PaddingOracle
	v, suite := d.cbc()
	if v == 0 {
		*f = d.withoutCBC()
		return
	}
	o := d.oracle()
	switch {
	case len(o.of) == 0 && d.onlyEncryptThenMAC():
		*f = inapplicable[evidence.Weakness]("CBC suites are accepted with encrypt-then-MAC alone")
	case len(o.of) == 0:
		*f = d.untried(evidence.PaddingOracle)
	case !o.decided():
		*f = d.untried(evidence.PaddingOracle)
		f.Why = "too few reactions to broken records came through: " + strings.Join(o.classes(paddingVectors...), "; ")
	case slices.ContainsFunc(paddingVectors, o.varies):
		*f = o.lottery()
	case o.uniform():
		*f = o.healthy()
	default:
		*f = known(evidence.Weakness{Found: true, Kinds: o.kinds(), Shown: o.shown(v, suite)}, o.ids()...)
	}
}

// lottery is the verdict on a server whose reactions vary: they tell nothing of what is inside if the same ones come to each
// vector. Otherwise one server of several may be weak.
func (o *oracle) lottery() evidence.Fact[evidence.Weakness] {
	if slices.ContainsFunc(paddingVectors, o.lacks) || !o.chance() {
		return evidence.Fact[evidence.Weakness]{State: evidence.Unknown, From: o.ids(),
			Why: "the reactions to broken records vary from one connection to the next, and not to all kinds of them alike"}
	}
	return known(evidence.Weakness{}, o.ids()...)
}

// healthy is the verdict on a server that makes no difference.
func (o *oracle) healthy() evidence.Fact[evidence.Weakness] {
	class := o.classes(paddingVectors...)[0]
	if class == string(evidence.EndTimeout) || class == string(evidence.EndMalformed) {
		return evidence.Fact[evidence.Weakness]{State: evidence.Unknown, From: o.ids(),
			Why: "the reaction to broken records tells nothing: " + endWords(evidence.EndKind(class))}
	}
	return known(evidence.Weakness{}, o.ids()...)
}

// withoutCBC is the answer where no CBC suite was seen that can be tried.
func (d *deriver) withoutCBC() evidence.Fact[evidence.Weakness] {
	within := func(v tlswire.Version) bool { return old(v) && v > tlswire.SSLv3 }
	open, seen := d.anyOpen(within), false
	for _, v := range d.spokenOld() {
		open = open || within(v) && d.mayAccept(v, isCBC)
		seen = seen || within(v) && len(d.seenSuites(v, isCBC)) > 0
	}
	switch {
	case seen && !open:
		return evidence.Fact[evidence.Weakness]{State: evidence.Unknown,
			Why: "no CBC suite is accepted with which this program can finish a handshake"}
	case open || len(d.spoken()) == 0:
		return unknown[evidence.Weakness](d)
	}
	return inapplicable[evidence.Weakness]("no CBC suite is accepted in TLS 1.0 to 1.2")
}

// onlyEncryptThenMAC reports whether the server refused, twice, the accepted suite without encrypt_then_mac.
func (d *deriver) onlyEncryptThenMAC() bool {
	return d.count(func(r reply) bool { return r.offer.Attack == evidence.PaddingOracle && r.kind == refused }) > 1
}

// ids are the connections that tell, in order.
func (o *oracle) ids() []string {
	var list []string
	for _, v := range paddingVectors {
		for _, t := range o.counted(v) {
			list = append(list, t.id)
		}
	}
	return list
}

// shown says how the server reacts to each vector.
func (o *oracle) shown(v tlswire.Version, suite tlswire.Suite) []string {
	list := []string{fmt.Sprintf("in %v with %v, %d connections:", v, suite, len(o.ids()))}
	for _, vector := range paddingVectors {
		list = append(list, fmt.Sprintf("%s: %s", brokenWords(vector), strings.Join(o.classes(vector), " or ")))
	}
	return list
}

func brokenWords(vector string) string {
	switch vector {
	case badMAC:
		return "wrong MAC"
	case badPadding:
		return "wrong padding"
	case zeroLength:
		return "wrong MAC on nothing"
	case fullPadding:
		return "padding alone"
	case longPadding:
		return "padding longer than the record"
	}
	return "wrong MAC and padding"
}
