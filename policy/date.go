package policy

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// Date is a day in UTC; the zero Date is none. Its text is as in "2026-12-31".
type Date struct{ day time.Time }

// NewDate returns the day of t in UTC.
func NewDate(t time.Time) Date { return Date{t.UTC().Truncate(24 * time.Hour)} }

// Start returns the first moment of the day.
func (d Date) Start() time.Time { return d.day }

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d.day.IsZero() }

// String returns the text of d, which is empty for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.day.Format(time.DateOnly)
}

// MarshalText returns what String returns.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, but for the zero Date; any other text is an error.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil || t.IsZero() {
		return fmt.Errorf("date %q: want one such as 2026-12-31", text)
	}
	d.day = t
	return nil
}

// HoldsAt reports whether the row holds at a time.
func (r Rule) HoldsAt(t time.Time) bool {
	day := NewDate(t).day
	return (r.From.IsZero() || !day.Before(r.From.day)) && (r.Until.IsZero() || !day.After(r.Until.day))
}

// At returns the policy as it is at a time: without the rows that do not hold then. What a list had until yesterday is
// among the others today.
func (p *Policy) At(t time.Time) *Policy {
	out := *p
	out.Versions = holding(p.Versions, t, func(r VersionRule) Rule { return r.Rule })
	out.Suites = holding(p.Suites, t, func(r SuiteRule) Rule { return r.Rule })
	out.Keys = holding(p.Keys, t, func(r KeyRule) Rule { return r.Rule })
	out.Checks = holding(p.Checks, t, func(r CheckRule) Rule { return r.Rule })
	out.Lifetimes = holding(p.Lifetimes, t, func(r LifetimeRule) Rule { return r.Rule })
	out.SuiteLists = holding(p.SuiteLists, t, ruleOf[tlswire.Suite])
	out.GroupLists = holding(p.GroupLists, t, ruleOf[tlswire.Group])
	out.SignatureLists = holding(p.SignatureLists, t, ruleOf[tlswire.SignatureScheme])
	out.ExtensionLists = holding(p.ExtensionLists, t, ruleOf[tlswire.ExtensionType])
	out.DHLists = holding(p.DHLists, t, ruleOf[string])
	out.CertKeyLists = holding(p.CertKeyLists, t, ruleOf[string])
	out.CertSignedLists = holding(p.CertSignedLists, t, ruleOf[string])
	return &out
}

func ruleOf[T comparable](l List[T]) Rule { return l.Rule }

// holding returns the rows that hold at t: rows itself, if all do.
func holding[R any](rows []R, t time.Time, rule func(R) Rule) []R {
	if !slices.ContainsFunc(rows, func(r R) bool { return !rule(r).HoldsAt(t) }) {
		return rows
	}
	return slices.DeleteFunc(slices.Clone(rows), func(r R) bool { return !rule(r).HoldsAt(t) })
}
