package probe

import (
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// tolerated pairs each property of a hello that some servers fail on with the variant that has it.
var tolerated = []struct {
	variant evidence.Variant
	fails   evidence.Intolerance
}{
	{evidence.WithGREASE, evidence.IntoleratesExtensions},
	{evidence.Padded1500, evidence.IntoleratesSize1500},
	{evidence.Fragmented, evidence.IntoleratesFragments},
	{evidence.HigherVersion, evidence.IntoleratesVersion},
	{evidence.Padded4096, evidence.IntoleratesSize4096},
	{evidence.Padded512, evidence.IntoleratesSize512},
	{evidence.Padded256, evidence.IntoleratesSize256},
}

// riders are the variants that may ride on a connection whose answer is foreseen. Those of one row ride together: an
// acceptance answers for all of them, and if it is refused each is asked alone. Those of together may also share one hello.
var (
	riders   = slices.Concat([][]evidence.Variant{{evidence.UnknownFirst}, {evidence.WithoutSNI}}, together)
	together = [][]evidence.Variant{{evidence.WithGREASE, evidence.Padded4096, evidence.WithALPN}, {evidence.Fragmented, evidence.HigherVersion}}
)

func (p *plan) rideVariant(a *ask) {
	for _, row := range riders {
		if !slices.ContainsFunc(row, func(v evidence.Variant) bool { return !p.mayRide(v, a.offer) }) {
			a.offer.Variants = append(a.offer.Variants, row...)
			return
		}
	}
}

// mayRide reports whether variant v is undecided, was not refused before, and makes sense in this offer.
func (p *plan) mayRide(v evidence.Variant, o evidence.Offer) bool {
	if p.goal.passive && v != evidence.WithoutSNI || p.tried(v) || p.flying(func(f flight) bool { return f.offer.Has(v) }) > 0 {
		return false
	}
	switch v {
	case evidence.UnknownFirst:
		return p.longLists == evidence.Unsure && old(o.Version)
	case evidence.WithoutSNI:
		return p.named
	case evidence.HigherVersion:
		return o.Version == p.newestOld()
	case evidence.WithALPN: // TLS 1.3 answers behind its first hello
		return old(o.Version) || o.Has(evidence.ServerFlight) || o.Has(evidence.Finished)
	case evidence.Padded4096: // GnuTLS 3.7 fails on so large a second hello
		return !(o.Version == tlswire.TLS13 && len(o.Groups) > 0 && (o.Has(evidence.ServerFlight) || o.Has(evidence.Finished)))
	}
	return true
}

// tried reports whether some reply to an offer with variant v is in, whatever it said.
func (v *view) tried(x evidence.Variant) bool {
	return slices.ContainsFunc(v.replies, func(r reply) bool { return !r.guess && !r.later && r.offer.Has(x) })
}

// works reports whether an offer with variant x was accepted, or one that shows the same.
func (v *view) works(x evidence.Variant) bool {
	return slices.ContainsFunc(v.replies, func(r reply) bool {
		if !r.guess && v.readShort(&r, x) {
			return true
		}
		if r.guess || r.kind != accepted || !v.shows(r.offer, x) {
			return false
		}
		_, whole := r.answered()
		return whole || x != evidence.WithALPN
	})
}

// readShort reports whether r shows that hellos of 256 to 511 bytes are read: servers that do not read them are silent or break
// off, and do not refuse what such a hello offers in so many words.
func (v *view) readShort(r *reply, x evidence.Variant) bool {
	return x == evidence.Padded256 && r.kind == refused && plain(r.offer) && r.alert != nil &&
		(r.alert.Description == tlswire.AlertHandshakeFailure || r.alert.Description == tlswire.AlertInsufficientSecurity) && v.shows(r.offer, x)
}

// shows reports whether an accepted offer o answers for variant x: it has it, or its hello has that size anyway.
func (v *view) shows(o evidence.Offer, x evidence.Variant) bool {
	if o.Has(x) {
		return true
	}
	sizes := []evidence.Variant{evidence.Padded256, evidence.Padded512, evidence.Padded1500, evidence.Padded4096}
	if o.Version == tlswire.SSLv2 || o.Version == tlswire.SSLv3 || o.Has(evidence.Fragmented) || !slices.Contains(sizes, x) {
		return false
	}
	switch size := v.helloSize(o); x { // which takes building the hello
	case evidence.Padded256:
		return size >= 256 && size <= 511
	case evidence.Padded512:
		return size > 512
	case evidence.Padded1500:
		return size > 1500
	case evidence.Padded4096:
		return size > 4096
	}
	return false
}

// helloSize is the length in bytes of the hello message that o describes.
func (v *view) helloSize(o evidence.Offer) int {
	body, err := clientHello(o, v.target.ServerName, v.target.Protocol).Marshal()
	if err != nil {
		return 0
	}
	size := tlswire.HandshakeHeaderLen + len(body)
	for _, g := range o.KeyShares {
		info, _ := g.Info()
		size += 4 + info.ClientShareLen
	}
	return size
}

// newestOld returns the newest version up to TLS 1.2 that the server speaks, or 0.
func (v *view) newestOld() tlswire.Version {
	for _, p := range v.spoken() {
		if old(p) {
			return p
		}
	}
	return 0
}

// nextTogether asks for all variants that found no connection to ride on in one hello: if it is accepted they are answered,
// and if not each is asked alone.
func nextTogether(p *plan) (ask, bool) {
	const question = "tolerance"
	if !p.goal.asks(evidence.KeyIntolerances) || !p.ready() || len(p.spoken()) == 0 || p.exhausted(question, 1) {
		return ask{}, false
	}
	list := p.leftTogether()
	if len(list) < 2 {
		return ask{}, false
	}
	a, ok := p.alone(list[len(list)-1])
	a.offer.Variants, a.question = list, question
	return a, ok
}

// leftTogether returns the variants that may share a hello and are to be asked for. A quick scan lets them ride on first
// offers, which are refused for other reasons, too.
func (p *plan) leftTogether() []evidence.Variant {
	return slices.DeleteFunc(slices.Concat(together...), func(v evidence.Variant) bool {
		switch {
		case p.goal.details:
			return p.tried(v)
		case v == evidence.HigherVersion:
			return p.works(v) || p.newestOld() <= tlswire.SSLv3
		}
		return p.works(v) || v == evidence.WithALPN
	})
}

// nextTolerance asks alone for each variant that did not ride, or whose ride was refused.
func nextTolerance(p *plan) (ask, bool) {
	if !p.goal.asks(evidence.KeyIntolerances) || !p.ready() || len(p.spoken()) == 0 || p.asking("tolerance") ||
		!p.goal.details && (len(p.flights) > 0 && p.hangsUp() || !p.settled(old)) {
		return ask{}, false // last, its acceptance shows that hang-ups were meant, and maybe a second key
	}
	for _, t := range tolerated {
		question := "tolerance-" + string(t.fails)
		if p.works(t.variant) || p.exhausted(question, p.convincing()) || p.asking(question) {
			continue
		}
		if a, ok := p.alone(t.variant); ok {
			if again, ok := p.again(); ok && !p.goal.details && again.offer.Version == a.offer.Version {
				a.offer.Suites = again.offer.Suites
			}
			a.question = question
			return a, true
		}
	}
	return ask{}, false
}

// ready reports whether what could carry riders is done: lists, or in a quick scan the first offer of each version.
func (p *plan) ready() bool {
	if p.goal.details {
		return p.chainsDone()
	}
	return !p.surveying()
}

// chainsDone reports whether no list is left that could carry riders.
func (p *plan) chainsDone() bool {
	return p.settled(func(v tlswire.Version) bool { return v > tlswire.SSLv3 }) && p.flying(func(f flight) bool {
		return strings.HasPrefix(f.question, "groups-") || strings.HasPrefix(f.question, "signatures-")
	}) == 0
}

// alone returns an offer with variant x whose every other part is known to be acceptable.
func (p *plan) alone(x evidence.Variant) (ask, bool) {
	version := p.newestOld()
	if x != evidence.HigherVersion && version == 0 && p.tracks[tlswire.TLS13].spoken == evidence.Yes {
		version = tlswire.TLS13
	}
	if version <= tlswire.SSLv3 { // has no extensions to vary
		return ask{}, false
	}
	seen := p.seenSuites(version, func(tlswire.SuiteInfo) bool { return true })
	o := evidence.Offer{Version: version, Suites: evidence.SuiteOffer{Only: seen}, Variants: []evidence.Variant{x}}
	if share, ok := p.shareable(); ok && version == tlswire.TLS13 && (x == evidence.WithALPN || x == evidence.WithoutSNI) { // answered behind the first hello
		o.KeyShares, o.Variants = []tlswire.Group{share}, append(o.Variants, evidence.ServerFlight)
	}
	return ask{offer: o}, len(seen) > 0
}
