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

// check explains one check.
func (s *server) check(w http.ResponseWriter, r *http.Request) {
	list := allChecks()
	i := slices.IndexFunc(list, func(c check.Check) bool { return c.ID == r.PathValue("id") })
	if i < 0 {
		s.fail(w, r, http.StatusNotFound, "There is no such check.")
		return
	}
	s.show(w, r, http.StatusOK, "check", view{Title: list[i].Title, Data: list[i]})
}

func (s *server) policies(w http.ResponseWriter, r *http.Request) {
	var list []*policy.Policy
	for _, name := range policy.Names() {
		p, err := policy.Named(name)
		if err != nil {
			s.broken(w, r, err)
			return
		}
		list = append(list, p)
	}
	s.show(w, r, http.StatusOK, "policies", view{Title: "Policies", Data: list})
}

// judging is what the page of a policy shows.
type judging struct {
	Policy *policy.Policy
	Text   string
}

// policy shows all rows of a policy.
func (s *server) policy(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if !slices.Contains(policy.Names(), name) {
		s.fail(w, r, http.StatusNotFound, "There is no such policy: there are "+strings.Join(policy.Names(), ", ")+".")
		return
	}
	p, err := policy.Named(name)
	var b strings.Builder
	if err == nil {
		err = report.WritePolicy(&b, p, report.TextOptions{Width: 100})
	}
	if err != nil {
		s.broken(w, r, err)
		return
	}
	s.show(w, r, http.StatusOK, "policy", view{Title: "Policy " + name, Data: judging{p, b.String()}})
}
