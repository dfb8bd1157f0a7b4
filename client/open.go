package client

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Open reports whether it is not known if the server accepts something that the change would end. What it is seen to accept,
// [Change.Touches] tells.
func (c Change) Open(e *evidence.Endpoint) bool {
	f := &e.Facts
	return c.suiteOpen(f) || c.groupOpen(tlswire.TLS12, f.GroupsTLS12) ||
		evidence.Has(f.Versions, tlswire.TLS13) != evidence.No && c.groupOpen(tlswire.TLS13, f.GroupsTLS13)
}

func (c Change) suiteOpen(f *evidence.Facts) bool {
	ends := func(v tlswire.Version, s tlswire.Suite) bool {
		return c.suite(v, s) && evidence.Has(f.Versions, v) != evidence.No
	}
	switch f.Suites.State {
	case evidence.Known, evidence.Inapplicable:
		return false
	case evidence.Partial:
		return f.Suites.Open.Any(ends)
	}
	return slices.ContainsFunc(tlswire.Suites(), func(s tlswire.SuiteInfo) bool {
		return slices.ContainsFunc(tlswire.Versions(), func(v tlswire.Version) bool { return s.Negotiable(v) && ends(v, s.ID) })
	})
}

func (c Change) groupOpen(v tlswire.Version, f evidence.Fact[[]tlswire.Group]) bool {
	return c.groups != nil && evidence.Any(f, func(g tlswire.Group) bool { return c.group(v, g) }) == evidence.Unsure
}
