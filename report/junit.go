package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mailtls/mailtls/check"
)

// The elements of JUnit's XML, as Jenkins, GitLab and others read it.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitProperties struct {
		List []junitProperty `xml:"property"`
	}
	junitCase struct {
		Class      string           `xml:"classname,attr"`
		Name       string           `xml:"name,attr"`
		Properties *junitProperties `xml:"properties"`
		Failure    *junitOutcome    `xml:"failure"`
		Error      *junitOutcome    `xml:"error"`
		Skipped    *junitOutcome    `xml:"skipped"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes a test suite for each domain and each endpoint with a test for each check, and one for each other policy with
// a test for each of its rows. Warnings fail too, with their type, for else nobody would see them; what is not known is an error; what
// does not apply is skipped, and so is what is accepted.
func WriteJUnit(w io.Writer, r *Report) error {
	all := junitSuites{Name: "mailtls"}
	var suites []junitSuite
	for _, d := range r.Domains {
		for _, o := range append([]Opinion{d.opinion()}, d.Others...) {
			suites = append(suites, junitDomain(r, d, o))
		}
	}
	for _, e := range r.Endpoints {
		for _, o := range append([]Opinion{e.opinion()}, e.Others...) {
			suites = append(suites, junitEndpoint(r, e, o))
		}
	}
	for _, s := range suites {
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
	}
	all.Suites = suites
	b, err := xml.MarshalIndent(all, "", " ")
	if err == nil {
		_, err = io.WriteString(w, xml.Header+string(b)+"\n")
	}
	if err != nil {
		return fmt.Errorf("writing the report as JUnit XML: %w", err)
	}
	return nil
}

// junitEndpoint is the suite of what the policy of o says about an endpoint.
func junitEndpoint(r *Report, e Endpoint, o Opinion) junitSuite {
	about := append(aboutRun(r), labelled{"Address", Escape(e.Target.Address)}, labelled{"Verdict", o.Verdict.String()})
	own := o.Policy == e.Judged.Policy
	if own {
		about = append(append(about, labelled{"Grade", string(e.Grade)}), aboutEndpoint(e)...)
	}
	s := junitSuiteOf(Escape(e.Target.Protocol+"://"+name(e.Target)), o, own, about)
	s.Time, s.Timestamp = fmt.Sprintf("%.3f", e.Cost.Wall.Seconds()), junitTime(e.At)
	return s
}

// junitDomain is the suite of what the policy of o says about a domain. How long its look-up took was not measured.
func junitDomain(r *Report, d Domain, o Opinion) junitSuite {
	about := append(aboutRun(r), labelled{"Verdict", o.Verdict.String()})
	own := o.Policy == d.Judged.Policy
	if own {
		for _, role := range d.Roles {
			about = append(about, labelled{"Verdict on " + string(role.Purpose), role.Verdict.String()})
		}
		about = append(about, aboutDomain(d)...)
	}
	s := junitSuiteOf(Escape(d.Name), o, own, about)
	s.Time, s.Timestamp = "0.000", junitTime(d.At)
	return s
}

// aboutDomain tells what the report's part on a domain stands on.
func aboutDomain(d Domain) []labelled {
	return []labelled{{"Judged by", Escape(fmt.Sprintf("policy %s (%s), as %s", d.Judged.Policy, d.Judged.Version, asText(d.Judged)))},
		{"Evidence SHA-256", Escape(d.SHA256)}, {"Looked up by", Escape(d.Resolver)}, {"DNSSEC", Escape(d.DNSSEC)}}
}

func junitTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05") }

// junitSuiteOf is a suite with what a policy says, be it the one that judges or another.
func junitSuiteOf(name string, o Opinion, own bool, about []labelled) junitSuite {
	s := junitSuite{Name: name, Tests: len(o.Findings)}
	if !own {
		s.Name += " policy " + Escape(o.Policy)
		about = append(about, labelled{"Judged by", Escape("policy " + o.Policy + " (" + o.Version + ")")}, labelled{"Policy SHA-256", Escape(o.SHA256)})
	}
	for _, l := range about {
		s.Properties = append(s.Properties, junitProperty{l.Label, l.Text})
	}
	for _, f := range o.Findings {
		x := junitCaseOf(f)
		x.Class = s.Name
		s.Failures, s.Errors, s.Skipped = s.Failures+there(x.Failure), s.Errors+there(x.Error), s.Skipped+there(x.Skipped)
		s.Cases = append(s.Cases, x)
	}
	return s
}

func there(x *junitOutcome) int {
	if x == nil {
		return 0
	}
	return 1
}

func junitCaseOf(f check.Finding) junitCase {
	c, ok := check.ByID(f.Check)
	if !ok { // a row of a policy that no check is called by
		c = check.Check{ID: f.Check, Title: Escape(f.Check)}
	}
	x := junitCase{Name: Escape(f.Check)}
	switch {
	case f.Accepted != nil:
		x.Properties = &junitProperties{[]junitProperty{{"accepted_until", f.Accepted.Until.String()}, {"accepted_reason", Escape(f.Accepted.Reason)},
			{"level", f.Level.String()}}}
		x.Skipped = &junitOutcome{Message: acceptanceText(f) + " (" + sentence(c, f) + ")", Type: f.Level.String()}
	case f.Level >= check.Warn:
		x.Failure = &junitOutcome{sentence(c, f), f.Level.String(), junitText(c, f)}
	case f.Level == check.Undecided:
		x.Error = &junitOutcome{sentence(c, f), "undecided", ""}
	case f.Level == check.NotApplicable:
		x.Skipped = &junitOutcome{Message: Escape(f.Message)}
	}
	return x
}

// junitText is what is behind a failure's message: why it matters, what was seen, and who says so.
func junitText(c check.Check, f check.Finding) string {
	lines := []string{strings.TrimSpace(c.Text + " " + Escape(f.Why))}
	for i, s := range f.Seen {
		if i == maxNames {
			lines = append(lines, plural(len(f.Seen)-maxNames, "other"))
			break
		}
		lines = append(lines, "seen: "+Escape(s))
	}
	if f.Lapsed != nil {
		lines = append(lines, acceptanceText(f))
	}
	return strings.Join(append(lines, "see: "+Escape(f.Clause)), "\n")
}
