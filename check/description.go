package check

import (
	"slices"

	"github.com/mailtls/mailtls/policy"
)

// Description is what is to be known about a check, as JSON has it.
type Description struct {
	ID    string            `json:"id"`
	Title string            `json:"title"`
	Text  string            `json:"text"`
	Refs  []string          `json:"refs"`
	Cause []string          `json:"cause,omitempty"` // the checks that tell the cause of this one
	About string            `json:"about"`           // "server" or "domain"
	Facts []string          `json:"facts"`           // that it reads
	Rules []RuleDescription `json:"rules"`           // of a policy
}

// RuleDescription is what a policy says about what a check finds.
type RuleDescription struct {
	About string `json:"about,omitempty"`
	policy.Rule
}

// Describe describes a check, with what policy p says about it.
func (c *Check) Describe(p *policy.Policy) Description {
	d := Description{ID: c.ID, Title: c.Title, Text: c.Text, Refs: c.Refs, Cause: c.Cause, About: "server", Facts: c.FactNames(), Rules: []RuleDescription{}}
	if c.Scope == Domain {
		d.About = "domain"
	}
	for _, r := range RulesOn(c.ID, p) {
		d.Rules = append(d.Rules, RuleDescription{r.About, r.Rule})
	}
	return d
}

// FactNames are the names of the facts that a check reads.
func (c *Check) FactNames() []string {
	var out []string
	for _, k := range c.Reads {
		out = append(out, k.Name)
	}
	for _, n := range c.Needs {
		out = append(out, n.Key.Name)
	}
	for _, k := range slices.Concat(c.Also, c.Asked) {
		out = append(out, k.Name)
	}
	return out
}
