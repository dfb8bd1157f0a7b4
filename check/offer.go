package check

import (
	"slices"
	"strings"
	"unicode"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// Offer is what a client lists in its hello, without GREASE.
type Offer struct {
	Versions    []tlswire.Version // that it says it speaks: all of supported_versions, or else the newest alone
	Suites      []tlswire.Suite
	Groups      []tlswire.Group
	Schemes     []tlswire.SignatureScheme
	Extensions  []tlswire.ExtensionType // renegotiation_info is among them also if its signalling suite stands for it
	Compression bool                    // it offers to compress (RFC 3749)
}

// Judge judges the offer of a client that comes to a server of that role, by the rows of p about what a hello lists:
// versions, suites, groups, signature schemes and extensions. The caller gives the policy as it is at the time
// ([policy.Policy.At]). There is a finding for each row that minds something, or has a note, worst first, and none for what
// is fine; what a server alone can show is not judged.
func (o *Offer) Judge(p *policy.Policy, role policy.Role) []Finding {
	j := offerJudge{o: o, p: p, s: &Subject{Role: role}}
	j.versions()
	j.suites()
	offerLists(&j, p.SuiteLists, "suite", o.Versions, o.suitesIn)
	offerLists(&j, p.GroupLists, "group", o.groupVersions(), o.groupsIn)
	offerLists(&j, p.SignatureLists, "signature scheme", o.Versions, o.schemesIn)
	offerLists(&j, p.ExtensionLists, "extension", o.Versions, o.extensionsIn)
	j.checks()
	slices.SortStableFunc(j.out, func(a, b Finding) int { return rank(b) - rank(a) })
	return j.out
}

// offerJudge is a judgement under way.
type offerJudge struct {
	o   *Offer
	p   *policy.Policy
	s   *Subject
	out []Finding
}

// add adds what a row says, if it says anything.
func (j *offerJudge) add(id string, rule policy.Rule, message string, seen []string) {
	if rule.For(j.s.Role).Severity == policy.OK {
		return
	}
	f := bad(j.s, rule, message).seen(seen, nil)
	f.Check, f.Cap = id, "" // grades are of servers
	j.out = append(j.out, f)
}

func (j *offerJudge) versions() {
	for _, r := range j.p.Versions {
		if slices.Contains(j.o.Versions, r.Version) {
			j.add(r.ID(), r.Rule, "offers "+r.Version.String(), nil)
		}
	}
}

// suites judges by the rows that name suites by their attributes.
func (j *offerJudge) suites() {
	for _, r := range j.p.Suites {
		if found := matching(j.o.Suites, func(s tlswire.Suite) bool { return r.Match.Matches(info(s)) }); len(found) > 0 {
			j.add(r.Check, r.Rule, "offers "+suitesNamed(r, len(found)), texts(found))
		}
	}
}

// suitesNamed says which suites a row is about: in its own words, or in those of the check that looks for them.
func suitesNamed(r policy.SuiteRule, n int) string {
	if r.What != "" {
		return count(n, "suite") + " " + r.What
	}
	c, _ := ByID(r.Check)
	words := []rune(strings.TrimSuffix(c.Title, " are accepted"))
	if len(words) < 2 {
		return count(n, "suite") + " of " + r.Check
	}
	if unicode.IsLower(words[1]) {
		words[0] = unicode.ToLower(words[0])
	}
	return string(words)
}

// checks judges by the rows of checks that ask for something that a hello shows.
func (j *offerJudge) checks() {
	for _, r := range j.p.Checks {
		if test, ok := offerTests()[r.Check]; ok {
			if message, seen := test(j.o); message != "" {
				j.add(r.Check, r.Rule, message, seen)
			}
		}
	}
}

// offerTests tell by the id of a check what an offer shows of it, or nothing.
func offerTests() map[string]func(*Offer) (message string, seen []string) {
	return map[string]func(*Offer) (string, []string){
		"protocol-no-tls12": func(o *Offer) (string, []string) { return o.nothingNewer(tlswire.TLS12) },
		"protocol-no-tls13": func(o *Offer) (string, []string) { return o.nothingNewer(tlswire.TLS13) },
		"no-pfs": func(o *Offer) (string, []string) {
			secret := func(s tlswire.Suite) bool {
				return info(s).ForwardSecret || info(s).KeyExchange == tlswire.KeyExchangeAny
			}
			return unless(slices.ContainsFunc(o.Suites, secret), "offers no suite with forward secrecy")
		},
		"crime": func(o *Offer) (string, []string) { return unless(!o.Compression, "offers to compress") },
		"no-extended-master-secret": func(o *Offer) (string, []string) {
			return unless(!o.before(tlswire.TLS13) || slices.Contains(o.Extensions, tlswire.ExtensionExtendedMasterSecret),
				"does not offer extended_master_secret")
		},
		"no-pqc": func(o *Offer) (string, []string) {
			return unless(!slices.Contains(o.Versions, tlswire.TLS13) || slices.ContainsFunc(o.Groups, isPostQuantum), "offers no post-quantum group")
		},
		"weak-curve": func(o *Offer) (string, []string) { return found("offers weak curves", o.Groups, isWeakCurve) },
		"deprecated-curve": func(o *Offer) (string, []string) {
			return found("offers curves that were given up", o.Groups, isDeprecatedCurve)
		},
		"md5-signature": func(o *Offer) (string, []string) { return found("takes signatures with MD5", o.Schemes, hashed("MD5")) },
		"sha1-signature": func(o *Offer) (string, []string) {
			return found("takes signatures with SHA-1", o.Schemes, hashed("SHA1"))
		},
	}
}

func unless(fine bool, message string) (string, []string) {
	if fine {
		return "", nil
	}
	return message, nil
}

// found tells of the members of list that match selects, if there are any.
func found[T stringer](message string, list []T, match func(T) bool) (string, []string) {
	if seen := matching(list, match); len(seen) > 0 {
		return message, texts(seen)
	}
	return "", nil
}

func hashed(hash string) func(tlswire.SignatureScheme) bool {
	return func(s tlswire.SignatureScheme) bool { i, _ := s.Info(); return i.Hash == hash }
}

// nothingNewer tells if v and all newer versions are missing; of TLS 1.3 only if TLS 1.2 is not.
func (o *Offer) nothingNewer(v tlswire.Version) (string, []string) {
	newest := slices.Max(append([]tlswire.Version{0}, o.Versions...))
	return unless(newest >= v || v == tlswire.TLS13 && newest < tlswire.TLS12, "offers nothing newer than "+newest.String())
}

// before reports whether a version older than v is offered.
func (o *Offer) before(v tlswire.Version) bool {
	return slices.ContainsFunc(o.Versions, func(w tlswire.Version) bool { return w < v })
}
