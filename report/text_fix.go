package report

import (
	"strings"
)

// cure writes the lines that make a block's findings go away. Lines that the page has already are not written again.
func (p *page) cure(b block) { p.cureAt(b, "") }

// cureAt is cure for some of the endpoints that b is about, which at names; "" for all.
func (p *page) cureAt(b block, at string) {
	if c, ok := cureOf(b, p.guess, p.cured); ok {
		p.writeCure(c, at)
	}
}

// writeCure writes a cure for the endpoints that at names.
func (p *page) writeCure(c cure, at string) {
	indent := p.markWidth()
	if c.same != "" {
		p.hang(indent, p.style(dim, "Fix"), 6, normal, strings.TrimPrefix(at+": ", ": ")+"the same lines as for "+c.same)
		return
	}
	begin := strings.TrimPrefix(at+", ", ", ") + p.escape(c.software) + ":"
	if c.first != "" {
		begin = escapeWords(c.first, p.escape)
	}
	p.hang(indent, p.style(dim, "Fix"), 6, normal, begin)
	for _, part := range c.parts {
		if part.head != "" {
			p.hang(indent+6, "", 0, normal, p.escape(part.head)+":")
		}
		for _, l := range part.lines {
			p.line(strings.Repeat(" ", indent+8) + l)
		}
	}
	for _, n := range c.notes {
		p.hang(indent+6, "", 0, dim, escapeWords(n, p.escape))
	}
	for _, w := range c.warnings {
		p.hang(indent, p.style(dim, "Mind"), 6, normal, escapeWords(w, p.escape))
	}
}

// unrecognised tells what to do where the software is not known but something is wrong.
func (p *page) unrecognised(e Endpoint) {
	if !helpless(e, p.guess) {
		return
	}
	p.blank()
	p.hang(0, p.style(dim, "Fix"), 7, normal, "which software this is cannot be told from here. Its settings:")
	p.line("         mailtls harden SOFTWARE")
}
