package check

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// RunRows judges s by the rows of p that hold at the time of the evidence, one finding for each row that finds something
// wrong or worth a note; a row that allows what it names has nothing to tell, nor has a note that is not decided, nor one
// about an attack that was not tried. The findings are named by the rows
// ([policy.Row]), those about sizes of keys by the checks weak-dh and cert-weak-key.
func RunRows(s *Subject, p *policy.Policy) []Finding {
	now, notes := p.At(s.Endpoint.At), make(map[string]bool)
	for row := range now.Rows() {
		notes[row.ID] = row.Rule.For(s.Role).Severity == policy.Note
	}
	var out []Finding
	s = s.Remembering()
	for _, c := range rowChecks(now, s.Role) {
		f := c.Run(s, now)
		last := len(out) - 1
		if f.Level == Undecided && (notes[f.Check] || len(c.Asked) > 0 && f.Message == evidence.NotAsked) || (c.Tries() || slices.Contains(s.Skip, c.ID)) && s.leavesOut(&c, f) {
			continue
		}
		if last >= 0 && out[last].Check == f.Check { // one row asks two facts: groups
			out[last] = joined(out[last], f)
		} else {
			out = append(out, f)
		}
	}
	return out
}

// joined is what two findings of one row say together: the weightier, or both where neither outweighs the other and there is
// something to tell.
func joined(a, b Finding) Finding {
	switch {
	case rank(b) > rank(a), rank(a) == rank(b) && b.Note && !a.Note:
		return b
	case rank(a) > rank(b), a.Note != b.Note, a.Level < Warn && !a.Note:
		return a
	}
	a.Message += ", " + b.Message
	for _, s := range b.Seen {
		a.Seen = addOnce(a.Seen, s)
	}
	return a.seen(a.Seen, slices.Concat(a.From, b.From))
}

// RowNeeds returns the facts that RunRows reads, of a quick scan for either role. Of a policy with rows that hold for a time it takes what holds
// then, [policy.Policy.At]. Checks that are skipped are left out.
func RowNeeds(p *policy.Policy, skip ...string) []evidence.Need {
	var out []evidence.Need
	for _, role := range []policy.Role{policy.Relay, policy.Access} {
		for _, c := range rowChecks(p, role) {
			if !c.Active && !slices.Contains(skip, c.ID) {
				out = append(out, c.Needs...)
			}
		}
	}
	return out
}

// rowChecks makes a check of each row; two rows of one id stand side by side.
func rowChecks(p *policy.Policy, role policy.Role) []Check {
	var out []Check
	known := table()
	for _, r := range p.Versions {
		if counts(r.Rule, role) {
			out = append(out, versionRow(r))
		}
	}
	for _, r := range p.Suites {
		if counts(r.Rule, role) {
			out = append(out, matchRow(r))
		}
	}
	return slices.Concat(out,
		listRows(p.SuiteLists, role, suiteFacts()),
		listRows(p.GroupLists, role, groupFacts12(), groupFacts13()),
		listRows(p.SignatureLists, role, signatureFacts()),
		listRows(p.ExtensionLists, role, extensionFacts()),
		listRows(p.DHLists, role, dhFacts()),
		keyRows(p, known), certificateRows(p, role), checkRows(p, role, known))
}

// counts reports whether a row can tell of anything.
func counts(r policy.Rule, role policy.Role) bool { return r.For(role).Severity > policy.OK }

func versionRow(r policy.VersionRule) Check {
	return Check{
		ID:      r.ID(),
		Needs:   []evidence.Need{{Key: evidence.KeyVersions}},
		Settled: func(f *evidence.Facts) bool { return evidence.Has(f.Versions, r.Version) != evidence.Unsure },
		Eval: func(s *Subject, _ *policy.Policy) Finding {
			f := s.Endpoint.Facts.Versions
			return decide(evidence.Has(f, r.Version),
				bad(s, r.Rule, "offers "+r.Version.String()).seen([]string{r.Version.String()}, f.From),
				good("refuses "+r.Version.String()).seen(nil, f.From))
		},
	}
}

// matchRow asks for suites by their attributes.
func matchRow(r policy.SuiteRule) Check {
	test := func(_ tlswire.Version, s tlswire.SuiteInfo) bool { return r.Match.Matches(s) }
	what := r.What
	if what == "" {
		what = "of " + r.Check
	}
	c := weakSuites(r.Check, "", what, "", test)
	c.Eval = func(s *Subject, _ *policy.Policy) Finding {
		f := s.Endpoint.Facts.Suites
		if acceptsNothing(f) {
			return notApplicable(noSuiteAtAll)
		}
		suites, versions := accepted(f.Value, test)
		return decide(accepts(&s.Endpoint.Facts, test),
			bad(s, r.Rule, "accepts "+atLeast(f)+count(len(suites), "suite")+" "+what+" in "+and(texts(versions))).seen(texts(suites), f.From),
			good("accepts no suite "+what).seen(nil, f.From))
	}
	return c
}

// keyRows are the two checks that look at all rows about sizes of keys, and give the worst.
func keyRows(p *policy.Policy, known []Check) []Check {
	var out []Check
	for _, id := range []string{"weak-dh", "cert-weak-key"} {
		about := func(r policy.KeyRule) bool { return (r.Kind == policy.KeyDH) == (id == "weak-dh") }
		if i := slices.IndexFunc(known, func(c Check) bool { return c.ID == id }); i >= 0 && slices.ContainsFunc(p.Keys, about) {
			out = append(out, known[i])
		}
	}
	return out
}

func checkRows(p *policy.Policy, role policy.Role, known []Check) []Check {
	out := make([]Check, 0, len(p.Checks))
	for _, r := range p.Checks {
		if i := slices.IndexFunc(known, func(c Check) bool { return c.ID == r.Check }); i >= 0 && counts(r.Rule, role) {
			out = append(out, known[i])
		}
	}
	return out
}
