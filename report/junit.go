package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

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
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitOutcome `xml:"failure"`
		Error   *junitOutcome `xml:"error"`
		Skipped *junitOutcome `xml:"skipped"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes a test suite for each endpoint with a test for each check. Warnings fail too, with their type, for else
// nobody would see them; what is not known is an error, and what does not apply is skipped.
func WriteJUnit(w io.Writer, r *Report) error {
	all := junitSuites{Name: "mailtls"}
	for _, e := range r.Endpoints {
		s := junitSuiteOf(r, e)
		all.Tests, all.Failures, all.Errors = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors
		all.Suites = append(all.Suites, s)
	}
	b, err := xml.MarshalIndent(all, "", " ")
	if err == nil {
		_, err = io.WriteString(w, xml.Header+string(b)+"\n")
	}
	if err != nil {
		return fmt.Errorf("writing the report as JUnit XML: %w", err)
	}
	return nil
}

func junitSuiteOf(r *Report, e Endpoint) junitSuite {
	s := junitSuite{
		Name: Escape(e.Target.Protocol + "://" + name(e.Target)), Tests: len(e.Findings),
		Time: fmt.Sprintf("%.3f", e.Cost.Wall.Seconds()), Timestamp: e.At.UTC().Format("2006-01-02T15:04:05"),
	}
	for _, l := range append(aboutRun(r), append([]labelled{{"Address", Escape(e.Target.Address)}, {"Verdict", e.Verdict.String()}, {"Grade", string(e.Grade)}}, aboutEndpoint(e)...)...) {
		s.Properties = append(s.Properties, junitProperty{l.Label, l.Text})
	}
	for _, f := range e.Findings {
		c, _ := check.ByID(f.Check)
		x := junitCase{Class: s.Name, Name: Escape(f.Check)}
		switch f.Level {
		case check.Fail, check.Warn:
			s.Failures++
			x.Failure = &junitOutcome{sentence(c, f), f.Level.String(), junitText(c, f)}
		case check.Undecided:
			s.Errors++
			x.Error = &junitOutcome{sentence(c, f), "undecided", ""}
		case check.NotApplicable:
			s.Skipped++
			x.Skipped = &junitOutcome{Message: Escape(f.Message)}
		}
		s.Cases = append(s.Cases, x)
	}
	return s
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
	return strings.Join(append(lines, "see: "+Escape(f.Clause)), "\n")
}
