package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// The kinds of padding oracles, by the name that each has.
const (
	poodleTLS      = "poodle-tls"      // CVE-2014-8730: padding is not looked at
	zombiePOODLE   = "zombie-poodle"   // wrong padding is told from wrong padding with a right MAC, or by its length
	goldenDoodle   = "goldendoodle"    // CVE-2019-6593: a wrong MAC is not minded, or right padding is told from wrong padding
	zeroLengthKind = "zero-length"     // CVE-2019-1559: nothing inside is told from something
	sleepingPOODLE = "sleeping-poodle" // CVE-2019-6485: what distinguishes is that the server says nothing more
	luckyMinus20   = "cve-2016-2107"   // padding that leaves no room for a MAC passes
)

// kinds names the oracles that were found, once all is decided.
func (o *oracle) kinds() []string {
	var kinds []string
	add := func(kind string, found bool) {
		if found && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	sleeps := o.unclean(badPadding) != o.unclean(badBoth)
	add(poodleTLS, o.answers(badPadding) && !o.answers(badBoth))
	add(goldenDoodle, o.answers(badMAC) || o.answers(badBoth) || o.differ(badMAC, badBoth))
	add(sleepingPOODLE, o.differ(badPadding, badBoth) && !o.answers(badPadding) && sleeps)
	add(zombiePOODLE, o.differ(badPadding, badBoth) && !o.answers(badPadding) && !sleeps || o.differ(longPadding, badBoth))
	add(zeroLengthKind, o.differ(zeroLength, badMAC) && !o.answers(badMAC))
	add(luckyMinus20, o.differ(fullPadding, badBoth) && o.overflows(fullPadding))
	add(goldenDoodle, o.differ(fullPadding, badBoth) && !o.overflows(fullPadding))
	return kinds
}

// differ reports whether two vectors have no reaction in common.
func (o *oracle) differ(a, b string) bool {
	return !slices.ContainsFunc(o.classes(a), func(class string) bool { return slices.Contains(o.classes(b), class) })
}

func (o *oracle) overflows(vector string) bool {
	return slices.ContainsFunc(o.counted(vector), func(t trick) bool { return t.overflow })
}

func overflow(r *evidence.Reaction) bool {
	return slices.ContainsFunc(r.Records, func(x evidence.Reacted) bool {
		return x.Alert != nil && x.Alert.Description == tlswire.AlertRecordOverflow
	})
}
