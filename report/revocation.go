package report

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// revocations tells of each certificate what its authority says, and who was asked in vain.
func (p *page) revocations(answers []evidence.Revocation, sent map[string]*evidence.Certificate) []string {
	var parts []string
	for _, r := range answers {
		name := r.Certificate
		if c := sent[r.Certificate]; c != nil && c.Subject.CommonName != "" {
			name = c.Subject.CommonName
		}
		switch {
		case r.Status != "":
			s := p.escape(name) + " " + string(r.Status) + " by " + r.By
			if !r.ThisUpdate.IsZero() {
				s += " of " + r.ThisUpdate.UTC().Format(time.DateOnly)
			}
			parts = append(parts, s)
		case r.Sourceless:
			parts = append(parts, p.escape(name)+" names nobody to ask")
		}
		for _, f := range r.Failed {
			parts = append(parts, p.escape(f.By+" of "+f.URL+" gave none: "+f.Why))
		}
	}
	return parts
}

// lints lists the rules that certificates break, each once.
func (p *page) lints(found []evidence.Lint) []string {
	var parts []string
	for _, l := range found {
		s := p.escape(l.Level + " " + l.Name + ": " + l.Text + " (" + l.Citation + ")")
		if !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return parts
}
