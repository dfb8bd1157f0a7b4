package probe

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// view is all that the replies so far say, read for planning and for deriving facts. It is built anew from the replies
// and never changed afterwards.
type view struct {
	target  evidence.Target
	replies []reply
	tracks  map[tlswire.Version]*track

	groups12, groups13   *chain[tlswire.Group]
	schemes12, schemes13 *chain[tlswire.SignatureScheme]

	longLists  evidence.Answer // whether suites after the first 64 are read
	lastAccept time.Duration   // start of the latest connection that was accepted
	lossy      bool            // offers that are known to be acceptable were dropped
}

// track is what is known about one protocol version.
type track struct {
	version tlswire.Version
	suites  *chain[tlswire.Suite]
	spoken  evidence.Answer // whether the server speaks the version
	why     string          // what made it No
	lost    int             // replies in a row that said nothing
	asked   int             // replies in all
	v2done  bool            // SSLv2: its one answer is here
}

// newView reads replies, in order of their start. Guesses stand for connections under way.
func newView(target evidence.Target, replies []reply) *view {
	v := &view{target: target, replies: replies, tracks: map[tlswire.Version]*track{},
		groups12: newChain[tlswire.Group](), groups13: newChain[tlswire.Group](),
		schemes12: newChain[tlswire.SignatureScheme](), schemes13: newChain[tlswire.SignatureScheme]()}
	for _, p := range versions {
		v.tracks[p] = &track{version: p, suites: newChain[tlswire.Suite]()}
	}
	v.survey()
	for i := range replies {
		v.addAccepted(&replies[i])
	}
	for i := range replies {
		v.addRefused(&replies[i])
	}
	return v
}

// survey collects what the reading of single replies depends on.
func (v *view) survey() {
	for i := range v.replies {
		r := &v.replies[i]
		if r.kind == accepted && !r.guess {
			v.lastAccept = max(v.lastAccept, r.start)
			if r.offer.Has(evidence.UnknownFirst) || slices.Index(r.suites, r.suite) >= 64 {
				v.longLists = evidence.Yes
			}
		}
	}
}

func (v *view) addAccepted(r *reply) {
	t := v.tracks[r.offer.Version]
	t.asked++
	if r.kind == lost {
		if !r.finished {
			t.lost++
		}
		return
	}
	if !r.guess {
		t.lost = 0
	}
	if r.kind != accepted {
		return
	}
	if r.version != r.offer.Version { // the server speaks an older version, and would have taken the offered one
		t.decide(evidence.No, "the server answered with "+r.version.String())
	}
	v.accept(r)
}

// accept enters an accepted offer into the lists it says something about.
func (v *view) accept(r *reply) {
	t := v.tracks[r.version]
	t.decide(evidence.Yes, "")
	if r.v2 != nil {
		t.v2done = true
		for _, s := range r.v2.Ciphers {
			t.suites.add(trial[tlswire.Suite]{offered: []tlswire.Suite{s}, pick: s, ok: true, skewed: true})
		}
		return
	}
	t.suites.add(trial[tlswire.Suite]{offered: v.read(r.offer, r.suites), pick: r.suite, ok: true,
		guess: r.guess, skewed: skewed(r)})
	v.acceptGroup(r)
	v.acceptScheme(r)
	v.acceptNamedGroups(r)
}

// acceptNamedGroups takes in the list of groups that a TLS 1.3 server may send in its encrypted extensions
// (RFC 8446, Section 4.2.7): what it does not name there it does not accept.
func (v *view) acceptNamedGroups(r *reply) {
	list, ok := r.encryptedExtensions()
	if !ok {
		return
	}
	e, ok := tlswire.Find(list, tlswire.ExtensionSupportedGroups)
	groups, err := tlswire.ParseSupportedGroups(e.Data)
	if !ok || err != nil || !slices.Contains(groups, r.group) {
		return
	}
	for _, g := range groups {
		v.groups13.add(trial[tlswire.Group]{offered: []tlswire.Group{g}, pick: g, ok: true, skewed: true})
	}
	v.groups13.named = groups
	v.groups13.add(trial[tlswire.Group]{offered: difference(groups13, groups)})
}

// skewed reports whether other dimensions than the suites had a say in the choice.
func skewed(r *reply) bool {
	return len(r.offer.Groups) > 0 || len(r.offer.Schemes) > 0 || r.version != r.offer.Version || chachaFirst(r.suites)
}

// chachaFirst reports whether an offer of list would make a server that prioritises ChaCha20 do so.
func chachaFirst(list []tlswire.Suite) bool {
	return len(list) > 0 && isChaCha(list[0])
}

