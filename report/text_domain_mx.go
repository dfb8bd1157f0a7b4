package report

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// exchangers writes the matrix of mail exchangers: a line per address with how far one comes there and in what time, and what senders
// do that heed DANE or MTA-STS. What they do with all alike is told once.
func (p *page) exchangers(d *evidence.Domain, own []Endpoint) {
	if len(d.Hops) == 0 {
		return
	}
	m := p.matrixOf(d, own)
	p.blank()
	head := p.style(bold, p.pad("Where its mail goes", m.address+m.indent))
	for i, l := range stageLabels()[:len(m.widths)] {
		head += p.style(dim, p.pad(l, m.widths[i]))
	}
	p.line(head)
	there := withAddress(d.Hops)
	dane, daneAlike := sameDecision(there, byDANE)
	sts, stsAlike := sameDecision(there, bySTS)
	for i, h := range d.Hops {
		if i == 0 || d.Hops[i-1].Host != h.Host {
			p.hang(1, fmt.Sprintf("%3d ", h.Preference), m.indent-1, normal, p.escape(exchangerName(h.Host)))
		}
		m.row(i)
		if !h.Address.IsValid() {
			continue
		}
		more := i+1 < len(d.Hops) && d.Hops[i+1].Host == h.Host && d.Hops[i+1].Address.IsValid()
		if !daneAlike && !(more && sameFor(d.Hops[i:i+2], byDANE)) {
			p.sender(m.indent+2, "DANE", 9, h.DANE)
		}
		if !stsAlike && !(more && sameFor(d.Hops[i:i+2], bySTS)) {
			p.sender(m.indent+2, "MTA-STS", 9, h.STS)
		}
	}
	if daneAlike {
		p.sender(2, "senders with DANE", 22, dane)
	}
	if stsAlike {
		p.sender(2, "senders with MTA-STS", 22, sts)
	}
}

func byDANE(h evidence.Hop) evidence.Decision { return h.DANE }
func bySTS(h evidence.Hop) evidence.Decision  { return h.STS }

func sameFor(hops []evidence.Hop, of func(evidence.Hop) evidence.Decision) bool {
	_, same := sameDecision(hops, of)
	return same
}

// sender writes what senders of a kind do, and why.
func (p *page) sender(indent int, label string, width int, d evidence.Decision) {
	level, text := does(d)
	if d.Why != "" {
		text += ": " + p.escape(d.Why)
	}
	label = p.pad(p.style(dim, label), width)
	p.hang(indent, label+p.short(level), width+p.markWidth(), normal, text)
}

// stageMatrix is the matrix of exchangers, laid out.
type stageMatrix struct {
	p       *page
	hops    []evidence.Hop
	cells   [][]string // by hop and stage, styled
	widths  []int      // of the stages
	indent  int
	address int // width of the column with the addresses
}

func (p *page) matrixOf(d *evidence.Domain, own []Endpoint) *stageMatrix {
	m := &stageMatrix{p: p, hops: d.Hops, indent: 5, address: 16}
	total, shown := 0, stagesShown(d.Hops, own)
	for _, l := range stageLabels()[:shown] {
		m.widths = append(m.widths, len(l)+2)
	}
	for _, h := range d.Hops {
		var cells []string
		for i, s := range stagesOf(endpointOf(h, own))[:shown] {
			cell := p.stage(s)
			cells = append(cells, cell)
			m.widths[i] = max(m.widths[i], lipgloss.Width(cell)+2)
		}
		m.cells = append(m.cells, cells)
		m.address = max(m.address, len(h.Address.String())+2)
	}
	for _, w := range m.widths {
		total += w
	}
	m.address = max(min(m.address, p.width+2-m.indent-total), 16)
	return m
}

// stage is one cell: the mark, what was seen, and how long it took.
func (p *page) stage(s stage) string {
	words := p.short(s.level)
	if s.word != "" {
		words += " " + p.escape(s.word)
	}
	if t := briefly(s.took); t != "" {
		words += " " + p.style(dim, t)
	}
	return words
}

// row writes the line of one address; an address that is too long for its column has one of its own.
func (m *stageMatrix) row(i int) {
	p, h := m.p, m.hops[i]
	label := h.Address.String()
	if !h.Address.IsValid() {
		level, _ := does(h.DANE)
		p.hang(m.indent, p.short(level), p.markWidth(), normal, p.escape(h.DANE.Why))
		return
	}
	if len(label) >= m.address {
		p.line(strings.Repeat(" ", m.indent) + label)
		label = ""
	}
	line := strings.Repeat(" ", m.indent) + p.pad(label, m.address)
	for j, c := range m.cells[i] {
		line += p.pad(c, m.widths[j])
	}
	p.line(line)
}

// endpointOf is what was scanned of a hop, or nil.
func endpointOf(h evidence.Hop, own []Endpoint) *Endpoint {
	for i, e := range own {
		if purposeOf(e.Target) == Incoming && e.Target.Host == h.Host && e.Target.Address == h.Address.String() {
			return &own[i]
		}
	}
	return nil
}

// services writes where the users of a domain are led to.
func (p *page) services(d *evidence.Domain, own []Endpoint) {
	lines := serviceLines(d, own, p.opt.Verbose)
	if len(lines) > 0 {
		p.blank()
		p.line(p.style(bold, "Where its users go"))
	}
	width := 0
	for _, l := range lines {
		width = max(width, min(lipgloss.Width(p.escape(l.at)), p.width/2-8))
	}
	for _, l := range lines {
		t := toneOf(l.level)
		if l.level == check.NotApplicable {
			t = dim
		}
		text := p.pad(p.escape(l.protocol), 13) + p.pad(p.escape(l.at), width) + "  " + p.escape(l.by())
		p.listed(2, p.mark(l.level), p.markWidth(), text, p.style(t, l.outcome))
	}
	if f := d.Services; f.State == evidence.Unknown || f.State == evidence.Partial {
		if len(lines) == 0 {
			p.blank()
			p.line(p.style(bold, "Where its users go"))
		}
		p.hang(2, p.short(check.Undecided), p.markWidth(), warning, "not all is known"+p.because(f.Why))
	}
}
