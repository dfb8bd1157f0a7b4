package report

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
)

// promiseTable writes what is owed, with a mark for each column: in several blocks if there are more than fit.
func (p *page) promiseTable(d Domain, columns []column) {
	if len(columns) == 0 {
		return
	}
	width := p.columnWidth(columns)
	fit := max((p.width-2-promiseWidth)/width, 1)
	blocks := (len(columns) + fit - 1) / fit
	title := "What a mail server owes its users"
	for some := range slices.Chunk(columns, (len(columns)+blocks-1)/blocks) {
		p.blank()
		p.line(p.style(bold, p.pad(title, promiseWidth+2)) + p.heads(some, width))
		shown, silent := promisesOf(some, p.opt.Verbose)
		for _, row := range shown {
			p.promiseRow(row, some, width)
		}
		p.stripRow(d, some, width)
		if silent > 0 {
			p.hang(4, "", 0, dim, fmt.Sprintf("%d more do not apply, or were not asked about wholly (-v shows them)", silent))
		}
		title = "What it owes, at the others"
	}
	for _, n := range stripNotes(d.Domain, columns, strings.TrimSpace(p.symbol(check.Fail))) {
		p.hang(4, "", 0, dim, n)
	}
	if text := strings.Join(legend(columns, p.escape), "; "); text != "" {
		p.hang(4, "", 0, dim, text)
	}
}

// columnWidth is how much room each column takes.
func (p *page) columnWidth(columns []column) int {
	width := max(p.markWidth()+2, 6)
	for _, c := range columns {
		width = max(width, len(c.label)+2)
	}
	return width
}

// heads are the labels of columns.
func (p *page) heads(columns []column, width int) string {
	line := ""
	for _, c := range columns {
		line += p.centred(c.label, width)
	}
	return strings.TrimRight(line, " ")
}

// centred puts s, which may be styled, into the middle of width columns.
func (p *page) centred(s string, width int) string {
	left := max(width-lipgloss.Width(s), 0) / 2
	return p.pad(strings.Repeat(" ", left)+s, width)
}

// promiseRow writes the marks of one promise, and behind them, where there is room, what is wrong. Where all is to be told, it goes on
// below them.
func (p *page) promiseRow(row promise, columns []column, width int) {
	line := p.pad("  "+row.label, 2+promiseWidth)
	for _, c := range columns {
		line += p.centred(p.short(levelFor(row, c.list[0])), width)
	}
	words := wrongIn(row, columns)
	const least = 16
	at := lipgloss.Width(line) + 1
	room := p.width - at
	switch {
	case len(words) == 0, room < least && !p.opt.Verbose:
		p.line(line)
	case room < least:
		p.line(line)
		p.hang(4, "", 0, dim, p.escape(strings.Join(words, ", ")))
	case p.opt.Verbose:
		p.hang(0, line, at, dim, p.escape(strings.Join(words, ", ")))
	default:
		p.line(line + " " + p.style(dim, p.escape(p.fitting(words, room))))
	}
}

// wrongIn is what keeps a promise from being kept, at any of columns.
func wrongIn(row promise, columns []column) []string {
	var words []string
	for _, c := range columns {
		if level, text := keptBy(row, c.list[0]); level == check.Warn || level == check.Fail {
			words = union(words, strings.Split(text, ", "))
		}
	}
	return words
}

// fitting joins as many words as there is room for.
func (p *page) fitting(words []string, room int) string {
	text := ""
	for i, w := range words {
		next := strings.TrimPrefix(text+", "+w, ", ")
		rest := fmt.Sprintf(", +%d", len(words)-i)
		switch full := lipgloss.Width(next); {
		case i == len(words)-1 && full <= room, full+len(rest) <= room:
		case i == 0:
			return cut(w, room-len("...")) + "..."
		default:
			return text + rest
		}
		text = next
	}
	return text
}

// stripRow tells at which columns encryption cannot be stripped, and by what.
func (p *page) stripRow(d Domain, columns []column, width int) {
	line := p.pad("  "+stripLabel, 2+promiseWidth)
	for _, c := range columns {
		s := stripping(d.Domain, c.list[0])
		cell := p.short(s.level)
		if s.word != "" {
			cell = p.style(toneOf(s.level), s.word)
		}
		line += p.centred(cell, width)
	}
	p.line(line)
}

// policyTable writes the verdicts of other policies on the DNS and by column, then what each finds wrong or cannot tell, and where.
func (p *page) policyTable(d Domain, columns []column, own []Endpoint) {
	opinions := sharedOpinions(d, own)
	if len(opinions) == 0 {
		return
	}
	width := p.columnWidth(columns)
	fit := max((p.width-2-promiseWidth)/width-1, 1)
	title := "Other policies"
	for from := 0; from == 0 || from < len(columns); from += fit {
		some := columns[from:min(from+fit, len(columns))]
		p.blank()
		p.line(p.style(bold, p.pad(title, promiseWidth+2)) + p.centred("DNS", width) + p.heads(some, width))
		for _, o := range opinions {
			line := p.pad("  "+cut(p.escape(o.policy+" ("+o.version+")"), promiseWidth-1), 2+promiseWidth)
			for _, l := range o.levels(some) {
				line += p.centred(p.short(l), width)
			}
			p.line(line)
		}
		title = "Other policies, at the others"
	}
	for _, o := range opinions {
		if len(o.wrong) == 0 {
			continue
		}
		p.blank()
		p.line(p.style(bold, p.escape(o.policy)))
		for _, r := range o.wrong {
			p.row(r.finding)
			if len(r.at) > 0 {
				p.hang(p.markWidth(), p.style(dim, "At"), 6, dim, places(r.at, own, p.escape))
			}
		}
	}
}
