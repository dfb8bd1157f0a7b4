package web

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// explained is what the page of a check shows.
type explained struct {
	check.Check
	Docs    []document
	Facts   []string // that decide
	Aside   []string // read where they are known
	Asked   []string // sought on request
	Domain  bool     // it is about a whole domain
	Weights []weight
	Cures   []cure
}

// document is one that a check refers to, and where it is to be had, if that is known.
type document struct{ Text, URL string }

// weight is how bad a policy finds what a check looks for.
type weight struct {
	Policy, About string
	Relay, Access policy.Ruling
	Clause        string
	Why           []string
}

// cure is what makes a finding go away in one software.
type cure struct {
	Software, Tried string
	Steps           []fix.Step
}

// check explains one check.
func (s *server) check(w http.ResponseWriter, r *http.Request) {
	list := allChecks()
	i := slices.IndexFunc(list, func(c check.Check) bool { return c.ID == r.PathValue("id") })
	if i < 0 {
		s.fail(w, r, http.StatusNotFound, "There is no such check.")
		return
	}
	v := explained{Check: list[i], Domain: list[i].Scope == check.Domain}
	for _, ref := range v.Refs {
		v.Docs = append(v.Docs, document{ref, report.RefURL(ref)})
	}
	v.facts()
	err := v.weigh()
	if err == nil {
		err = v.cure()
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "check", view{Title: v.Title, Data: v})
}

func (e *explained) facts() {
	for _, k := range e.Reads {
		e.Facts = append(e.Facts, k.Name)
	}
	for _, n := range e.Needs {
		e.Facts = append(e.Facts, n.Key.Name)
	}
	for _, k := range e.Also {
		e.Aside = append(e.Aside, k.Name)
	}
	for _, k := range e.Check.Asked {
		e.Asked = append(e.Asked, k.Name)
	}
}

// weigh asks each policy, the policy mail first, what it says of the check. Most others have rows of their own instead.
func (e *explained) weigh() error {
	all, err := builtIn()
	if err != nil {
		return err
	}
	for _, name := range append([]string{policy.Mail}, otherPolicies()...) {
		for _, on := range check.RulesOn(e.ID, all[name]) {
			if on.Rule.Clause == "" {
				continue
			}
			relay, access := on.Rule.For(policy.Relay), on.Rule.For(policy.Access)
			e.Weights = append(e.Weights, weight{name, on.About, relay, access, on.Rule.Clause, report.Reasons(relay, access)})
		}
	}
	return nil
}

// cure asks for the settings of each software, of whatever version, on whatever service.
func (e *explained) cure() error {
	all, err := fix.All()
	for _, s := range all {
		if c := (cure{s.Title, s.Tried.Label(), cures(s, e.ID)}); len(c.Steps) > 0 {
			e.Cures = append(e.Cures, c)
		}
	}
	return err
}

// cures are the steps that cure what a check finds in one software, each once, and last those that make it read its configuration.
func cures(s fix.Software, id string) []fix.Step {
	var out []fix.Step
	var last fix.Step
	seen := make(map[string]bool)
	for _, role := range []policy.Role{policy.Relay, policy.Access} {
		for _, protocol := range s.Protocols {
			for _, step := range fix.Advice(check.Finding{Check: id, Level: check.Fail}, fix.Guess{Software: s.Name, Role: role, Protocol: protocol}) {
				key := fmt.Sprint(step.Where, step.For, step.Lines)
				switch {
				case slices.Equal(step.Lines, s.After):
					last = step
				case !seen[key]:
					seen[key] = true
					out = append(out, step)
				}
			}
		}
	}
	if len(out) > 0 && len(last.Lines) > 0 {
		out = append(out, last)
	}
	return out
}
