package report

// cutWidth is the width of the column with the changes.
const cutWidth = 17

// fewClients is how many programs of a kind a line names unless all are wanted.
const fewClients = 2

// cutOff writes which programs could no longer come; see cutOffs.
func (p *page) cutOff(e Endpoint) {
	few := fewClients
	if p.opt.Verbose {
		few = 0
	}
	lines := cutOffs(e, p.clients, few)
	if len(lines) == 0 {
		return
	}
	p.blank()
	p.line(p.style(bold, cutTitle) + p.style(dim, " (simulated)"))
	for _, l := range lines {
		if l.Label == "" { // it is about all of them
			p.hang(2, "", 0, normal, l.Text)
			continue
		}
		p.hang(2, p.style(dim, l.Label), cutWidth, normal, l.Text)
	}
}
