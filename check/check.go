package check

import (
	"cmp"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// Check is one question about a server's security, and how to answer it from evidence.
type Check struct {
	ID    string          // stable, such as "protocol-tls10"
	Title string          // what is wrong when it does not pass, a short sentence
	Text  string          // why it matters and what to do, for people
	Refs  []string        // documents: RFCs with section, CVE numbers, papers
	Cause []string        // ids of checks that tell the cause of this one: their cure is its cure
	Scope Scope           // what one finding is about
	Needs []evidence.Need // the facts that Eval reads
	Also  []*evidence.Key // the facts that it reads where they are known, and can do without
	Asked []*evidence.Key // facts that are sought on request alone: Eval reads them, and knows what to do without them
	Extra bool            // a scan that asks less than a full one may leave these facts open, and then the check is left out; see [RunAll]

	Active bool // it tries an attack out, which full scans alone do: others leave it out where nothing is known without; see [RunAll]

	// Elsewhere tells why the question has no meaning for a server of that role and protocol; "" if it has. Without it, it
	// has for all.
	Elsewhere func(*Subject) string

	// Settled reports whether what is open of Partial and Unknown facts cannot change the answer. Without it, it always can.
	Settled func(*evidence.Facts) bool

	// Eval judges a subject that shows only the facts of Needs, all of them Known or Partial.
	Eval func(*Subject, *policy.Policy) Finding

	// Of a check of [Domains], instead of Also, Asked, Elsewhere, Settled and Eval. Its Needs are the facts about endpoints of the
	// domain that it reads where they are known, or that decide what senders do (evidence.Hop).
	Reads      []evidence.DomainKey                         // the facts that it cannot do without
	Absence    bool                                         // that one of them is Inapplicable, since there is no such record, is an answer as well
	EvalDomain func(*DomainSubject, *policy.Policy) Finding // judges a subject of which those are Known or Partial
}

// Scope says what one finding of a check is about.
type Scope uint8

// The scopes.
const (
	Endpoint Scope = iota // one address and port
	Host                  // one address and port, beside the others of its host
	Report                // one address and port, beside all others of its report
	Domain                // a mail domain with all its endpoints
)

// Run judges s by p. The finding is Undecided if a needed fact is missing, or if it is open and neither Warn nor Fail
// came of what was seen; it is NotApplicable if a needed fact has no meaning for this server.
func (c *Check) Run(s *Subject, p *policy.Policy) Finding {
	f := c.run(s, p)
	f.Check = c.ID
	f.Aside = f.Level == Undecided && p.Weightless(c.ID, s.Role)
	return f
}

func (c *Check) run(s *Subject, p *policy.Policy) Finding {
	facts := &s.Endpoint.Facts
	if c.Elsewhere != nil {
		if why := c.Elsewhere(s); why != "" {
			return notApplicable(why)
		}
	}
	if f, missing := c.missing(facts); missing {
		return f
	}
	f := c.Eval(s.only(c.keys(), c.Scope), p)
	why, open := c.open(facts)
	switch {
	case f.Level == Undecided:
		return undecided(cmp.Or(f.Message, why, "the evidence leaves it open"))
	case open && f.Level < Warn:
		return undecided(why)
	}
	return f
}

// missing returns the finding for the facts that were not seen at all, if there are any.
func (c *Check) missing(facts *evidence.Facts) (Finding, bool) {
	var out Finding
	var missing bool
	settled := c.Settled != nil && c.Settled(facts)
	for _, n := range c.Needs {
		switch state, why := n.Key.Condition(facts); {
		case state == evidence.Inapplicable:
			return notApplicable(why), true
		case state == evidence.Unknown && !settled:
			out, missing = undecided(why), true
		case state == evidence.NotSought:
			out, missing = undecided(notSought(n.Key)), true
		}
	}
	return out, missing
}

// untried reports whether f is that of an attack that was not tried out, be it that the program did not know it yet.
func (c *Check) untried(f Finding) bool {
	return c.Active && f.Level == Undecided && (f.Message == evidence.NotAsked ||
		len(c.Needs) > 0 && f.Message == notSought(c.Needs[0].Key))
}

// notSought is the reason where nobody asked for a fact.
func notSought(k *evidence.Key) string { return "this scan did not ask for it (" + k.Name + ")" }

// open returns why a needed fact is not fully known, if that could change the answer.
func (c *Check) open(facts *evidence.Facts) (why string, open bool) {
	for _, n := range c.Needs {
		if state, w := n.Key.Condition(facts); state == evidence.Partial {
			why, open = w, true
		}
	}
	if open && c.Settled != nil && c.Settled(facts) {
		return "", false
	}
	return why, open
}

func (c *Check) keys() []*evidence.Key {
	keys := make([]*evidence.Key, 0, len(c.Needs)+len(c.Also)+len(c.Asked))
	for _, n := range c.Needs {
		keys = append(keys, n.Key)
	}
	return append(append(keys, c.Also...), c.Asked...)
}

// Needs returns the facts that RunAll reads of a quick scan for a server with that role: without those of active checks, and of
// extra ones to which p gives no weight; nor of those that are skipped.
func Needs(p *policy.Policy, role policy.Role, skip ...string) []evidence.Need {
	var list []evidence.Need
	for _, c := range All() {
		if !c.Active && (!c.Extra || !p.Weightless(c.ID, role)) && !slices.Contains(skip, c.ID) {
			list = append(list, c.Needs...)
		}
	}
	return list
}

// RunAll judges s by p with every check of [All], in that order, or those of s.Only. It leaves out those of s.Skip; those of the
// extra ones that a scan did not ask for: passive scans do not ask for all, and quick ones only for what has weight; those
// about what nobody requested; and active ones that were not tried. What s.Only names is not left out.
func RunAll(s *Subject, p *policy.Policy) []Finding {
	var findings []Finding
	s = s.Remembering()
	for _, c := range table() {
		if !Selected(c.ID, s.Only, s.Skip) {
			continue
		}
		if f := c.Run(s, p); len(s.Only) > 0 || !s.leavesOut(&c, f) {
			findings = append(findings, f)
		}
	}
	return findings
}
