package report

import (
	"fmt"

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
	m.head("Where its mail goes")
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
