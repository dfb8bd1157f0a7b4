package probe

import (
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

func deriveReachable(d *deriver) {
	f := &d.facts.Reachable
	*f = unknown[bool](d)
	for i := range d.ep.Observations {
		o := &d.ep.Observations[i]
		if o.End.Kind == evidence.EndCancelled && o.Timing.Connect == 0 {
			continue
		}
		if o.End.Kind != evidence.EndUnreachable {
			*f = known(true, o.ID)
			return
		}
		f.Why, f.From = o.End.Detail, []string{o.ID}
		if strings.Contains(o.End.Detail, "refused") {
			*f = evidence.Fact[bool]{State: evidence.Known, Why: o.End.Detail, From: []string{o.ID}}
		}
	}
}

// dialogues calls yield with each dialogue before TLS, or inside it, until it returns false.
func (d *deriver) dialogues(inner bool, yield func(*evidence.Observation, *evidence.Dialogue) bool) {
	for i := range d.ep.Observations {
		o := &d.ep.Observations[i]
		if o.Offer.Attack == evidence.STARTTLSInjection || o.Offer.Attack == evidence.StateKept { // which is no ordinary dialogue
			continue
		}
		key := o.Dialogue
		if inner {
			key = o.Inner
		}
		if x := d.ep.Blobs.Dialogues[key]; x != nil && !yield(o, x) {
			return
		}
	}
}

func deriveGreeting(d *deriver) {
	d.facts.Greeting = unknown[string](d)
	d.dialogues(d.implicit, func(o *evidence.Observation, x *evidence.Dialogue) bool {
		if x.Greeting == "" {
			return true
		}
		d.facts.Greeting = known(x.Greeting, o.ID)
		return false
	})
}

func deriveSTARTTLS(d *deriver) {
	if d.implicit {
		d.facts.STARTTLS = inapplicable[evidence.STARTTLS]("TLS from the first byte")
		return
	}
	d.facts.STARTTLS = unknown[evidence.STARTTLS](d)
	d.dialogues(false, func(o *evidence.Observation, x *evidence.Dialogue) bool {
		switch starttls.Outcome(x.Outcome) {
		case starttls.Ready:
			d.facts.STARTTLS = d.upgraded(o.ID)
			return false
		case starttls.NotOffered:
			d.facts.STARTTLS = known(evidence.STARTTLS{}, o.ID)
		case starttls.Masked:
			d.facts.STARTTLS = known(evidence.STARTTLS{Masked: true}, o.ID)
		case starttls.Refused:
			d.facts.STARTTLS = known(evidence.STARTTLS{Offered: true}, o.ID)
		default:
			if brokenSTARTTLS(x) {
				d.facts.STARTTLS = known(evidence.STARTTLS{Offered: true}, o.ID)
			} else if x.Capabilities.STARTTLS && !d.facts.STARTTLS.Seen() {
				d.facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Partial, Value: evidence.STARTTLS{Offered: true},
					Open: evidence.STARTTLS{Works: true}, Why: d.why, From: []string{o.ID}}
			}
		}
		return true
	})
}

// brokenSTARTTLS reports whether STARTTLS itself was answered with 454, "TLS not available due to temporary reason"
// (RFC 3207, Section 4), which a wrong configuration causes more often than a busy server.
func brokenSTARTTLS(x *evidence.Dialogue) bool {
	return starttls.Outcome(x.Outcome) == starttls.TemporarilyRefused && starttls.Step(x.Step) == starttls.StepSTARTTLS &&
		strings.HasPrefix(x.Reply, "454")
}

// upgraded tells what came after a go-ahead: TLS that a version and suite were agreed in, something else, or nothing in time.
func (d *deriver) upgraded(id string) evidence.Fact[evidence.STARTTLS] {
	f := known(evidence.STARTTLS{Offered: true}, id)
	failed, silent := false, false
	for i := range d.replies {
		switch r := &d.replies[i]; {
		case r.kind == accepted:
			f.Value.Works = true
		case r.kind == refused, r.kind == closed, d.notTLS(r.id):
			failed = true
		default:
			silent = true
		}
	}
	if !f.Value.Works && (silent || !failed) {
		f.State, f.Open.Works, f.Why = evidence.Partial, true, d.why
	}
	return f
}

func (d *deriver) notTLS(id string) bool {
	for i := range d.ep.Observations {
		if o := &d.ep.Observations[i]; o.ID == id {
			return o.End.Kind == evidence.EndNotTLS || o.End.Kind == evidence.EndMalformed
		}
	}
	return false
}

func deriveCapabilities(d *deriver) {
	d.facts.Capabilities = d.listed(false)
	d.facts.CapabilitiesTLS = d.listed(true)
	if d.implicit {
		d.facts.Capabilities = inapplicable[evidence.Capabilities]("TLS from the first byte")
	}
	if d.facts.CapabilitiesTLS.State == evidence.Unknown {
		if d.unfinishable() {
			d.facts.CapabilitiesTLS.Why = "no suite is accepted with which this program can finish a handshake"
		}
		for i := range d.ep.Observations {
			if o := &d.ep.Observations[i]; o.Offer.Has(evidence.Finished) && o.End.Detail != "" {
				d.facts.CapabilitiesTLS.Why, d.facts.CapabilitiesTLS.From = o.End.Detail, []string{o.ID}
			}
		}
	}
}

func (d *deriver) listed(inner bool) evidence.Fact[evidence.Capabilities] {
	f := unknown[evidence.Capabilities](d)
	d.dialogues(inner, func(o *evidence.Observation, x *evidence.Dialogue) bool {
		if !x.Capabilities.Listed {
			return true
		}
		f = known(x.Capabilities, o.ID)
		return false
	})
	return f
}
