package probe

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// kind is what a reply means for the questions its offer asked.
type kind uint8

const (
	lost     kind = iota // says nothing: timeout, throttle, no connection, no TLS
	closed               // the server hung up after the hello, which some servers do to refuse
	refused              // a fatal alert
	accepted             // a hello of the server
)

// reply is one observation, read.
type reply struct {
	offer  evidence.Offer
	suites []tlswire.Suite // offered, in order
	id     string
	kind   kind
	guess  bool // not seen yet: what a connection under way is expected to show

	start, end time.Duration // since the scan began

	hello    tlswire.ServerHello
	version  tlswire.Version
	suite    tlswire.Suite
	group    tlswire.Group // 0: none seen
	scheme   tlswire.SignatureScheme
	exchange *tlswire.ServerKeyExchange
	v2       *tlswire.ServerHelloV2
	chain    []string
	shown    bool // its certificates were read, be it an empty list
	alert    *tlswire.Alert
	messages []evidence.Message
	finished bool   // the handshake was finished
	inner    string // the dialogue inside, if it was: key of Blobs.Dialogues
	cut      bool   // the server ended the connection before we did
	reset    bool   // it did so by a reset, as a broken line does
	reaction *evidence.Reaction
	later    bool // the server asked to come later, or was never made the offer: says nothing about the offer, not even that it says nothing
}

// readReply reads an observation. It never fails: what it cannot read counts as lost.
func readReply(o *evidence.Observation) reply {
	r := reply{offer: o.Offer, suites: offeredSuites(o.Offer), id: o.ID, start: o.Start, end: o.Start + o.Timing.End, alert: o.End.Alert, messages: o.Messages,
		reaction: o.Reaction}
	r.kind, r.inner = kindOf(o.End, o.Offer), o.Inner
	r.finished = o.Inner != "" || o.Offer.Vector == handshakeAlone && o.Reaction != nil // which it has if it was finished
	for _, m := range o.Messages {
		r.read(m)
	}
	r.shown = len(r.chain) > 0 || o.End.Kind != evidence.EndMalformed && slices.ContainsFunc(o.Messages, isCertificate)
	if asksForeign(o.Offer, foreignName) { // which certificate it has for a name of ours is no matter
		r.chain, r.shown = nil, false
	}
	r.later = o.End.Kind == evidence.EndThrottled || o.End.Kind == evidence.EndAside
	r.reset = o.End.Kind == evidence.EndReset
	r.cut = o.End.Kind == evidence.EndAlert || o.End.Kind == evidence.EndClosed || o.End.Kind == evidence.EndReset
	if r.kind == accepted && !r.honest() {
		r.kind = lost
	}
	return r
}

// finishedBy takes back that a handshake of TLS 1.3 was finished if nothing came behind our Finished: the server says no more to it
// than what it says inside, and the connection may have ended before it got there.
func (r *reply) finishedBy(dialogues map[string]*evidence.Dialogue) {
	d := dialogues[r.inner]
	heard := d == nil || d.Outcome == string(starttls.Ready) || d.Greeting != "" ||
		slices.ContainsFunc(d.Lines, func(l evidence.Line) bool { return l.From == "server" })
	r.finished = r.finished && (heard || !is13(r.version) || len(r.tickets()) > 0)
}

func isCertificate(m evidence.Message) bool { return m.Type == tlswire.TypeCertificate }

// kindOf tells what an end means where no hello of the server came before it.
func kindOf(e evidence.End, o evidence.Offer) kind {
	switch e.Kind {
	case evidence.EndAlert:
		if e.Alert != nil && refuses(e.Alert.Description, o) {
			return refused
		}
		return closed
	case evidence.EndErrorV2:
		if e.ErrorV2 == tlswire.ErrorV2NoCipher { // we offer all that SSLv2 has
			return refused
		}
		return closed
	case evidence.EndClosed, evidence.EndReset:
		return closed
	}
	return lost
}

// refuses reports whether an alert is about what the hello offered. Any other, such as internal_error, may come from a
// server that is broken: like a hang-up, it is a refusal only if the server was well before and after.
func refuses(d tlswire.AlertDescription, o evidence.Offer) bool {
	switch d {
	case tlswire.AlertHandshakeFailure, tlswire.AlertProtocolVersion, tlswire.AlertInsufficientSecurity, tlswire.AlertIllegalParameter:
		return true
	case tlswire.AlertInappropriateFallback:
		return o.Has(evidence.FallbackSCSV)
	}
	return false
}

func (r *reply) read(m evidence.Message) {
	if r.offer.Version == tlswire.SSLv2 {
		r.readV2(m)
		return
	}
	switch m.Type {
	case tlswire.TypeServerHello:
		r.readHello(m.Body)
	case tlswire.TypeCertificate:
		r.chain = m.Certificates
	case tlswire.TypeServerKeyExchange:
		r.readExchange(m.Body)
	case tlswire.TypeCertificateVerify:
		if v, err := tlswire.ParseCertificateVerify(m.Body, r.version); err == nil {
			r.scheme = v.Scheme
		}
	}
}

func (r *reply) readHello(body []byte) {
	h, err := tlswire.ParseServerHello(body)
	if err != nil || r.kind == accepted && !r.hello.IsHelloRetryRequest() { // only the first hello counts
		return
	}
	r.hello, r.kind = h, accepted
	r.version, r.suite = h.NegotiatedVersion(), h.Suite
	if g, ok := h.Group(); ok {
		r.group = g
	}
}

func (r *reply) readExchange(body []byte) {
	info, ok := r.suite.Info()
	if !ok {
		return
	}
	k, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, info.Anonymous, r.version)
	if err != nil {
		return
	}
	r.exchange, r.scheme = &k, k.Scheme
	if k.EC != nil {
		r.group = k.EC.Group
	}
}

func (r *reply) readV2(m evidence.Message) {
	h, err := tlswire.ParseServerHelloV2(m.Body)
	if err != nil {
		return
	}
	r.v2, r.kind, r.version, r.chain = &h, accepted, tlswire.SSLv2, m.Certificates
}

// honest reports whether the server chose among what was offered; a choice of anything else shows nothing.
func (r *reply) honest() bool {
	switch {
	case r.v2 != nil:
		return true
	case r.version > r.offer.Version || r.version < tlswire.SSLv3 || !slices.Contains(versions, r.version):
		return false
	case !slices.Contains(compressionMethods(r.offer.Version), r.hello.Compression):
		return false
	case r.version == tlswire.TLS13 && r.group != 0 && !slices.Contains(offeredGroups(r.offer), r.group):
		return false
	}
	return slices.Contains(r.suites, r.suite)
}

// plain reports whether the offer is free of variants that could make a server refuse it.
func plain(o evidence.Offer) bool {
	for _, v := range o.Variants {
		switch v {
		case evidence.Finished, evidence.ServerFlight, evidence.Minimal:
		default:
			return false
		}
	}
	return true
}
