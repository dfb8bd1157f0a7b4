package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

func (s *server) about(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "about", view{Title: "About", Data: s.Version})
}

// allChecks are those of servers and those of domains.
func allChecks() []check.Check { return slices.Concat(check.All(), check.Domains()) }

func (s *server) checks(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, http.StatusOK, "checks", view{Title: "What is checked", Data: allChecks()})
}

func (s *server) policies(w http.ResponseWriter, r *http.Request) {
	all, err := builtIn()
	if err != nil {
		s.broken(w, r, err)
		return
	}
	var list []*policy.Policy
	for _, name := range policy.Names() {
		list = append(list, all[name])
	}
	s.show(w, r, http.StatusOK, "policies", view{Title: "Policies", Data: list})
}

// judging is what the page of a policy shows.
type judging struct {
	Policy   *policy.Policy
	Sections []section
	checks   map[string]bool
}

// section is the rows of a policy of one kind.
type section struct {
	Title string
	Rows  []report.PolicyRow
}

// Explained reports whether there is a page of a check with that ID.
func (j judging) Explained(id string) bool { return j.checks[id] }

// policy shows all rows of a policy.
func (s *server) policy(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !slices.Contains(policy.Names(), name) {
		s.fail(w, r, http.StatusNotFound, "There is no such policy: there are "+strings.Join(policy.Names(), ", ")+".")
		return
	}
	all, err := builtIn()
	if err != nil {
		s.broken(w, r, err)
		return
	}
	p := all[name]
	j := judging{Policy: p, checks: map[string]bool{}}
	for _, c := range allChecks() {
		j.checks[c.ID] = true
	}
	for _, row := range report.PolicyRows(p) {
		if n := len(j.Sections); n == 0 || j.Sections[n-1].Title != row.Section {
			j.Sections = append(j.Sections, section{Title: row.Section})
		}
		last := &j.Sections[len(j.Sections)-1]
		last.Rows = append(last.Rows, row)
	}
	s.show(w, r, http.StatusOK, "policy", view{Title: "Policy " + name, Data: j})
}
