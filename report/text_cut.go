package report

// cutWidth is the width of the column with the changes.
const cutWidth = 17

// fewClients is how many programs of a kind a line names unless all are wanted.
const fewClients = 2

// cutOff writes which programs could no longer come; see cutOffs.
func (p *page) cutOff(e Endpoint) {
	lines := cutOffs(e, p.clients, p.few())
	if len(lines) == 0 {
		return
	}
	p.cutHeading()
	p.cutLines(lines, 2)
}

// few is how many programs of a kind are named; 0: all.
func (p *page) few() int {
	if p.opt.Verbose {
		return 0
	}
	return fewClients
}

func (p *page) cutHeading() {
	p.blank()
	p.line(p.style(bold, cutTitle) + p.style(dim, " (simulated)"))
}

// cutLines writes a line for each change.
func (p *page) cutLines(lines []labelled, indent int) {
	for _, l := range lines {
		if l.Label == "" { // it is about all of them
			p.hang(indent, "", 0, normal, l.Text)
			continue
		}
		p.hang(indent, p.style(dim, l.Label), cutWidth, normal, l.Text)
	}
}
