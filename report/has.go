package report

import (
	"slices"

	"github.com/mailtls/mailtls/check"
)

// Has reports whether an endpoint has a verdict of v or, if v is Warn or Fail, any finding of that level: an endpoint that
// is not wholly known is Incomplete, whatever it warns of. What is accepted ([Accept]) counts for neither.
func (r *Report) Has(v Verdict) bool {
	return slices.ContainsFunc(r.Endpoints, func(e Endpoint) bool {
		return e.remaining() == v || v >= Warn && slices.ContainsFunc(e.Findings, func(f check.Finding) bool {
			return f.Level == levelOf(v) && f.Accepted == nil
		})
	})
}
