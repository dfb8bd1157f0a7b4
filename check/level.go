package check

import (
	"fmt"

	"github.com/mailtls/mailtls/policy"
)

// Level is the outcome of a check.
type Level uint8

// The levels.
const (
	Undecided     Level = iota // the evidence does not decide it
	Pass                       // fine, or no more than a note
	NotApplicable              // the question has no meaning for this server
	Warn                       // should be changed
	Fail                       // must be changed
)

// String returns "undecided", "pass", "notapplicable", "warn" or "fail".
func (l Level) String() string {
	return [...]string{"undecided", "pass", "notapplicable", "warn", "fail"}[min(l, Fail)]
}

// MarshalText returns what String returns.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what MarshalText writes; any other text is an error.
func (l *Level) UnmarshalText(text []byte) error {
	for c := Undecided; c <= Fail; c++ {
		if c.String() == string(text) {
			*l = c
			return nil
		}
	}
	return fmt.Errorf("level %q: want pass, notapplicable, warn, fail or undecided", text)
}

// LevelOf returns the level of something seen that a policy finds that severe.
func LevelOf(s policy.Severity) Level {
	switch s {
	case policy.Warn:
		return Warn
	case policy.Fail:
		return Fail
	}
	return Pass
}