func isChaCha(s tlswire.Suite) bool {
	info, ok := s.Info()
	return ok && info.Cipher == "CHACHA20-POLY1305"
}

func (v *view) acceptGroup(r *reply) {
	c := v.groups12
	if r.version == tlswire.TLS13 {
		c = v.groups13
	}
	if r.group == 0 || !slices.Contains(offeredGroups(r.offer), r.group) {
		return
	}
	c.add(trial[tlswire.Group]{offered: offeredGroups(r.offer), pick: r.group, ok: true, guess: r.guess,
		skewed: len(r.offer.KeyShares) > 0})
}

func (v *view) acceptScheme(r *reply) {
	c := v.schemes12
	if r.version == tlswire.TLS13 {
		c = v.schemes13
	}
	if r.scheme == 0 || !slices.Contains(offeredSchemes(r.offer), r.scheme) {
		return
	}
	c.add(trial[tlswire.SignatureScheme]{offered: offeredSchemes(r.offer), pick: r.scheme, ok: true, guess: r.guess, skewed: true})
}

// addRefused enters a refusal where all dimensions but one were at full width, or known to be acceptable.
func (v *view) addRefused(r *reply) {
	t := v.tracks[r.offer.Version]
	if !v.refuses(r) || !plain(r.offer) {
		return
	}
	if r.alert != nil && r.alert.Description == tlswire.AlertProtocolVersion && len(t.suites.seen) == 0 {
		t.decide(evidence.No, "protocol_version alert")
	}
	switch {
	case len(r.offer.Groups) > 0 && len(r.offer.Schemes) > 0:
	case len(r.offer.Groups) > 0:
		v.refuseGroups(r)
	case len(r.offer.Schemes) > 0:
		v.refuseSchemes(r)
	default:
		t.suites.add(trial[tlswire.Suite]{offered: v.read(r.offer, r.suites)})
		t.settle()
	}
}

// refuses reports whether r is a refusal. A server that hangs up refuses only if it was well before and after.
func (v *view) refuses(r *reply) bool {
	return r.kind == refused || r.kind == closed && r.end <= v.lastAccept
}

func (v *view) refuseGroups(r *reply) {
	t, c := v.tracks[r.offer.Version], v.groups12
	if r.offer.Version == tlswire.TLS13 {
		c = v.groups13
	}
	if t.offersSeen(r.suites, usesGroup) {
		c.add(trial[tlswire.Group]{offered: r.offer.Groups})
	}
}

func (v *view) refuseSchemes(r *reply) {
	t, c := v.tracks[r.offer.Version], v.schemes12
	if r.offer.Version == tlswire.TLS13 {
		c = v.schemes13
	}
	if t.offersSeen(r.suites, usesSignature) {
		c.add(trial[tlswire.SignatureScheme]{offered: r.offer.Schemes})
	}
}

// read returns the suites of list that the server certainly read: all, unless it may stop after 64.
func (v *view) read(o evidence.Offer, list []tlswire.Suite) []tlswire.Suite {
	if v.longLists == evidence.Yes || o.Version == tlswire.SSLv2 {
		return list
	}
	return list[:min(len(list), 64)]
}

// offersSeen reports whether list holds nothing but suites that use accepts, one of them known to be accepted. In TLS 1.3
// all suites use both groups and signatures, so one is enough.
func (t *track) offersSeen(list []tlswire.Suite, use func(tlswire.SuiteInfo) bool) bool {
	found := false
	for _, s := range list {
		info, _ := s.Info()
		if t.version != tlswire.TLS13 && !use(info) {
			return false
		}
		found = found || t.suites.seen[s]
	}
	return found
}

func usesGroup(s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeECDHE }

func usesSignature(s tlswire.SuiteInfo) bool {
	return (s.KeyExchange == tlswire.KeyExchangeECDHE || s.KeyExchange == tlswire.KeyExchangeDHE) && !s.Anonymous &&
		(s.Auth == tlswire.AuthRSA || s.Auth == tlswire.AuthECDSA)
}

// decide records whether the version is spoken. A Yes is never taken back.
func (t *track) decide(a evidence.Answer, why string) {
	if t.spoken != evidence.Yes {
		t.spoken, t.why = a, why
	}
}

// settle concludes that a version is not spoken when none of its suites is accepted.
func (t *track) settle() {
	if t.spoken == evidence.Unsure && len(t.suites.open(templateSuites(t.version))) == 0 {
		t.decide(evidence.No, "all of its cipher suites were refused")
	}
}
