package probe

import (
	"cmp"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// takesKeyV2 reads the reaction to a master key: a challenge under the key that the fault leads to cannot come about by chance,
// and one under the proper key says that there is no fault.
func takesKeyV2(r *evidence.Reaction) evidence.Answer {
	switch {
	case r.Times > 0:
		return evidence.Yes
	case len(r.Records) > 0 && r.Records[0].Echo > 0, orderly(r), r.End == evidence.EndErrorV2:
		return evidence.No
	}
	return evidence.Unsure
}

// triedV2 tells what is known of a vector: a server that hangs up is asked twice.
func (v *view) triedV2(vector string) (answer evidence.Answer, from []string) {
	yes, no := v.outcome(evidence.SpecialDROWN, vector, takesKeyV2)
	switch {
	case len(yes) > 0:
		return evidence.Yes, yes
	case len(no) > 1:
		return evidence.No, no
	}
	return evidence.Unsure, slices.Concat(yes, no)
}

// listV2 is what the server lists over SSLv2, and whether it was seen to.
func (v *view) listV2() (listed []tlswire.Suite, spoken bool) {
	for i := range v.replies {
		if r := &v.replies[i]; r.v2 != nil && r.kind == accepted && !r.guess {
			return r.v2.Ciphers, true
		}
	}
	return nil, false
}

// short reports whether a suite of SSLv2 has keys that can be searched through.
func short(s tlswire.Suite) bool {
	info, _ := s.Info()
	return info.Export || info.Bits > 0 && info.Bits <= 64
}

// vectorsV2 are those that can be tried.
func vectorsV2(listed []tlswire.Suite) (list []string) {
	if kindFor(clearKey, listed) != 0 {
		list = append(list, clearKey)
	}
	if !slices.ContainsFunc(listed, short) {
		list = append(list, unlistedKind)
	}
	return list
}

func nextDROWN(p *plan) (ask, bool) {
	listed, spoken := p.listV2()
	if !spoken {
		return ask{}, false
	}
	for _, vector := range vectorsV2(listed) {
		answer, _ := p.triedV2(vector)
		tried := p.count(func(r reply) bool { return r.offer.Attack == evidence.SpecialDROWN && r.offer.Vector == vector })
		silent := p.timeouts(evidence.SpecialDROWN, vector) >= maxLate // which a server may be for ever
		if answer == evidence.Unsure && !silent && tried < 4 && p.mayTry(evidence.SpecialDROWN, evidence.KeySpecialDROWN, 8) {
			return trying(evidence.SpecialDROWN, vector, tlswire.SSLv2, nil), true
		}
	}
	return ask{}, false
}

func deriveDROWN(d *deriver) {
	f := &d.facts.SpecialDROWN
	listed, spoken := d.listV2()
	v2 := func(v tlswire.Version) bool { return v == tlswire.SSLv2 }
	switch {
	case d.none(v2):
		*f = inapplicable[evidence.Weakness]("SSLv2 is not spoken")
		return
	case !spoken:
		*f = d.untried(evidence.SpecialDROWN)
		return
	}
	var value evidence.Weakness
	var from []string
	open := false
	for _, vector := range vectorsV2(listed) {
		answer, shown := d.triedV2(vector)
		open = open || answer == evidence.Unsure
		from = append(from, shown...)
		if answer == evidence.Yes {
			value.Found = true
			value.Kinds = append(value.Kinds, vector)
			value.Shown = append(value.Shown, map[string]string{
				clearKey:     "bytes of the key that are sent in the clear take the place of encrypted ones (CVE-2016-0703)",
				unlistedKind: cmp.Or(exportKind.String(), "a suite") + " works, which is not listed (CVE-2015-3197)"}[vector])
		}
	}
	switch {
	case value.Found || !open && len(from) > 0:
		*f = known(value, from...)
	case len(vectorsV2(listed)) == 0:
		*f = inapplicable[evidence.Weakness]("no suite of SSLv2 is listed that this can be tried with")
	default:
		*f = d.untried(evidence.SpecialDROWN)
	}
}
