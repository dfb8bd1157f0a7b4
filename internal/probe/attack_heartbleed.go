package probe

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Heartbleed (CVE-2014-0160): a heartbeat request that claims a longer payload than it has (RFC 6520, Section 4) is answered
// from the server's memory. It is asked in two steps. The first claims no more than the request itself carries, padding
// included: whoever follows the RFC discards it, and whoever answers has revealed nothing. Only then the second claims one
// byte beyond.
const (
	withinRequest = "within" // the request's own padding
	beyondRequest = "beyond" // one byte more
)

const heartbeatPayload, heartbeatPadding = 5, 16

// heartbeat returns a request that claims its padding as payload, and extra bytes more.
func heartbeat(extra int) []byte {
	b := binary.BigEndian.AppendUint16([]byte{1}, uint16(heartbeatPayload+heartbeatPadding+extra))
	random := make([]byte, heartbeatPayload+heartbeatPadding)
	_, _ = rand.Read(random) // crypto/rand.Read never fails
	return append(b, random...)
}

// tryHeartbleed sends the request right behind the server's flight, and behind it a record that has no place in a handshake: the
// alert that this draws ends the wait, and what OpenSSL has to say to the request before that comes with it, for it keeps up to 4096
// bytes back until then.
func (c *connection) tryHeartbleed(context.Context) evidence.End {
	if end := c.flight(); end.Kind != evidence.EndDone {
		return end
	}
	extra := 0
	if c.offer.Vector == beyondRequest {
		extra = 1
	}
	request := heartbeat(extra)
	raw := tlswire.AppendRecords(nil, tlswire.ContentHeartbeat, c.version, request, tlswire.MaxPlaintext)
	raw = tlswire.AppendRecords(raw, tlswire.ContentApplicationData, c.version, []byte{0}, tlswire.MaxPlaintext)
	c.provoke(raw, func(r tlswire.Record, kept *evidence.Reacted) {
		claims := len(r.Payload) > 3 && r.Payload[0] == 2 && bytes.Equal(r.Payload[1:3], request[1:3])
		if claims && r.Type == tlswire.ContentHeartbeat && len(r.Payload) >= 3+len(request[3:])+extra {
			kept.Echo = common(r.Payload[3:], request[3:])
		}
	})
	return evidence.End{Kind: evidence.EndDone}
}

// common counts the bytes with which a and b both begin.
func common(a, b []byte) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// answersHeartbeat reads a reaction: a response has as much payload as was claimed, and begins with what the request carried.
func answersHeartbeat(r *evidence.Reaction) evidence.Answer {
	const whole = heartbeatPayload + heartbeatPadding
	switch {
	case slices.ContainsFunc(r.Records, func(x evidence.Reacted) bool {
		return x.Type == tlswire.ContentHeartbeat && x.Echo == whole && x.Length > whole
	}):
		return evidence.Yes
	case orderly(r):
		return evidence.No
	}
	return evidence.Unsure
}

// heartbeatIn returns the newest version up to TLS 1.2 in which the server was seen to offer heartbeats, 0 if there is none,
// and the observation.
func (v *view) heartbeatIn() (version tlswire.Version, id string) {
	for i := range v.replies {
		r := &v.replies[i]
		if _, ok := tlswire.Find(r.hello.Extensions, tlswire.ExtensionHeartbeat); ok && r.kind == accepted && !r.guess && old(r.version) && r.version > version {
			version, id = r.version, r.id
		}
	}
	return version, id
}

func nextHeartbleed(p *plan) (ask, bool) {
	v, _ := p.heartbeatIn()
	if !p.mayTry(evidence.Heartbleed, evidence.KeyHeartbleed, 8) {
		return ask{}, false
	}
	if v == 0 {
		return p.offeringHeartbeats()
	}
	suites := p.seenSuites(v, func(tlswire.SuiteInfo) bool { return true })
	yes, no := p.outcome(evidence.Heartbleed, withinRequest, answersHeartbeat)
	switch {
	case len(suites) == 0 || len(no) > 0 && len(yes) == 0:
		return ask{}, false
	case len(yes) == 0:
		return trying(evidence.Heartbleed, withinRequest, v, suites), true
	}
	yes, no = p.outcome(evidence.Heartbleed, beyondRequest, answersHeartbeat)
	return trying(evidence.Heartbleed, beyondRequest, v, suites), len(no) == 0 && len(yes) < 2
}

// offeringHeartbeats offers them in a version in which only hellos without were answered yet.
func (p *plan) offeringHeartbeats() (ask, bool) {
	for _, v := range p.spoken() {
		if !old(v) || v == tlswire.SSLv3 || slices.Contains(p.offeredIn(v), tlswire.ExtensionHeartbeat) {
			continue
		}
		if suites := p.seenSuites(v, func(tlswire.SuiteInfo) bool { return true }); len(suites) > 0 {
			return ask{question: string(evidence.Heartbleed), offer: evidence.Offer{Version: v, Suites: evidence.SuiteOffer{Only: suites}}}, true
		}
	}
	return ask{}, false
}

func deriveHeartbleed(d *deriver) {
	f := &d.facts.Heartbleed
	v, id := d.heartbeatIn()
	if v == 0 {
		*f = d.withoutHeartbeat()
		return
	}
	within, discards := d.outcome(evidence.Heartbleed, withinRequest, answersHeartbeat)
	leaks, keeps := d.outcome(evidence.Heartbleed, beyondRequest, answersHeartbeat)
	switch {
	case len(leaks) > 1: // once may be chance
		*f = known(evidence.Weakness{Found: true, Shown: []string{fmt.Sprintf(
			"answers a heartbeat of %d bytes that claims %d with all of them, in %v", heartbeatPayload+heartbeatPadding, heartbeatPayload+heartbeatPadding+1, v)}}, leaks...)
	case len(keeps) > 0:
		*f = known(evidence.Weakness{}, slices.Concat(within, keeps)...)
	case len(discards) > 0 && len(within) == 0:
		*f = known(evidence.Weakness{}, append([]string{id}, discards...)...)
	default:
		*f = d.untried(evidence.Heartbleed)
	}
}

// withoutHeartbeat is the answer where no version was seen to offer heartbeats: without them nothing can be asked for, if it
// is certain that there are none.
func (d *deriver) withoutHeartbeat() evidence.Fact[evidence.Weakness] {
	var from []string
	for _, v := range d.spoken() {
		if !old(v) || v == tlswire.SSLv3 { // which has no extensions
			continue
		}
		shown := d.last(func(r *reply) bool {
			return r.kind == accepted && r.version == v && r.v2 == nil && r.offered(tlswire.ExtensionHeartbeat)
		})
		if len(shown) == 0 {
			return unknown[evidence.Weakness](d)
		}
		from = append(from, shown...)
	}
	switch {
	case d.anyOpen(func(v tlswire.Version) bool { return old(v) && v > tlswire.SSLv3 }):
		return unknown[evidence.Weakness](d)
	case len(from) == 0 && len(d.spoken()) == 0:
		return unknown[evidence.Weakness](d)
	case len(from) == 0:
		return inapplicable[evidence.Weakness]("no version is spoken that has heartbeats")
	}
	return known(evidence.Weakness{}, from...)
}
