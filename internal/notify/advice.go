package notify

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/report"
)

// serverAdvice is what to do about a finding of a server: the lines for its software, or what the check says.
func serverAdvice(f check.Finding, e *evidence.Endpoint) []string {
	return linesOf(f, fix.Advice(f, fix.Recognise(e)))
}

// domainAdvice is what to do about a finding of a domain.
func domainAdvice(f check.Finding, d *evidence.Domain, r *report.Report) []string {
	var own []*evidence.Endpoint
	for i := range r.Endpoints {
		own = append(own, r.Endpoints[i].Endpoint)
	}
	return linesOf(f, fix.DomainAdvice(f, d, own))
}

// linesOf are steps as lines of text: those to copy are indented.
func linesOf(f check.Finding, steps []fix.Step) []string {
	var out []string
	if text := textOf(f.Check); text != "" {
		out = append(out, text)
	}
	for _, s := range steps {
		head := s.For
		if s.Where != "" {
			head = strings.TrimPrefix(head+", in "+s.Where, ", ")
		}
		if head != "" && len(s.Lines) > 0 {
			out = append(out, printable(head)+":")
		}
		for _, l := range s.Lines {
			out = append(out, "    "+printable(l))
		}
		for _, note := range []string{s.Note, s.Warning} {
			if note != "" && !slices.Contains(out, printable(note)) {
				out = append(out, printable(note))
			}
		}
	}
	return out
}

// textOf is what a check says of what it looks for, in one line.
func textOf(id string) string {
	for _, c := range slices.Concat(check.All(), check.Domains()) {
		if c.ID == id {
			return strings.Join(strings.Fields(c.Text), " ")
		}
	}
	return ""
}
