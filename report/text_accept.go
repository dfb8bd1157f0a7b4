package report

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
)

// accepted writes what is wrong and accepted: in short, since whoever accepted it knows it.
func (p *page) accepted(e Endpoint) {
	list := acceptedBlocks(e.Findings)
	if len(list) == 0 {
		return
	}
	p.blank()
	p.line(p.style(bold, "Accepted"))
	for _, b := range list {
		for i, c := range b.checks {
			mark := p.mark(b.found[i].Level)
			p.ends(mark+strings.Repeat(" ", p.markWidth()-lipgloss.Width(mark))+c.Title, p.style(dim, c.ID))
		}
		text := p.escape(acceptanceText(b.found[0]))
		if len(b.also) > 0 { // behind what is escaped, and so cut
			text += "; with it " + strings.Join(b.also, ", ")
		}
		p.hang(p.markWidth(), "", 0, normal, text)
	}
}

// acceptedLine says how many findings are accepted, and what the verdict is without them.
func acceptedLine(e Endpoint) string {
	if e.Remaining == nil {
		return ""
	}
	return fmt.Sprintf("%s accepted; without that: %s", plural(acceptedIn(e), "finding"), strings.ToUpper(e.Remaining.String()))
}

// acceptanceNotes writes the notes on acceptances that met no finding.
func (p *page) acceptanceNotes(r *Report) {
	for _, n := range r.Notes {
		if n.ID == AcceptanceUnused {
			p.blank()
			p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, p.escape(n.Text))
		}
	}
}
