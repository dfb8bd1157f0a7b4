package report

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// Opinion is what one policy says about an endpoint, beside the policy that grades. Its findings are named by the rows of
// the policy; the requirements of its source that no scan can judge are not among them.
type Opinion struct {
	Policy   string          `json:"policy"`
	Version  string          `json:"version"`
	SHA256   string          `json:"sha256"` // of the policy's text
	Omits    int             `json:"omits"`  // requirements of its source that are not judged
	Verdict  Verdict         `json:"verdict"`
	Findings []check.Finding `json:"findings"` // one per row that can find something
}

func opinionOf(s *check.Subject, p *policy.Policy) Opinion {
	findings := check.RunRows(s, p)
	if findings == nil {
		findings = []check.Finding{}
	}
	return Opinion{
		Policy: p.Name, Version: p.Version, SHA256: p.SHA256, Omits: len(p.Omits), Verdict: verdictOf(findings), Findings: findings,
	}
}

// topic is a column of the matrix of policies: what some of their rows are about.
type topic struct {
	label string
	about []string // beginnings of the ids of its rows; none: all that no other topic has
}

func topics() []topic {
	return []topic{
		{"TLS", []string{"version-", "protocol-"}},
		{"suites", []string{"suites-", "null", "anon", "export", "des", "rc4", "sweet32", "cbc", "static-", "dhe", "beast", "poodle", "no-pfs"}},
		{"groups", []string{"groups-", "dh-", "weak-dh"}},
		{"signing", []string{"signatures-", "sha1-signature"}},
		{"certificate", []string{"cert-", "sha1-cert", "md5-cert"}},
		{"other", nil},
	}
}

// topicOf returns the topic of a row.
func topicOf(id string) string {
	for _, t := range topics() {
		if t.about == nil || slices.ContainsFunc(t.about, func(begin string) bool { return strings.HasPrefix(id, begin) }) {
			return t.label
		}
	}
	return ""
}

// levelIn returns the weightiest level of the findings on a topic; none at all are not applicable.
func (o Opinion) levelIn(label string) check.Level {
	level := check.NotApplicable
	for _, f := range o.Findings {
		if topicOf(f.Check) == label && slices.Index(weight(), f.Level) > slices.Index(weight(), level) {
			level = f.Level
		}
	}
	return level
}

// weight orders levels: what is open weighs more than what passes, and less than what is wrong.
func weight() []check.Level {
	return []check.Level{check.NotApplicable, check.Pass, check.Undecided, check.Warn, check.Fail}
}
