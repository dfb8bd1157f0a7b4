package check

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func exchangerChecks() []Check { return takingMail(mxUnreachable(), mxInconsistency()) }

// incoming returns what was scanned of a hop, nil if nothing was.
func (s *DomainSubject) incoming(h evidence.Hop) *evidence.Endpoint {
	for _, e := range s.Endpoints {
		if e.Target.Protocol == "smtp" && e.Target.Port == 25 && e.Target.Host == h.Host && e.Target.Address == h.Address.String() {
			return e
		}
	}
	return nil
}

func mxUnreachable() Check {
	return Check{
		ID:    "mx-unreachable",
		Title: "An exchanger does not answer",
		Text: `An address of a mail exchanger takes no connections to port 25. Senders try the others, but lose time over it, and when those are down
mail has nowhere to go. Let it answer, or take it out of the DNS; IPv6 addresses are often forgotten in a firewall. Many networks let nobody out to port 25, so silence
alone counts only if another address of the same kind did answer.`,
		Refs:  []string{"RFC 5321, Section 5.1"},
		Needs: []evidence.Need{{Key: evidence.KeyReachable}},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list := hopPlaces(s.Domain, func(h evidence.Hop) (evidence.Answer, string, bool) {
				e := s.incoming(h)
				switch {
				case !h.Address.IsValid() && h.DANE.Outcome != evidence.Undecided:
					return 0, "", false // it has none: see mx-unusable
				case !h.Address.IsValid():
					return evidence.Unsure, h.DANE.Why, true
				case e == nil:
					return evidence.Unsure, "this address was not scanned", true
				case evidence.Is(e.Facts.Reachable) == evidence.Yes:
					return evidence.No, "", true
				case evidence.Is(e.Facts.Reachable) == evidence.No:
					return evidence.Yes, e.Facts.Reachable.Why, true
				case strings.Contains(e.Facts.Reachable.Why, "no answer") && s.answered(h.Address.Is4()):
					return evidence.Yes, e.Facts.Reachable.Why, true
				}
				return evidence.Unsure, e.Facts.Reachable.Why, true
			})
			return list.finding(p.Check("mx-unreachable"), policy.Relay, "port 25 takes no connections at", "every address of every exchanger answers", "no exchanger has an address")
		},
	}
}

// answered reports whether port 25 of any address of a kind answers, so that the way out is not closed.
func (s *DomainSubject) answered(four bool) bool {
	return slices.ContainsFunc(s.Domain.Hops, func(h evidence.Hop) bool {
		e := s.incoming(h)
		return e != nil && h.Address.Is4() == four && evidence.Is(e.Facts.Reachable) == evidence.Yes
	})
}

// A trait is something that exchangers of a domain should have in common.
type trait struct {
	lacks string // what is said of one that lacks it
	minor bool
	has   func(*evidence.Facts) evidence.Answer
}

func traits() []trait {
	newer := func(v tlswire.Version) bool { return v == tlswire.TLS12 || v == tlswire.TLS13 }
	return []trait{
		{"no STARTTLS", false, func(f *evidence.Facts) evidence.Answer {
			if f.STARTTLS.State != evidence.Known {
				return evidence.Unsure
			}
			return answer(f.STARTTLS.Value.Works)
		}},
		{"nothing newer than TLS 1.1", false, func(f *evidence.Facts) evidence.Answer { return evidence.Any(f.Versions, newer) }},
		{"no TLS 1.3", true, func(f *evidence.Facts) evidence.Answer { return evidence.Has(f.Versions, tlswire.TLS13) }},
		{"versions before TLS 1.2", true, func(f *evidence.Facts) evidence.Answer {
			return opposite(evidence.Any(f.Versions, func(v tlswire.Version) bool { return !newer(v) }))
		}},
	}
}

func answer(yes bool) evidence.Answer {
	if yes {
		return evidence.Yes
	}
	return evidence.No
}

func opposite(a evidence.Answer) evidence.Answer {
	return map[evidence.Answer]evidence.Answer{evidence.Yes: evidence.No, evidence.No: evidence.Yes}[a]
}

func mxInconsistency() Check {
	return Check{
		ID:    "mx-inconsistency",
		Title: "The exchangers protect mail differently",
		Text: `The weakest exchanger of a domain decides how its mail is protected: whoever sits on the way makes the others unreachable, and mail goes
there. Often it is a second exchanger that was set up long ago and runs older software. Bring all to the same version and settings, or take the weak one out of the DNS.`,
		Refs:  []string{"RFC 9325, Section 3.9", "RFC 7672, Section 2.2.1"},
		Needs: []evidence.Need{{Key: evidence.KeySTARTTLS}, {Key: evidence.KeyVersions}},
		Reads: []evidence.DomainKey{evidence.KeyExchange},
		EvalDomain: func(s *DomainSubject, p *policy.Policy) Finding {
			list, minor := s.differences()
			f := list.finding(p.Check("mx-inconsistency"), policy.Relay, "unlike others", "the exchangers do not differ in STARTTLS and in versions of TLS", "there is one exchanger with one address")
			if f.Level >= Warn && minor {
				return f.milder("What they differ in is not decisive.")
			}
			return f
		},
	}
}

// differences makes a place of each address that lacks what another has, or of all as one if there are none; minor: nothing of it is
// decisive. With fewer than two addresses there is none.
func (s *DomainSubject) differences() (list places, minor bool) {
	if minor = true; len(s.Domain.Hops) < 2 {
		return nil, minor
	}
	told := map[place]bool{}
	for _, t := range traits() {
		all := hopPlaces(s.Domain, func(h evidence.Hop) (evidence.Answer, string, bool) {
			e := s.incoming(h)
			switch {
			case !h.Address.IsValid() && h.DANE.Outcome != evidence.Undecided: // it has none
				return 0, "", false
			case !h.Address.IsValid():
				return evidence.Unsure, h.DANE.Why, true
			case e == nil:
				return evidence.Unsure, "this address was not scanned", true
			case evidence.Is(e.Facts.Reachable) == evidence.No: // see mx-unreachable
				return 0, "", false
			}
			a := t.has(&e.Facts)
			if a == evidence.Unsure {
				return a, whyOpen(&e.Facts), true
			}
			return opposite(a), t.lacks, true
		})
		lack, have := all.that(evidence.Yes), all.that(evidence.No)
		if len(lack) > 0 && len(have) > 0 {
			minor = minor && t.minor
			list = append(list, lack...)
		}
		for _, p := range all.that(evidence.Unsure) {
			if !told[p] {
				told[p], list = true, append(list, p)
			}
		}
	}
	if len(list) == 0 {
		list = places{{host: s.Domain.Name, amiss: evidence.No}}
	}
	return list, minor
}

func whyOpen(f *evidence.Facts) string {
	if f.STARTTLS.State == evidence.Known {
		return f.Versions.Why
	}
	return cmp.Or(f.STARTTLS.Why, f.Reachable.Why)
}
