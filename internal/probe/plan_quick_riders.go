package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// quickRiders ride on the first offer of a version in a quick scan: nearly every server takes them. Where the version is not
// spoken, or the hello is not liked, it is offered again without them.
var quickRiders = map[tlswire.Version][]evidence.Variant{
	tlswire.TLS12: {evidence.WithGREASE, evidence.Padded4096, evidence.HigherVersion},
	tlswire.TLS13: {evidence.Fragmented, evidence.WithoutSNI},
}

// firstRiders returns the variants that the first offer of version v carries: none that was tried, or that nobody needs.
func (p *plan) firstRiders(v tlswire.Version) []evidence.Variant {
	return slices.DeleteFunc(slices.Clone(quickRiders[v]), func(x evidence.Variant) bool {
		if x == evidence.WithoutSNI {
			return !p.named || !p.goal.asks(evidence.KeyCertificates) || p.tried(x)
		}
		return p.goal.passive || !p.goal.asks(evidence.KeyIntolerances) || p.tried(x)
	})
}
