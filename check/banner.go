package check

import (
	"regexp"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// bannerChecks are on what a server says before it is asked anything.
func bannerChecks() []Check {
	return []Check{{
		ID:    "banner-version",
		Title: "The greeting tells the exact version",
		Text: "Whoever looks for servers with a certain hole finds this one without trying. It is no weakness: a version that is " +
			"hidden is not safer, only an update is.",
		Refs:  []string{"RFC 5321, Section 7.5"},
		Needs: []evidence.Need{{Key: evidence.KeyGreeting}},
		Extra: true,
		Eval: func(s *Subject, p *policy.Policy) Finding {
			f := s.Endpoint.Facts.Greeting
			if v := versionIn(f.Value); v != "" {
				return bad(s, p.Check("banner-version"), "greets with "+v).seen([]string{v}, f.From)
			}
			return good("greets without a version").seen(nil, f.From)
		},
	}}
}

// versioned matches a word and the version behind it, as in "Exim 4.96", "Postfix (3.7.11)", "Version: 10.0.14393.4169".
var versioned = regexp.MustCompile(`(?:^|[\s(])([A-Za-z][A-Za-z0-9+_-]*:?[ /(]{1,2}v?(\d+(?:\.\d+)+[A-Za-z0-9_-]*))`)

// dotted matches what looks like a version and is an IPv4 address or a date.
var dotted = regexp.MustCompile(`^(?:\d{1,3}(?:\.\d{1,3}){3}|\d{1,2}\.\d{1,2}\.\d{4})$`)

// versionIn returns the first version in a greeting with the word before it, or "". Lists of capabilities have numbers of
// their own, and are left out.
func versionIn(greeting string) string {
	for line := range strings.Lines(bracketed.ReplaceAllString(greeting, "")) {
		for _, m := range versioned.FindAllStringSubmatch(line, -1) {
			if !dotted.MatchString(m[2]) {
				return m[1]
			}
		}
	}
	return ""
}

// bracketed matches the code in a greeting of IMAP or POP3, and the timestamp of APOP.
var bracketed = regexp.MustCompile(`\[[^\]]*\]|<[^>]*>`)
