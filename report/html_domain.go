package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
)

// domainView is a mail domain with all its endpoints. As in the rest of the page, all text is escaped for people's eyes.
type domainView struct {
	ID, Name, ASCII, Line string
	Mark                  markView
	Verdict, Grade, Bound string
	Summary               string
	Remaining             string      // how many findings are accepted, and the verdict without them
	Nothing               []statement // why no mail goes there
	Roles                 []statement
	Confidence            statement   // the figure
	Points                []statement // and what gives it, or takes from it
	Notes                 []string

	Tables     []domainTable
	Legend     []string
	Exchangers exchangersView
	Services   []statement
	Open       string // why services are not all known
	DNS        []statement

	Findings []sharedFindingView
	Hints    []hintView
	Unknown  []statement
	Advice   []labelled
	Cuts     []cutView
	Accepted []acceptedView
	Policies []domainTable
	Others   []policyView

	Endpoints []endpointView
	Checks    []checkView // about the domain itself
	Caps      []labelled
	About     []labelled
}

// statement is a line with its mark.
type statement struct {
	Mark        markView
	Label, Text string
	Soft        string   // what matters less
	More        []string // records, for those who look closer
}

// domains moves the endpoints of domains from the page to those domains.
func (w viewer) domains(v *view, r *Report) {
	if len(r.Domains) == 0 {
		return
	}
	views := v.Endpoints
	v.Endpoints = nil
	for i, e := range r.Endpoints {
		if !r.ofDomain(e) {
			v.Endpoints = append(v.Endpoints, views[i])
		}
	}
	shown := make(map[string]bool)
	for i, d := range r.Domains {
		one := w.domain(r, d, fmt.Sprintf("d%d", i+1))
		for j, e := range r.Endpoints {
			if serves(d.Domain, e.Target) && !shown[views[j].ID] { // an endpoint of several domains is there once
				shown[views[j].ID] = true
				one.Endpoints = append(one.Endpoints, views[j])
			}
		}
		v.Domains = append(v.Domains, one)
	}
	if len(r.Domains) == 1 {
		v.Domains[0].Notes, v.Notes = v.Notes, nil
		v.Title = "Mail of " + v.Domains[0].Name
		return
	}
	v.Title = "Mail of " + plural(len(r.Domains), "domain")
}

// leaveToDomain takes out of an endpoint what its domain tells.
func (v *endpointView) leaveToDomain() {
	v.Findings, v.Accepted, v.Unknown, v.Advice, v.Cuts, v.CutNames, v.Remaining = nil, nil, nil, nil, nil, nil, ""
}

func (w viewer) domain(r *Report, d Domain, id string) domainView {
	own := r.endpointsOf(d.Domain)
	v := domainView{ID: id, Name: Escape(d.Name), Mark: markOf(levelOf(d.Verdict)), Verdict: d.Verdict.String(), Line: strings.Join(sizeOf(r, d, own), " · ")}
	if d.Unicode != "" {
		v.Name, v.ASCII = Escape(d.Unicode), Escape(d.Name)
	}
	if v.Grade = string(d.Grade); d.Grade == "" && d.AtBest != "A+" {
		v.Bound = string(d.AtBest)
	}
	told := make(map[string]bool)
	if level, text := withoutMail(d.Domain, Escape); text != "" {
		v.Nothing = []statement{{Mark: markOf(level), Text: text}}
		told[d.Exchange.Why] = true
	}
	if text := unreachedIn(own, Escape); text != "" {
		v.Nothing = append(v.Nothing, statement{Mark: markOf(check.Undecided), Text: text})
	}
	v.Roles = roleViews(d)
	if c := d.Confidence; c != nil {
		v.Confidence.Text, v.Confidence.Soft = confidenceSum(c), confidenceMeans
		for _, l := range confidenceLines(c, true) {
			v.Points = append(v.Points, statement{Mark: markOf(l.level), Text: Escape(l.text)})
		}
	}
	v.tables(d, own, r)
	v.Exchangers = exchangersViewOf(d.Domain, own)
	v.Exchangers.AsOf = asOfScan(d)
	v.services(d.Domain, own, told)
	for _, l := range dnsLines(d.Domain, Escape, told) {
		s := statement{Mark: markOf(l.level), Label: l.label, Text: l.text}
		if l.label != "MX" && l.label != "TLSRPT" && l.label != "CAA" { // of which the page has all already
			s.More = l.more
		}
		v.DNS = append(v.DNS, s)
	}
	v.findings(d, own, w)
	v.Summary, v.Remaining = v.summary(d), acceptedOfDomain(d, own)
	v.Checks = checksOf(d.Findings)
	for _, c := range capsIn(d, own) {
		v.Caps = append(v.Caps, labelled{"No better than " + c.Label + " with", c.Text})
	}
	v.About = []labelled{{"Judged by", Escape("policy " + d.Judged.Policy + " (" + d.Judged.Version + ")")}, {"DNS", Escape(strings.TrimPrefix(askedOf(d.Domain), "DNS "))}}
	return v
}

// roleViews are the verdicts by purpose, worst first, then the purposes for which there is nothing.
func roleViews(d Domain) []statement {
	var out []statement
	if len(d.Roles) == 0 && !takesMail(d.Domain) {
		return nil
	}
	for _, r := range rolesOf(d) {
		s := statement{Mark: markOf(levelOf(r.Verdict)), Label: r.Purpose.inWords(), Text: roleOutcome(r)}
		if r.Verdict != Pass {
			s.Soft = Escape(r.Endpoint)
		}
		out = append(out, s)
	}
	for _, m := range missingRoles(d) {
		out = append(out, statement{Mark: markOf(check.NotApplicable), Label: m.Label, Text: m.Text})
	}
	return out
}

// summary says in a sentence what is to be done.
func (v *domainView) summary(d Domain) string {
	must, should := 0, 0
	for _, f := range v.Findings {
		if f.Mark == markOf(check.Fail) {
			must++
		} else {
			should++
		}
	}
	text := toChange(must, should)
	switch {
	case text != "":
	case len(v.Unknown) == 0 && d.Verdict == Pass:
		return "Nothing needs to be changed."
	case !takesMail(d.Domain):
		return "There is no mail server to judge."
	default:
		return "Nothing wrong was seen, but not everything could be asked."
	}
	if len(v.Unknown) > 0 {
		text += " Not everything could be asked."
	}
	return text
}

// services tells where the users of a domain are led to.
func (v *domainView) services(d domainEvidence, own []Endpoint, told map[string]bool) {
	for _, l := range serviceLines(d, own, false) {
		v.Services = append(v.Services, statement{Mark: markOf(l.level), Label: Escape(l.protocol), Text: Escape(l.at), Soft: Escape(l.by()), More: []string{l.outcome}})
	}
	t := &dnsTeller{d: d, esc: Escape, told: told}
	t.open("services", d.Services.State, d.Services.Why)
	for _, l := range t.lines {
		v.Open = l.text
	}
}

// filled are pieces that are not empty.
func filled(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
