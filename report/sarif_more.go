package report

import (
	"slices"

	"github.com/mailtls/mailtls/check"
)

// others adds what other policies find: each of their rows that finds something is a rule, POLICY/ROW.
func (run *sarifRun) others(r *Report) {
	rules := &run.Tool.Driver.Rules
	for _, p := range sarifPlaces(r) {
		for _, o := range p.others {
			for _, f := range o.Findings {
				if f.Level == check.Pass || f.Level == check.NotApplicable {
					continue
				}
				id := Escape(o.Policy + "/" + f.Check)
				i := slices.IndexFunc(*rules, func(x sarifRule) bool { return x.ID == id })
				if i < 0 {
					i = len(*rules)
					*rules = append(*rules, sarifRowRule(id, o, f))
				}
				x := p.result(id, i, f.Level, rowSentence(o, f))
				x.by(o.Policy, o.Version, o.SHA256)
				x.Properties["clause"] = Escape(f.Clause)
				run.Results = append(run.Results, x)
			}
		}
	}
}

func sarifRowRule(id string, o Opinion, f check.Finding) sarifRule {
	title, text := "Policy "+Escape(o.Policy)+": "+Escape(f.Check), "A row of the policy "+Escape(o.Policy)+" ("+Escape(o.Version)+")."
	if c, ok := check.ByID(f.Check); ok {
		title, text = "Policy "+Escape(o.Policy)+": "+c.Title, text+" "+c.Text
	}
	return sarifRule{ID: id, ShortDescription: sarifText{title}, FullDescription: sarifText{text},
		Help: sarifText{text + " mailtls policies " + Escape(o.Policy) + " shows it."}}
}

// rowSentence says what a row finds, and by which clause, for those who see nothing else of the report.
func rowSentence(o Opinion, f check.Finding) string {
	text := Escape(f.Message)
	switch c, ok := check.ByID(f.Check); {
	case f.Level == check.Undecided:
		return "Policy " + Escape(o.Policy) + ", not known: " + text
	case ok && needsTitle(c.ID):
		text = c.Title + ": " + text
	}
	if f.Clause != "" {
		text += " [" + Escape(f.Clause) + "]"
	}
	return "Policy " + Escape(o.Policy) + ": " + text
}

// accepted completes the log where something is accepted, and tells of acceptances that met nothing.
func (run *sarifRun) accepted(r *Report) {
	for _, n := range r.Notes {
		run.Invocations[0].Notifications = append(run.Invocations[0].Notifications,
			sarifNotification{sarifDescriptor{n.ID}, "note", sarifText{Escape(n.Text)}})
	}
	if !slices.ContainsFunc(run.Results, func(x sarifResult) bool { return x.Suppressions != nil }) {
		return
	}
	for i := range run.Results {
		if run.Results[i].Suppressions == nil {
			run.Results[i].Suppressions = []sarifSuppressed{}
		}
	}
}
