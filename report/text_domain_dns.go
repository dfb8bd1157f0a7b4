package report

import (
	"fmt"

	"github.com/mailtls/mailtls/evidence"
)

// dns writes what the DNS says, a line or two for each kind of record; the records, too, if that is wanted.
func (p *page) dns(d *evidence.Domain) {
	const width = 13
	p.blank()
	p.line(p.style(bold, "What the DNS says"))
	for _, l := range dnsLines(d, p.escape, p.told) {
		label := p.pad(p.style(dim, l.label), width)
		p.hang(2, label+p.short(l.level), width+p.markWidth(), normal, l.text)
		if !p.opt.Verbose {
			continue
		}
		for _, m := range l.more {
			p.hang(2+width+p.markWidth(), "", 0, dim, m)
		}
	}
}

// firstDialogue is the first connection with a dialogue before TLS that came to its end, or else the first with any.
func firstDialogue(e *evidence.Endpoint) (*evidence.Observation, *evidence.Dialogue) {
	var first *evidence.Observation
	for i := range e.Observations {
		o := &e.Observations[i]
		d := e.Blobs.Dialogues[o.Dialogue]
		if d == nil || len(d.Lines) == 0 {
			continue
		}
		if d.Outcome == "ready" {
			return o, d
		}
		if first == nil {
			first = o
		}
	}
	if first == nil {
		return nil, nil
	}
	return first, e.Blobs.Dialogues[first.Dialogue]
}

// lineTime is when a line of a dialogue came, since its connection began.
func lineTime(o *evidence.Observation, i int) string {
	if i >= len(o.LinesMS) {
		return ""
	}
	return fmt.Sprintf("%d ms", o.LinesMS[i])
}
