package report

import (
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/fix"
)

// sharedFindingView is what is wrong in the same way at several endpoints, or with the domain as such.
type sharedFindingView struct {
	findingView
	At    string
	Fixes []*fixView
}

// hintView is what could be better.
type hintView struct {
	Mark            markView
	ID, Title, Text string
	Fix             *fixView
}

// cutView is whom changes would cut off, and where.
type cutView struct {
	At    string
	Lines []labelled
	Note  string
}

// policyView is what another policy finds wrong, or cannot tell.
type policyView struct {
	Name  string
	Lines []statement
}

// findings tells what is wrong, what is not known, whom a cure would hurt, and what is accepted.
func (v *domainView) findings(d Domain, own []Endpoint, w viewer) {
	given := make(map[string]string)
	for _, b := range sharedBlocks(d, own, blocks) {
		v.Findings = append(v.Findings, sharedFindingOf(d, b, own, given))
	}
	for _, h := range hintsOf(d, own, given) {
		v.Hints = append(v.Hints, hintView{markOf(check.NotApplicable), h.check.ID, h.check.Title, Escape(strings.TrimSpace(h.finding.Message + ". " + h.finding.Why)), viewOf(h.cure)})
	}
	for _, o := range sharedUnknown(d, own) {
		s := statement{Mark: markOf(check.Undecided), Text: Escape(o.why), Soft: Escape(strings.Join(o.checks, ", ")), Label: places(o.at, own, Escape)}
		if len(o.checks) == 0 && mayBeDown(o.why) {
			s.More = []string{downText}
		}
		v.Unknown = append(v.Unknown, s)
	}
	for _, text := range adviceOn(own) {
		for line := range strings.Lines(text) {
			one := labelled{Text: strings.TrimSpace(line)}
			if strings.HasPrefix(one.Text, "--") {
				one.Label = "command"
			}
			v.Advice = append(v.Advice, one)
		}
	}
	for _, g := range cutGroups(own, w.clients, fewClients) {
		c := cutView{At: places(g.at, own, Escape)}
		for _, l := range g.lines {
			if l.Label == "" {
				c.Note = l.Text
			} else {
				c.Lines = append(c.Lines, l)
			}
		}
		v.Cuts = append(v.Cuts, c)
	}
	for _, b := range sharedBlocks(d, own, acceptedBlocks) {
		a := acceptedView{Mark: markOf(b.found[0].Level), Text: acceptanceText(b.found[0]), Also: strings.Join(b.also, ", "), At: places(b.at, own, Escape)}
		for _, c := range b.checks {
			a.Titles = append(a.Titles, labelled{c.ID, c.Title})
		}
		v.Accepted = append(v.Accepted, a)
	}
}

// sharedFindingOf makes the view of a block; given has the lines that the page has already, with the check that they were for.
func sharedFindingOf(d Domain, b sharedBlock, own []Endpoint, given map[string]string) sharedFindingView {
	v := sharedFindingView{findingView: findingViewOf(b.block)}
	if len(b.at) > 0 {
		v.At = places(b.at, own, Escape)
	}
	v.Also, v.Seen = strings.Join(b.also, ", "), nil
	for _, s := range b.seen(func(c check.Check, f check.Finding) string {
		if tells(c.Title, f) {
			return ""
		}
		return seenOf(f).short()
	}) {
		text := s.text
		if len(s.at) > 0 && len(s.at) < len(b.at) {
			text += " (" + places(s.at, own, Escape) + ")"
		}
		v.Seen = append(v.Seen, seenView{Text: text})
	}
	if len(b.at) > 0 {
		v.Fixes = fixesOf(b, own, given)
	} else if c, ok := domainCureOf(b.block, d, own, given); ok {
		v.Fixes = []*fixView{viewOf(c)}
	}
	return v
}

// fixesOf are the cures of a block, one for each software that has it.
func fixesOf(b sharedBlock, own []Endpoint, given map[string]string) []*fixView {
	var out []*fixView
	var names []string
	at := make(map[string][]Endpoint)
	first := make(map[string]int)
	for i, e := range b.at {
		name := softwareOf(fix.Recognise(e.Endpoint))
		if _, ok := first[name]; !ok {
			first[name], names = i, append(names, name)
		}
		at[name] = append(at[name], e)
	}
	for _, name := range names {
		i := first[name]
		f := fixViewOf(b.each[i], fix.Recognise(b.at[i].Endpoint), given)
		if f == nil {
			continue
		}
		if len(at[name]) < len(b.at) {
			f.At = places(at[name], own, Escape)
		}
		out = append(out, f)
	}
	return out
}

// policies tells what other policies find wrong, or cannot tell, each thing once.
func (v *domainView) policies(d Domain, own []Endpoint, columns []column, heads []headView) {
	t := domainTable{Title: "Other policies", Heads: append([]headView{{Label: "DNS"}}, heads...)}
	for _, o := range sharedOpinions(d, own) {
		row, p := domainRow{Label: Escape(o.policy + " (" + o.version + ")")}, policyView{Name: Escape(o.policy)}
		for _, l := range o.levels(columns) {
			row.Cells = append(row.Cells, cellView{Mark: markOf(l)})
		}
		t.Rows = append(t.Rows, row)
		for _, r := range o.wrong {
			line := statement{Mark: markOf(r.finding.Level), Label: Escape(r.finding.Check), Text: Escape(r.finding.Message)}
			if len(r.at) > 0 {
				line.Soft = "(" + places(r.at, own, Escape) + ")"
			}
			p.Lines = append(p.Lines, line)
		}
		v.Others = append(v.Others, p)
	}
	if len(t.Rows) > 0 {
		v.Policies = []domainTable{t}
	}
}
