package report

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

func TestOverall(t *testing.T) {
	endpoint := func(v Verdict, g policy.Grade) Endpoint {
		return Endpoint{Verdict: v, Grade: g, Endpoint: &evidence.Endpoint{}}
	}
	bounded := endpoint(Incomplete, "")
	bounded.AtBest = "C"
	domain := Domain{Verdict: Warn, Grade: "B", Domain: &evidence.Domain{}}
	for name, test := range map[string]struct {
		report  Report
		verdict Verdict
		grade   policy.Grade
		atBest  policy.Grade
	}{
		"nothing":           {Report{}, Incomplete, "", ""},
		"one":               {Report{Endpoints: []Endpoint{endpoint(Pass, "A")}}, Pass, "A", ""},
		"the worst":         {Report{Endpoints: []Endpoint{endpoint(Pass, "A"), endpoint(Fail, "F"), endpoint(Warn, "B")}}, Fail, "F", ""},
		"not all known":     {Report{Endpoints: []Endpoint{endpoint(Warn, "B"), endpoint(Incomplete, "")}}, Incomplete, "", "B"},
		"a fail is a fail":  {Report{Endpoints: []Endpoint{endpoint(Incomplete, ""), endpoint(Fail, "D")}}, Fail, "", "D"},
		"nothing is worse":  {Report{Endpoints: []Endpoint{endpoint(Incomplete, ""), endpoint(Fail, "F")}}, Fail, "F", ""},
		"bounded":           {Report{Endpoints: []Endpoint{endpoint(Warn, "B"), bounded}}, Incomplete, "", "C"},
		"nothing bounds it": {Report{Endpoints: []Endpoint{endpoint(Incomplete, "")}}, Incomplete, "", ""},
		"a domain's bound":  {Report{Domains: []Domain{{Verdict: Incomplete, AtBest: "D", Domain: &evidence.Domain{}}}}, Incomplete, "", "D"},
		"a domain's none":   {Report{Domains: []Domain{{Verdict: Incomplete, AtBest: "A+", Domain: &evidence.Domain{}}}}, Incomplete, "", ""},
		"that of a domain":  {Report{Domains: []Domain{domain}, Endpoints: []Endpoint{endpoint(Pass, "A")}}, Warn, "B", ""},
		"no domain's alone": {Report{Domains: []Domain{domain, domain}, Endpoints: []Endpoint{endpoint(Pass, "A")}}, Warn, "A", ""},
	} {
		if verdict, grade := test.report.Overall(); verdict != test.verdict || grade != test.grade {
			t.Errorf("%s: %v %q, want %v %q", name, verdict, grade, test.verdict, test.grade)
		}
		if got := test.report.AtBest(); got != test.atBest {
			t.Errorf("%s: %q at best, want %q", name, got, test.atBest)
		}
	}
}
