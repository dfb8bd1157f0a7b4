package probe

import (
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// flight is a connection under way.
type flight struct {
	question string
	offer    evidence.Offer
	guess    bool // a reply is expected and stands among the view's replies
	asking   starttls.Asking
}

// ask is the next connection to make.
type ask struct {
	question string // the name under which its observation is filed
	offer    evidence.Offer
	guess    *reply // what it will most likely show; nil if there is no telling
}

// plan is what the next question is chosen from.
type plan struct {
	*view
	flights []flight
	goal    goal
	named   bool                    // the server has a name to send
	hits    map[tlswire.Version]int // right guesses in a row
	counts  map[string]int          // connections made or under way, by question
	halves  *families
	shut    map[tlswire.Version]bool
	yes     []bool // predicates that were seen to hold
	mute    bool   // the server says nothing inside TLS
	silent  bool   // nor to what it was asked before TLS
	hides   bool   // refusals of signature schemes may be about the certificate's own
	clear   bool   // what the server takes before TLS is still to be asked
}

// goal is what the scan wants to know.
type goal struct {
	versions, suites, details, finished, passive bool

	// With suites unset, predicates to decide: whether a suite, a curve of TLS 1.2 and older, a group of TLS 1.3, or a
	// signature scheme is accepted that they match.
	any                []func(tlswire.Version, tlswire.SuiteInfo) bool
	reuse              []func(tlswire.Version, tlswire.SuiteInfo) bool // those whose ephemeral keys are compared
	groups12, groups13 []func(tlswire.Group) bool
	schemes            []func(tlswire.Version, tlswire.SignatureScheme) bool
	keys               map[*evidence.Key]bool // with details unset: facts that are needed

	without []*evidence.Key // facts that nobody reads
}

// asks reports whether the fact of a key is needed.
func (g *goal) asks(k *evidence.Key) bool {
	return (g.details || g.keys[k]) && !slices.Contains(g.without, k)
}

// question is one entry of the probe table. next returns the connection to make now, if there is one.
type question struct {
	name    string
	next    func(*plan) (ask, bool)
	repeats bool // makes an offer again on purpose
}

// questions is the probe table, in the order in which the answers are needed. What an earlier question can learn on the
// side, a later one does not ask.
var questions = []question{
	{"suites", nextSuites, false},
	{"long-lists", nextLongLists, true},
	{"groups-tls13", nextGroups13, false},
	{"groups-tls12", nextGroups12, false},
	{"signatures-tls13", nextSchemes13, false},
	{"signatures-tls12", nextSchemes12, false},
	{"signatures", nextQuickSchemes, false},
	{"groups", nextQuickGroups, false},
	{"flight", nextQuickFlight, false},
	{"order", nextOrder, false},
	{"group-order", nextGroupOrder, false},
	{"chacha", nextChaCha, false},
	{"finished", nextFinished, true},
	{"fallback-scsv", nextFallback, false},
	{"named", nextNamed, false},
	{"no-sni", nextWithoutSNI, true},
	{"tolerance", nextTogether, true},
	{"alpn", nextALPN, true},
	{"tolerance", nextTolerance, true},
	{"key-reuse", nextReuse, true},
	{string(evidence.Heartbleed), nextHeartbleed, true},
	{string(evidence.SpecialDROWN), nextDROWN, true},
	{string(evidence.ForeignProtocol), nextForeign, true},
	{string(evidence.STARTTLSInjection), nextInjection, true},
	{string(evidence.StateKept), nextStateKept, true},
	{string(evidence.CCSInjection), nextCCS, true},
	{string(evidence.WeakTickets), nextTickets, true},
	{string(evidence.Ticketbleed), nextTicketbleed, true},
	{string(evidence.PSKWithoutDHE), nextPSK, true},
	{string(evidence.PaddingOracle), nextPadding, true},
	{string(evidence.InsecureRenegotiation), nextInsecureRenegotiation, true},
	{string(evidence.ClientRenegotiation), nextClientRenegotiation, true},
	{string(evidence.ROBOT), nextROBOT, true},
	{"before-tls", nextBeforeTLS, true},
	{"confirm", nextConfirm, true},
	{controlQuestion, nextControl, true},
}

// next returns the connection to make now. It returns false when nothing is left to ask, or when all that is left waits
// for connections under way.
func (p *plan) next() (ask, bool) {
	for _, q := range questions {
		a, ok := q.next(p)
		if !ok || !q.repeats && p.answered(a.offer) {
			continue
		}
		if a.question == "" {
			a.question = q.name
		}
		return a, true
	}
	return ask{}, false
}

// answered reports whether the very same offer was made before, and the reply said something.
func (p *plan) answered(o evidence.Offer) bool {
	asked := reply{offer: o, suites: offeredSuites(o)}
	return slices.ContainsFunc(p.replies, func(r reply) bool {
		return !r.guess && (r.kind == accepted || p.refuses(&r)) && r.same(&asked) &&
			slices.Equal(r.offer.Variants, o.Variants) && slices.Equal(r.offer.KeyShares, o.KeyShares)
	})
}

// flying counts the connections under way that match.
func (p *plan) flying(match func(flight) bool) int {
	n := 0
	for _, f := range p.flights {
		if match(f) {
			n++
		}
	}
	return n
}

// busy reports whether a connection for version v is under way whose reply is not foreseen.
func (p *plan) busy(v tlswire.Version) bool {
	return p.flying(func(f flight) bool { return f.offer.Version == v && !f.guess }) > 0
}

// asking reports whether a connection of this question is under way.
func (p *plan) asking(question string) bool {
	return p.flying(func(f flight) bool { return f.question == question }) > 0
}

// exhausted reports whether a question was asked so often that asking again is no use.
func (p *plan) exhausted(question string, tries int) bool { return p.counts[question] >= tries }

// settled reports whether the suites of all versions that could carry a rider are read.
func (p *plan) settled(carries func(tlswire.Version) bool) bool {
	for _, v := range versions {
		if carries(v) && !p.done(p.tracks[v]) {
			return false
		}
	}
	return true
}

// done reports whether nothing is left to ask about the suites of t, with no connection under way.
func (p *plan) done(t *track) bool {
	if p.flying(func(f flight) bool { return f.offer.Version == t.version && f.question == suitesQuestion(t.version) }) > 0 {
		return false
	}
	return t.spoken == evidence.No || t.lost >= maxLost || t.spoken == evidence.Yes && len(p.wanted(t)) == 0
}

// maxLost is how many replies in a row may say nothing before a version is given up.
const maxLost = 3

// wanted returns the suites of t that are still to be decided for the goal.
func (p *plan) wanted(t *track) []tlswire.Suite {
	if t.v2done {
		return nil
	}
	open := t.suites.open(templateSuites(t.version))
	if !p.goal.suites {
		open = slices.DeleteFunc(open, func(s tlswire.Suite) bool { return !p.matters(t.version, s) })
	}
	return t.together(open)
}

// offerable returns the undecided suites that may be offered together.
func (t *track) offerable() []tlswire.Suite {
	return t.together(t.suites.open(templateSuites(t.version)))
}

// together leaves finite-field suites out of list where they have to be offered apart, as long as there are others.
func (t *track) together(list []tlswire.Suite) []tlswire.Suite {
	if apart := slices.DeleteFunc(slices.Clone(list), isFiniteField); t.mixed && len(apart) > 0 {
		return apart
	}
	return list
}

// matters reports whether learning about s would decide a predicate that is still open.
func (p *plan) matters(v tlswire.Version, s tlswire.Suite) bool {
	info, _ := s.Info()
	for i, match := range p.goal.any {
		if match(v, info) && !p.predicateSeen(i) {
			return true
		}
	}
	return false
}

// predicateSeen reports whether a suite was seen that the i-th predicate matches. It is worked out once.
func (p *plan) predicateSeen(i int) bool {
	if p.yes == nil {
		p.yes = make([]bool, len(p.goal.any))
		for v, t := range p.tracks {
			for s := range t.suites.seen {
				info, _ := s.Info()
				for k, match := range p.goal.any {
					p.yes[k] = p.yes[k] || match(v, info)
				}
			}
		}
	}
	return p.yes[i]
}

// old reports whether v is TLS 1.2 or older, with ServerKeyExchange.
func old(v tlswire.Version) bool { return v >= tlswire.SSLv3 && v <= tlswire.TLS12 }

func is13(v tlswire.Version) bool { return v == tlswire.TLS13 }

// spoken returns the versions known to be spoken, newest first.
func (v *view) spoken() []tlswire.Version {
	var list []tlswire.Version
	for p, t := range v.tracks {
		if t.spoken == evidence.Yes {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

// seenSuites returns the suites seen in version v that use accepts, in the order found.
func (v *view) seenSuites(p tlswire.Version, use func(tlswire.SuiteInfo) bool) []tlswire.Suite {
	var list []tlswire.Suite
	for _, s := range v.tracks[p].suites.accepted {
		info, _ := s.Info()
		if v.tracks[p].suites.seen[s] && use(info) {
			list = append(list, s)
		}
	}
	return list
}
