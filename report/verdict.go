package report

import (
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/check"
)

// Verdict is the outcome for an endpoint in one word.
type Verdict uint8

// The verdicts.
const (
	Incomplete Verdict = iota // nothing failed, but not everything is known
	Pass                      // all is well
	Warn                      // something should be changed
	Fail                      // something must be changed
)

// String returns "incomplete", "pass", "warn" or "fail".
func (v Verdict) String() string {
	return [...]string{"incomplete", "pass", "warn", "fail"}[min(v, Fail)]
}

// MarshalText returns what String returns.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText writes; any other text is an error.
func (v *Verdict) UnmarshalText(text []byte) error {
	for c := Incomplete; c <= Fail; c++ {
		if c.String() == string(text) {
			*v = c
			return nil
		}
	}
	return fmt.Errorf("verdict %q: want pass, warn, fail or incomplete", text)
}

// verdictOf returns Fail if anything fails; else Incomplete if anything is not known; else the worst there is.
func verdictOf(findings []check.Finding) Verdict {
	has := func(l check.Level) bool {
		return slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Level == l })
	}
	switch {
	case has(check.Fail):
		return Fail
	case !decided(findings):
		return Incomplete
	case has(check.Warn):
		return Warn
	}
	return Pass
}

// decided reports whether no finding that has weight is open. Findings that all do not apply decide nothing.
func decided(findings []check.Finding) bool {
	some := false
	for _, f := range findings {
		if f.Level == check.Undecided && !f.Aside {
			return false
		}
		some = some || f.Level != check.NotApplicable && f.Level != check.Undecided
	}
	return some
}
