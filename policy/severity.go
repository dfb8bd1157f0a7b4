package policy

import "fmt"

// Severity says how bad a policy finds something, from OK to Fail.
type Severity uint8

// The severities, mildest first.
const (
	OK   Severity = iota // nothing to say
	Note                 // worth knowing, nothing to do
	Warn                 // should be changed
	Fail                 // must be changed
)

// String returns "ok", "note", "warn" or "fail".
func (s Severity) String() string { return [...]string{"ok", "note", "warn", "fail"}[min(s, Fail)] }

// MarshalText returns what String returns.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes; any other text is an error.
func (s *Severity) UnmarshalText(text []byte) error {
	for c := OK; c <= Fail; c++ {
		if c.String() == string(text) {
			*s = c
			return nil
		}
	}
	return fmt.Errorf("severity %q: want ok, note, warn or fail", text)
}
