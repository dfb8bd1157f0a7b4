package report

import (
	"slices"

	"github.com/mailtls/mailtls/check"
)

// Has reports whether an endpoint or a domain has a verdict of v or, if v is Warn or Fail, any finding of that level: what is
// not wholly known is Incomplete, whatever it warns of. What is accepted ([Accept]) counts for neither.
func (r *Report) Has(v Verdict) bool {
	found := func(findings []check.Finding) bool {
		return v >= Warn && slices.ContainsFunc(findings, func(f check.Finding) bool { return f.Level == levelOf(v) && f.Accepted == nil })
	}
	return slices.ContainsFunc(r.Endpoints, func(e Endpoint) bool { return e.remaining() == v || found(e.Findings) }) ||
		slices.ContainsFunc(r.Domains, func(d Domain) bool { return d.remaining() == v || found(d.Findings) })
}
