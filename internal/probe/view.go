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
	spells     []spell         // times in which the server was not well
	alerts     bool            // the server refuses by alerts, in some connections at least
	lossy      bool            // the server hung up on an offer that got another answer elsewhere
	loses      bool            // connections get lost otherwise, too
	trusting   bool            // a server that hangs up is believed to refuse until it turns out to be unwell
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
	mixed   bool            // it hung up where finite-field Diffie-Hellman may have been to blame: offer it apart
}

// newView reads replies, in order of their start. Guesses stand for connections under way.
func newView(target evidence.Target, replies []reply, trusting bool) *view {
	v := &view{target: target, replies: replies, trusting: trusting, tracks: map[tlswire.Version]*track{},
		groups12: newChain[tlswire.Group](), groups13: newChain[tlswire.Group](),
		schemes12: newChain[tlswire.SignatureScheme](), schemes13: newChain[tlswire.SignatureScheme]()}
	for _, p := range versions {
		v.tracks[p] = &track{version: p, suites: newChain[tlswire.Suite]()}
	}
	v.survey()
	for i := range replies { // first, since what is known of groups and schemes tells how picks of suites are to be read
		v.addParts(&replies[i])
	}
	for i := range replies {
		v.addAccepted(&replies[i])
	}
	v.setChaChaApart()
	v.decideLongLists()
	for _, narrowed := range []bool{false, true} { // what a refusal of schemes means depends on the suites
		for i := range replies {
			if r := &replies[i]; len(r.offer.Schemes) > 0 == narrowed {
				v.addRefused(r)
				v.addPassed(r)
			}
		}
	}
	return v
}

// survey collects what the reading of single replies depends on.
func (v *view) survey() {
	v.lossy = v.losesConnections()
	accepts := []time.Duration{0}
	for i := range v.replies {
		r := &v.replies[i]
		if r.kind == accepted && !r.guess {
			v.lastAccept = max(v.lastAccept, r.start)
			accepts = append(accepts, r.start)
			if r.offer.Has(evidence.UnknownFirst) || slices.Index(r.suites, r.suite) >= 64 {
				v.longLists = evidence.Yes
			}
		}
		v.alerts = v.alerts || refusesByAlert(r)
		if questionOf(r.id) == controlQuestion && !r.guess && (r.kind == closed || r.kind == lost) {
			v.addSpell(r, accepts)
		}
	}
	v.loses = v.losesOthers()
}

// decideLongLists concludes that suites after the first 64 are not read when nothing but suites that are accepted stood there,
// and was refused.
func (v *view) decideLongLists() {
	if v.longLists == evidence.Unsure && v.count(func(r reply) bool {
		return questionOf(r.id) == "long-lists" && r.kind == refused && v.tracks[r.offer.Version].spoken == evidence.Yes
	}) > 0 {
		v.longLists = evidence.No
	}
}

func (v *view) addAccepted(r *reply) {
	t := v.tracks[r.offer.Version]
	t.asked++
	if r.kind == lost || r.kind == closed && !v.refuses(r) {
		if !r.finished && !r.later && r.offer.Attack == "" && plain(r.offer) { // a variant may be what it cannot read
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
	if t == nil {
		return
	}
	t.decide(evidence.Yes, "")
	if r.v2 != nil {
		t.v2done = true
		for _, s := range r.v2.Ciphers {
			t.suites.add(trial[tlswire.Suite]{offered: []tlswire.Suite{s}, pick: s, ok: true, skewed: true})
		}
		return
	}
	t.suites.add(trial[tlswire.Suite]{offered: compared(r, v.read(r.offer, r.suites)), pick: r.suite, ok: true,
		guess: r.guess, skewed: v.skewed(r)})
}

// addParts enters what an accepted offer says of groups and signature schemes.
func (v *view) addParts(r *reply) {
	if r.kind == accepted && v.tracks[r.version] != nil && r.v2 == nil {
		v.acceptGroup(r)
		v.acceptScheme(r)
		v.acceptNamedGroups(r)
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
