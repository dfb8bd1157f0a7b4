package report

import (
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls/check"
)

// domains writes the domains of a report, those of several behind a line for each.
func (p *page) domains(r *Report) {
	if len(r.Domains) > 1 {
		for _, d := range r.Domains {
			level := levelOf(d.Verdict)
			p.listed(0, p.mark(level), p.markWidth(), p.escape(domainName(d.Domain, p.opt.Plain)), p.style(toneOf(level), domainOutcome(d)))
		}
		p.notes(r.Notes)
		p.blank()
		p.rule()
	}
	for i, d := range r.Domains {
		if i > 0 {
			p.blank()
			p.rule()
		}
		p.domain(r, d)
	}
	if len(r.Domains) > 0 && len(r.others()) > 0 {
		p.blank()
		p.rule()
	}
}

// notesHere are the notes that the summary of endpoints without a domain tells.
func (r *Report) notesHere() []Note {
	if len(r.Domains) > 0 {
		return nil
	}
	return r.Notes
}

// domain writes what is known about a domain and its endpoints: the verdicts, what is owed at each endpoint, how mail gets there,
// what the DNS says, then what is wrong and what is not known.
func (p *page) domain(r *Report, d Domain) {
	own := r.endpointsOf(d.Domain)
	p.told, p.cured = make(map[string]bool), make(map[string]string)
	p.domainHeader(r, d, own)
	if len(r.Domains) == 1 {
		p.notes(r.Notes)
	}
	columns := columnsOf(d.Domain, own)
	p.promiseTable(d, columns)
	p.exchangers(d.Domain, own)
	if text := asOfScan(d); text != "" {
		p.hang(2, "", 0, dim, text)
	}
	p.services(d.Domain, own)
	p.dns(d.Domain)
	p.domainFindings(d, own)
	p.policyTable(d, columns, own)
	p.blank()
	p.domainGrade(d, own)
	p.domainAbout(r, d)
	if p.opt.Verbose {
		for _, e := range own {
			p.blank()
			p.rule()
			p.closer(r, e)
		}
	}
}

// domainHeader tells the outcome before anything else.
func (p *page) domainHeader(r *Report, d Domain, own []Endpoint) {
	p.headline(p.escape(domainName(d.Domain, p.opt.Plain)), d.Verdict, domainOutcome(d))
	p.pieces(sizeOf(r, d, own))
	if text := acceptedOfDomain(d, own); text != "" {
		p.hang(0, "", 0, normal, text)
	}
	if level, text := withoutMail(d.Domain, p.escape); text != "" {
		p.blank()
		p.hang(0, p.short(level), p.markWidth(), normal, text)
		p.told[d.Exchange.Why] = true
	}
	if text := unreachedIn(own, p.escape); text != "" {
		p.blank()
		p.hang(0, p.short(check.Undecided), p.markWidth(), normal, text)
	}
	p.roles(d)
	p.confidence(d.Confidence)
}

// confidence writes the one number, and what takes from it; all that it is made of if that is wanted.
func (p *page) confidence(c *Confidence) {
	if c == nil {
		return
	}
	p.blank()
	p.hang(0, p.style(bold, "Confidence"), 12, normal, confidenceSum(c)+": "+confidenceMeans)
	for _, l := range confidenceLines(c, p.opt.Verbose) {
		p.hang(2, p.short(l.level), p.markWidth(), normal, p.escape(l.text))
	}
}

// roles writes a line per purpose, the worst first.
func (p *page) roles(d Domain) {
	if len(d.Roles) == 0 && !takesMail(d.Domain) {
		return
	}
	const width = 12
	p.blank()
	for _, r := range rolesOf(d) {
		level := levelOf(r.Verdict)
		left, worst := p.mark(level)+" "+p.pad(r.Purpose.inWords(), width), ""
		if r.Verdict != Pass {
			worst = p.escape(r.Endpoint)
		}
		p.listed(0, left, lipgloss.Width(left), worst, p.style(toneOf(level), roleOutcome(r)))
	}
	for _, m := range missingRoles(d) {
		p.line(p.mark(check.NotApplicable) + " " + p.pad(m.Label, width) + p.style(dim, m.Text))
	}
}

// domainGrade tells what keeps the grades down.
func (p *page) domainGrade(d Domain, own []Endpoint) {
	var parts []string
	for _, c := range capsIn(d, own) {
		parts = append(parts, "no better than "+c.Label+" with "+c.Text)
	}
	if len(parts) > 0 {
		p.hang(0, p.style(dim, "Grade"), 7, dim, strings.Join(parts, "; "))
	}
}

// domainAbout tells what the domain's part of the report stands on.
func (p *page) domainAbout(r *Report, d Domain) {
	text := "by policy " + d.Judged.Policy + " (" + d.Judged.Version
	if d.Judged.SHA256 != "" {
		text += ", " + p.digest(d.Judged.SHA256)
	}
	p.hang(0, p.style(dim, "Judged"), 7, dim, p.escape(text+")"))
	parts := []string{"by " + strings.TrimSpace(r.Tool.Name+" "+r.Tool.Version)}
	if r.Run.Quick {
		parts = append(parts, "by a quick scan, which asks less")
	}
	parts = append(parts, askedOf(d.Domain))
	if roots := rootsText(r.Run.Roots); roots != "" {
		parts = append(parts, "roots "+roots)
	}
	for i := range parts {
		parts[i] = p.escape(parts[i])
	}
	p.hang(0, p.style(dim, "Made"), 7, dim, strings.Join(parts, p.dot()))
}

// closer writes an endpoint's own picture, for those who look closer: what is wrong with it the domain's part has told.
func (p *page) closer(r *Report, e Endpoint) {
	p.header(e)
	if why, lost := unreachable(e); lost {
		p.blank()
		p.hang(0, p.mark(check.Undecided), p.markWidth(), normal, "Nothing is known about this server: "+p.escape(why))
		return
	}
	p.told = make(map[string]bool)
	p.promises(e)
	p.fine(e)
	p.tried(e)
	p.ended(e)
	p.picture(e)
	p.transcript(e)
	p.opinions(e)
	p.blank()
	p.grade(e)
	p.about(r, e)
}

// transcript writes what was said before TLS in the first connection that came to it, with when that was.
func (p *page) transcript(e Endpoint) {
	o, d := firstDialogue(e.Endpoint)
	if d == nil {
		return
	}
	p.blank()
	p.line(p.style(bold, "What was said before TLS") + p.style(dim, " (connection "+p.escape(o.ID)+")"))
	for i, l := range d.Lines {
		who := "S: "
		if l.From == "client" {
			who = "C: "
		}
		p.hang(2, p.style(dim, lineTime(o, i)), 9, normal, who+p.escape(l.Text))
	}
}
