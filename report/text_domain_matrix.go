package report

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/evidence"
)

// stageMatrix is the matrix of exchangers, laid out.
type stageMatrix struct {
	p       *page
	hops    []evidence.Hop
	cells   [][]string // by hop and stage, styled
	widths  []int      // of the stages, with the gap behind them
	indent  int
	address int // width of the column with the addresses; 0: each has a line of its own
}

// leastAddress is how wide the column of addresses is at least: those of IPv4 fit in.
const leastAddress = 16

// matrixOf lays the matrix out. Where it is too wide, the columns move together, then the times are left out, then the addresses have
// lines of their own.
func (p *page) matrixOf(d *evidence.Domain, own []Endpoint) *stageMatrix {
	m := &stageMatrix{p: p, hops: d.Hops, indent: 5}
	for _, try := range []struct {
		gap   int
		times bool
	}{{2, true}, {1, true}, {1, false}} {
		room := p.width - m.indent - m.fill(own, try.gap, try.times)
		if m.address = 0; room < leastAddress {
			continue
		}
		m.address = leastAddress
		for _, h := range d.Hops {
			m.address = max(m.address, min(len(h.Address.String())+2, room))
		}
		break
	}
	return m
}

// fill makes the cells, and returns how wide they are together.
func (m *stageMatrix) fill(own []Endpoint, gap int, times bool) int {
	shown := stagesShown(m.hops, own)
	m.cells, m.widths = nil, nil
	for _, l := range stageLabels()[:shown] {
		m.widths = append(m.widths, len(l)+gap)
	}
	for _, h := range m.hops {
		var cells []string
		for i, s := range stagesOf(endpointOf(h, own))[:shown] {
			if !times {
				s.took = 0
			}
			cell := m.p.stage(s)
			cells = append(cells, cell)
			m.widths[i] = max(m.widths[i], lipgloss.Width(cell)+gap)
		}
		m.cells = append(m.cells, cells)
	}
	total := -gap // behind the last there is none
	for _, w := range m.widths {
		total += w
	}
	return total
}

// head writes the title and what the columns are, on one line if they fit.
func (m *stageMatrix) head(title string) {
	p, width := m.p, m.address+m.indent
	if len(title) >= width {
		p.line(p.style(bold, title))
		title = ""
	}
	line := p.style(bold, p.pad(title, width))
	for i, l := range stageLabels()[:len(m.widths)] {
		line += p.style(dim, p.pad(l, m.widths[i]))
	}
	p.line(line)
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
