package report

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
)

// opinions writes what other policies say: a matrix of them by topic, then what each finds wrong or cannot tell.
func (p *page) opinions(e Endpoint) {
	if len(e.Others) == 0 {
		return
	}
	p.blank()
	p.matrix(e.Others)
	for _, o := range e.Others {
		p.opinion(o)
	}
}

// matrix writes a line per policy and a column per topic.
func (p *page) matrix(others []Opinion) {
	width := 12
	for _, o := range others {
		width = max(width, min(lipgloss.Width(p.escape(o.Policy)), 24))
	}
	head := p.pad("Other policies", width+2+verdictWidth)
	for _, t := range topics() {
		head += p.pad(t.label, max(len(t.label), p.markWidth())+1)
	}
	p.line(p.style(bold, head))
	for _, o := range others {
		verdict := p.style(toneOf(levelOf(o.Verdict)), strings.ToUpper(o.Verdict.String()))
		line := "  " + p.pad(cut(p.escape(o.Policy)+" ", width), width) + " " + p.pad(verdict, verdictWidth-1)
		for _, t := range topics() {
			line += p.pad(p.mark(o.levelIn(t.label)), max(len(t.label), p.markWidth())+1)
		}
		p.line(line)
	}
}

// verdictWidth is the width of the column with the verdicts.
const verdictWidth = 12

// pad fills s, which may be styled, up to width columns.
func (p *page) pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-lipgloss.Width(s), 0))
}

// opinion writes what a policy finds wrong, worst first, and what it leaves open.
func (p *page) opinion(o Opinion) {
	lines := slices.DeleteFunc(slices.Clone(o.Findings), func(f check.Finding) bool {
		return !p.opt.Verbose && f.Level != check.Warn && f.Level != check.Fail && f.Level != check.Undecided
	})
	slices.SortStableFunc(lines, func(a, b check.Finding) int {
		return slices.Index(weight(), b.Level) - slices.Index(weight(), a.Level)
	})
	if len(lines) == 0 && o.Omits == 0 {
		return
	}
	p.blank()
	title := p.style(bold, p.escape(o.Policy)) + p.style(dim, " ("+p.escape(o.Version)+")")
	p.ends(title, p.style(toneOf(levelOf(o.Verdict)), strings.ToUpper(o.Verdict.String())))
	var open []string
	for _, f := range lines {
		if f.Level == check.Undecided && !p.opt.Verbose {
			open = append(open, p.escape(f.Check))
			continue
		}
		p.row(f)
	}
	if len(open) > 0 {
		p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, "Not known: "+strings.Join(open, ", "))
	}
	if o.Omits > 0 {
		p.hang(p.markWidth(), "", 0, dim, "Not judged: "+plural(o.Omits, "requirement")+" of its source (mailtls policies "+p.escape(o.Policy)+")")
	}
}

// row writes one finding in short: what was seen, and the clause.
func (p *page) row(f check.Finding) {
	text := p.seen(f)
	if c, ok := check.ByID(f.Check); ok && needsTitle(c.ID) {
		text = c.Title + ": " + text
	}
	if f.Level == check.Undecided {
		text = p.escape(f.Check + ": " + f.Message)
	}
	if f.Why != "" {
		text += ". " + strings.TrimSuffix(p.escape(f.Why), ".")
	}
	if f.Clause != "" {
		text += " [" + p.escape(f.Clause) + "]"
	}
	mark := p.mark(f.Level)
	p.hang(0, mark, p.markWidth(), normal, text)
}

// needsTitle reports whether the findings of a check are half a sentence without its title.
func needsTitle(id string) bool {
	return slices.Contains([]string{"cert-untrusted", "cert-hostname", "cert-expired", "cert-not-yet-valid"}, id)
}
