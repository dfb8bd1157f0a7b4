package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// WriteJSON writes the changes as JSON.
func (c *Changes) WriteJSON(w io.Writer) error {
	if err := writeValue(w, c); err != nil {
		return fmt.Errorf("writing the changes as JSON: %w", err)
	}
	return nil
}

// WriteText writes the changes for people. Text of the server is escaped.
func (c *Changes) WriteText(w io.Writer) error {
	var b strings.Builder
	when := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
	fmt.Fprintf(&b, "From %s to %s\n", when(c.Old), when(c.New))
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "? %s\n", Escape(n))
	}
	for _, d := range c.Domains {
		fmt.Fprintf(&b, "\n%s: %s\n", Escape(d.Domain), d.Headline())
		if x := d.Confidence; x != nil {
			fmt.Fprintf(&b, "  confidence: was %s, now %s\n", x.Old, x.New)
		}
		for _, r := range d.Roles {
			fmt.Fprintf(&b, "  %-8s %s: was %s, now %s\n", "servers", r.Purpose, markOfRole(r.Old), markOfRole(r.New))
		}
		changesText(&b, d.Findings, d.Facts)
	}
	for _, e := range c.Endpoints {
		fmt.Fprintf(&b, "\n%s: %s\n", Escape(e.Endpoint), e.Headline())
		changesText(&b, e.Findings, e.Facts)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("writing the changes: %w", err)
	}
	return nil
}

// changesText writes the findings and facts that changed.
func changesText(b *strings.Builder, findings []FindingChange, facts []FactChange) {
	width := nameWidth(findings, facts)
	for _, f := range findings {
		fmt.Fprintf(b, "  %-8s %-*s %s, now %s: %s%s\n", f.Trend, width, Escape(f.Check), f.Old, f.New, Escape(f.Message), f.acceptance())
	}
	for _, f := range facts {
		f.text(b, width)
	}
}

// Headline says in a few words what became of a domain.
func (d DomainChanges) Headline() string {
	switch d.Presence {
	case Added:
		return "only in the new report, " + strings.TrimSuffix(mark(d.Verdict.New, d.Grade.New), ", "+gradeText(""))
	case Gone:
		return "only in the old report, " + strings.TrimSuffix(mark(d.Verdict.Old, d.Grade.Old), ", "+gradeText(""))
	}
	return whatBecame(d.Verdict, d.Grade, d.differs())
}

// markOfRole is how the servers of a purpose do, in a few words.
func markOfRole(r *RoleResult) string {
	if r == nil {
		return "none"
	}
	return mark(r.Verdict, r.Grade)
}

// Acceptance says until when and why the new finding is accepted, escaped, or "".
func (f FindingChange) Acceptance() string {
	return acceptanceText(check.Finding{Accepted: f.Accepted})
}

func (f FindingChange) acceptance() string {
	if a := f.Acceptance(); a != "" {
		return "; " + a
	}
	return ""
}

// Headline says in a few words what became of an endpoint.
func (e EndpointChanges) Headline() string {
	switch e.Presence {
	case Added:
		return "only in the new report, " + mark(e.Verdict.New, e.Grade.New)
	case Gone:
		return "only in the old report, " + mark(e.Verdict.Old, e.Grade.Old)
	}
	return whatBecame(e.Verdict, e.Grade, len(e.Findings)+len(e.Facts) > 0)
}

// whatBecame tells how verdict and grade have changed, if they have; else whether anything has.
func whatBecame(v *VerdictChange, g *GradeChange, other bool) string {
	var parts []string
	if v != nil {
		parts = append(parts, fmt.Sprintf("was %s, now %s", v.Old, v.New))
	}
	if g != nil {
		parts = append(parts, fmt.Sprintf("grade was %s, now %s", gradeText(g.Old), gradeText(g.New)))
	}
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case other:
		return "same verdict and grade"
	}
	return "no change"
}

func mark(v Verdict, g policy.Grade) string { return v.String() + ", " + gradeText(g) }

func gradeText(g policy.Grade) string {
	if g == "" {
		return "no grade"
	}
	return string(g)
}

// fewWords is how many changes of one fact the text lists.
const fewWords = 12

// nameWidth is how wide the names of checks and facts are.
func nameWidth(findings []FindingChange, facts []FactChange) int {
	width := 20
	for _, f := range findings {
		width = max(width, len(f.Check))
	}
	for _, f := range facts {
		width = max(width, min(len(f.Fact), maxFactWidth))
	}
	return width
}

// maxFactWidth is how long the name of a fact may be and others be aligned with it. That of a host may have 253 characters.
const maxFactWidth = 44

func (f FactChange) text(b *strings.Builder, width int) {
	if f.Known != "" {
		fmt.Fprintf(b, "  %-8s %-*s %s\n", "known", width, Escape(f.Fact), Escape(f.Known))
	}
	for _, list := range []struct {
		sign  string
		words []string
	}{{"+", f.Added}, {"-", f.Removed}} {
		for i, w := range list.words {
			if i == fewWords {
				fmt.Fprintf(b, "  %-8s %-*s and %d more\n", list.sign, width, Escape(f.Fact), len(list.words)-i)
				break
			}
			fmt.Fprintf(b, "  %-8s %-*s %s\n", list.sign, width, Escape(f.Fact), Escape(w))
		}
	}
}
