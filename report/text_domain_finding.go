package report

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/fix"
)

// domainFindings writes what is wrong with a domain and its endpoints, worst first and each thing once, then what is not known, then
// whom a cure would hurt, and what is accepted.
func (p *page) domainFindings(d Domain, own []Endpoint) {
	for _, b := range sharedBlocks(d, own, blocks) {
		p.blank()
		p.sharedFinding(d, b, own)
	}
	p.sharedNotes(own)
	p.hints(d, own)
	p.sharedUnknown(d, own)
	p.sharedCuts(own)
	p.sharedAccepted(d, own)
	if p.opt.Verbose {
		p.fine(Endpoint{Findings: d.Findings})
	}
}

// titles writes the titles of a block's checks with their ids.
func (p *page) titles(b block) {
	for i, c := range b.checks {
		mark := p.mark(b.found[i].Level)
		p.ends(mark+strings.Repeat(" ", p.markWidth()-lipgloss.Width(mark))+p.style(bold, c.Title), p.style(dim, c.ID))
	}
}

func (p *page) sharedFinding(d Domain, b sharedBlock, own []Endpoint) {
	indent := p.markWidth()
	p.titles(b.block)
	if len(b.at) > 0 {
		p.hang(indent, p.style(dim, "At"), 6, normal, places(b.at, own, p.escape))
	}
	if ended := acceptanceText(b.found[0]); ended != "" {
		p.hang(indent, "", 0, warning, "This "+p.escape(ended))
	}
	p.hang(indent, "", 0, normal, strings.TrimSpace(b.checks[0].Text+" "+b.found[0].Why))
	if len(b.at) > 0 {
		p.sharedCure(b, own)
	} else if c, ok := domainCureOf(b.block, d, own, p.cured); ok {
		p.writeCure(c, "")
	}
	if len(b.also) > 0 {
		p.hang(indent, p.style(dim, "Also"), 6, normal, "the cause of "+strings.Join(b.also, ", "))
	}
	p.sharedSeen(b, own)
	var clauses []string
	for _, f := range b.found {
		clauses = append(clauses, f.Clause)
	}
	p.hang(indent, p.style(dim, "See"), 6, dim, joinClauses(clauses))
}

// sharedSeen writes what was seen, the same once, with the endpoints where it was not the same at all of them.
func (p *page) sharedSeen(b sharedBlock, own []Endpoint) {
	list := b.seen(func(c check.Check, f check.Finding) string {
		if !p.opt.Verbose && tells(c.Title, f) {
			return ""
		}
		return p.seen(f)
	})
	label := "Seen"
	for _, s := range list {
		text := s.text
		if len(list) > 1 && len(s.at) > 0 {
			text += " (" + places(s.at, own, p.escape) + ")"
		}
		p.hang(p.markWidth(), p.style(dim, label), 6, normal, text)
		label = ""
	}
}

// sharedCure writes what cures a block at each software that has it.
func (p *page) sharedCure(b sharedBlock, own []Endpoint) {
	var done []string
	guesses := make([]fix.Guess, len(b.at))
	for i, e := range b.at {
		guesses[i] = fix.Recognise(e.Endpoint)
		done = union(done, []string{softwareOf(guesses[i])})
	}
	for _, software := range done {
		var at []Endpoint
		first := -1
		for i, g := range guesses {
			if softwareOf(g) == software {
				at = append(at, b.at[i])
				if first < 0 {
					first = i
				}
			}
		}
		p.guess = guesses[first]
		where := ""
		if len(at) < len(b.at) {
			where = "at " + places(at, own, p.escape)
		}
		p.cureAt(b.each[first], where)
	}
}

// sharedNotes writes what is no more than a note, and yet keeps a grade down.
func (p *page) sharedNotes(own []Endpoint) {
	var seen []string
	for _, e := range own {
		for _, f := range e.Findings {
			c, ok := check.ByID(f.Check)
			if !f.Note || f.Cap == "" || !ok || len(union(seen, []string{f.Check})) == len(seen) {
				continue
			}
			seen = append(seen, f.Check)
			p.blank()
			p.titles(block{checks: []check.Check{c}, found: []check.Finding{{Level: check.NotApplicable}}})
			p.hang(p.markWidth(), p.style(dim, "At"), 6, normal, places(noting(own, f.Check), own, p.escape))
			p.hang(p.markWidth(), "", 0, normal, "Nothing to change on this port, but with it the grade is no better than "+string(f.Cap)+".")
			p.hang(p.markWidth(), p.style(dim, "Seen"), 6, normal, p.seen(f))
			p.hang(p.markWidth(), p.style(dim, "See"), 6, dim, joinClauses([]string{f.Clause}))
		}
	}
}

