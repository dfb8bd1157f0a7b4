package probe

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// Trust judges a chain of DER certificates for a reference name (empty: none) at a time.
type Trust = func(chain [][]byte, name string, at time.Time) *evidence.TrustResult

// deriver holds what the derive functions share.
type deriver struct {
	*view
	ep       *evidence.Endpoint
	facts    *evidence.Facts
	implicit bool
	why      string   // what kept the scan from asking on
	whyFrom  []string // the observation that shows it, if one does
	trust    Trust
}

// Derive fills ep.Facts and the floor of ep.Cost from ep.Observations. It reads nothing else, so that stored evidence
// yields the same facts again; only trust, where given, brings something from outside: the roots.
func Derive(ep *evidence.Endpoint, trust Trust) {
	slices.SortStableFunc(ep.Observations, func(a, b evidence.Observation) int { return int(a.Start - b.Start) })
	var replies []reply
	for i := range ep.Observations {
		if slices.Contains(versions, ep.Observations[i].Offer.Version) { // stored evidence may come from a newer program
			r := readReply(&ep.Observations[i])
			r.finishedBy(ep.Blobs.Dialogues)
			replies = append(replies, r)
		}
	}
	ep.Facts = evidence.Facts{}
	ep.Facts.Revocation.Why, ep.Facts.Lint.Why = notAsked, notAsked // which the server does not tell
	for _, f := range ep.Facts.Weaknesses() {
		f.Why = notAsked
	}
	d := &deriver{view: newView(ep.Target, replies, false), ep: ep, facts: &ep.Facts, trust: trust, why: ep.Ended}
	if p, err := starttls.ParseProtocol(ep.Target.Protocol); err == nil {
		d.implicit = p.ImplicitTLS()
	}
	d.explain()
	for _, derive := range []func(*deriver){
		deriveReachable, deriveGreeting, deriveSTARTTLS, deriveCapabilities, deriveBeforeTLS, deriveVersions, deriveSuites, derivePreference,
		deriveSignatures, deriveGroups, deriveDH, deriveReuse, deriveCompression, deriveExtensions, deriveALPN,
		deriveCertificates, deriveTickets, deriveSentinel, deriveFallback, deriveIntolerances, deriveClock, deriveHeed, deriveFloor,
		deriveHeartbleed, deriveInjection, deriveStateKept, deriveForeign, deriveCCS, deriveROBOT,
		deriveWeakTickets, deriveTicketbleed, deriveNonces, derivePSK, deriveDROWN,
		derivePadding, deriveInsecureRenegotiation, deriveClientRenegotiation,
	} {
		derive(d)
	}
	d.withoutTLS()
}

// withoutTLS makes the facts about TLS inapplicable on a server that does not let anybody come that far, or that refuses
// every version and suite.
func (d *deriver) withoutTLS() {
	before := []*evidence.Key{evidence.KeyReachable, evidence.KeyGreeting, evidence.KeySTARTTLS, evidence.KeyCapabilities,
		evidence.KeyMailBeforeTLS, evidence.KeyAuthBeforeTLS}
	f := d.facts.STARTTLS
	heard := slices.ContainsFunc(d.replies, func(r reply) bool { return r.kind != lost })
	switch {
	case d.facts.Versions.State == evidence.Known && len(d.facts.Versions.Value) == 0:
		d.exclude("no version of TLS is accepted", append(before, evidence.KeyVersions, evidence.KeySuites)...)
	case f.State != evidence.Known || f.Value.Works || heard:
	case f.Value.Masked:
		d.exclude("STARTTLS is overwritten on the way", before...)
	case f.Value.Offered:
		d.exclude("STARTTLS does not work", before...)
	default:
		d.exclude("STARTTLS is not offered", before...)
	}
}

// exclude makes all facts but those of keys inapplicable.
func (d *deriver) exclude(why string, but ...*evidence.Key) {
	for _, k := range evidence.Keys() {
		if !slices.Contains(but, k) {
			k.Exclude(d.facts, why)
		}
	}
}

// explain finds what kept the scan from asking on: why it ended, or the latest connection that told nothing.
func (d *deriver) explain() {
	for i := len(d.ep.Observations) - 1; i >= 0; i-- {
		o := &d.ep.Observations[i]
		switch o.End.Kind {
		case evidence.EndDone, evidence.EndAlert, evidence.EndClosed, evidence.EndAside:
			continue
		}
		switch {
		case d.why == "":
			d.why, d.whyFrom = inWords(o.End), []string{o.ID}
		case o.End.Detail != "" && strings.Contains(d.why, o.End.Detail):
			d.whyFrom = []string{o.ID}
		}
		return
	}
	d.why = cmp.Or(d.why, notAsked)
}

// inWords tells how a connection ended, and why if that is known.
func inWords(e evidence.End) string {
	switch {
	case e.Detail != "":
		return endWords(e.Kind) + ": " + e.Detail
	case e.Alert != nil:
		return "the server breaks off with an alert: " + e.Alert.Description.String()
	}
	return endWords(e.Kind)
}

// notAsked is the reason where nothing went wrong: a quick or passive scan leaves questions out.
const notAsked = evidence.NotAsked

// unknown is a fact that was asked for in vain.
func unknown[T any](d *deriver) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Unknown, Why: d.why, From: d.whyFrom}
}

func inapplicable[T any](why string) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Inapplicable, Why: why}
}

func known[T any](value T, from ...string) evidence.Fact[T] {
	return evidence.Fact[T]{State: evidence.Known, Value: value, From: from}
}

// setFact makes a fact of a set: Known if nothing is open, Partial if something was decided, Unknown if nothing was.
func setFact[T any](d *deriver, value, open []T, decided bool, from ...string) evidence.Fact[[]T] {
	switch {
	case len(open) == 0:
		return evidence.Fact[[]T]{State: evidence.Known, Value: value, From: from}
	case !decided:
		return evidence.Fact[[]T]{State: evidence.Unknown, Open: open, Why: d.why, From: once(from, d.whyFrom)}
	}
	return evidence.Fact[[]T]{State: evidence.Partial, Value: value, Open: open, Why: d.why, From: from}
}

// spokenOld returns the versions up to TLS 1.2 known to be spoken.
func (d *deriver) spokenOld() []tlswire.Version {
	return slices.DeleteFunc(d.spoken(), func(v tlswire.Version) bool { return !old(v) })
}

// anyOpen reports whether some version that match accepts may still turn out to be spoken.
func (d *deriver) anyOpen(match func(tlswire.Version) bool) bool {
	for v, t := range d.tracks {
		if match(v) && t.spoken == evidence.Unsure {
			return true
		}
	}
	return false
}

// none reports whether it is decided that no version is spoken that match accepts, and says so.
func (d *deriver) none(match func(tlswire.Version) bool) bool {
	if d.anyOpen(match) {
		return false
	}
	return !slices.ContainsFunc(d.spoken(), match)
}