// hints writes what could be better: its name, and how if that is wanted.
func (p *page) hints(d Domain, own []Endpoint) {
	list := hintsOf(d, own, p.cured)
	if len(list) == 0 {
		return
	}
	p.blank()
	if !p.opt.Verbose {
		p.hang(0, p.style(bold, "Could be better"), 17, normal, hintNames(list)+p.style(dim, " (-v tells how)"))
		return
	}
	p.line(p.style(bold, "Could be better"))
	for i, h := range list {
		if i > 0 {
			p.blank()
		}
		p.titles(block{checks: []check.Check{h.check}, found: []check.Finding{{Level: check.NotApplicable}}})
		p.hang(p.markWidth(), "", 0, normal, p.escape(strings.TrimSpace(h.finding.Message+". "+h.finding.Why)))
		p.writeCure(h.cure, "")
	}
}

// noting are the endpoints at which a check is a note that keeps the grade down.
func noting(own []Endpoint, id string) []Endpoint {
	var out []Endpoint
	for _, e := range own {
		if f, ok := findingOf(e, id); ok && f.Note && f.Cap != "" {
			out = append(out, e)
		}
	}
	return out
}

// sharedUnknown writes what is not known, which weighs as much as what is wrong.
func (p *page) sharedUnknown(d Domain, own []Endpoint) {
	for _, o := range sharedUnknown(d, own) {
		p.blank()
		where := ""
		if len(o.at) > 0 {
			where = " at " + places(o.at, own, p.escape)
		}
		if len(o.checks) == 0 {
			p.hang(0, p.mark(check.Undecided), p.markWidth(), bold, "Nothing is known"+strings.Replace(where, " at ", " about ", 1))
		} else {
			p.hang(0, p.mark(check.Undecided), p.markWidth(), bold, "Not known: "+p.open(o.checks, o.of)+where)
		}
		p.hang(p.markWidth(), "", 0, normal, "Because: "+p.escape(o.why))
		if len(o.checks) == 0 && mayBeDown(o.why) {
			p.hang(p.markWidth(), "", 0, normal, downText)
		}
	}
	for _, text := range adviceOn(own) {
		for line := range strings.Lines(text) {
			indent := p.markWidth()
			if strings.HasPrefix(strings.TrimSpace(line), "--") {
				indent += 2
			}
			p.hang(indent, "", 0, normal, strings.TrimSpace(line))
		}
	}
	for _, e := range own {
		if e.Ended != "" && !p.told[e.Ended] {
			p.endedAt(e, own)
		}
	}
}

// endedAt tells why a scan stopped, unless another reason says it.
func (p *page) endedAt(e Endpoint, own []Endpoint) {
	for _, o := range openIn(e.Findings) {
		if o.why == e.Ended {
			return
		}
	}
	if s := e.Facts.STARTTLS; s.Seen() && !s.Value.Offered && !s.Value.Masked {
		return
	}
	p.told[e.Ended] = true
	p.blank()
	p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, "The scan of "+places([]Endpoint{e}, own, p.escape)+" stopped early: "+p.escape(e.Ended))
}

// sharedCuts writes whom changes would hurt, the same lines once with the endpoints that they are about.
func (p *page) sharedCuts(own []Endpoint) {
	groups := cutGroups(own, p.clients, p.few())
	if len(groups) == 0 {
		return
	}
	p.cutHeading()
	for _, g := range groups {
		p.hang(2, "", 0, dim, "at "+places(g.at, own, p.escape))
		p.cutLines(g.lines, 4)
	}
}

// sharedAccepted writes what is wrong and accepted, in short.
func (p *page) sharedAccepted(d Domain, own []Endpoint) {
	list := sharedBlocks(d, own, acceptedBlocks)
	if len(list) == 0 {
		return
	}
	p.blank()
	p.line(p.style(bold, "Accepted"))
	for _, b := range list {
		p.titles(b.block)
		if len(b.at) > 0 {
			p.hang(p.markWidth(), p.style(dim, "At"), 6, normal, places(b.at, own, p.escape))
		}
		p.hang(p.markWidth(), "", 0, normal, p.escape(acceptanceText(b.found[0])))
	}
}
