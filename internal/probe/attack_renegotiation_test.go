package probe

import (
	"errors"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// TestRefusalOfRenegotiation takes no warning for the end of a connection, and no connection that ends behind the server's own flight
// for a refusal.
func TestRefusalOfRenegotiation(t *testing.T) {
	warning := &tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertUnrecognizedName}
	fatal := &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertHandshakeFailure}
	flight := []tlspeer.Message{{Handshake: tlswire.Handshake{Type: tlswire.TypeServerHello, Body: make([]byte, 40)}}}
	request := []tlspeer.Message{{Handshake: tlswire.Handshake{Type: tlswire.TypeHelloRequest}}}
	for _, c := range []struct {
		name string
		seen legacy.Seen
		end  tlspeer.End
		kind evidence.EndKind
		want evidence.Answer
	}{
		{"alert", legacy.Seen{Alert: fatal}, tlspeer.EndAlert, evidence.EndAlert, evidence.No},
		{"FIN", legacy.Seen{}, tlspeer.EndClosed, evidence.EndClosed, evidence.No},
		{"FIN behind a HelloRequest", legacy.Seen{Messages: request}, tlspeer.EndClosed, evidence.EndClosed, evidence.No},
		{"reset", legacy.Seen{}, tlspeer.EndReset, evidence.EndReset, evidence.Unsure},
		{"warning, reset", legacy.Seen{Alert: warning}, tlspeer.EndReset, evidence.EndReset, evidence.Unsure},
		{"warning, flight, reset", legacy.Seen{Alert: warning, Messages: flight}, tlspeer.EndReset, evidence.EndReset, evidence.Unsure},
		{"warning, flight, silence", legacy.Seen{Alert: warning, Messages: flight}, tlspeer.EndTimeout, evidence.EndTimeout, evidence.Unsure},
		{"flight, FIN", legacy.Seen{Messages: flight}, tlspeer.EndClosed, evidence.EndClosed, evidence.Unsure},
		{"flight, alert", legacy.Seen{Alert: fatal, Messages: flight}, tlspeer.EndAlert, evidence.EndAlert, evidence.Unsure},
		{"flight beyond us", legacy.Seen{Messages: flight}, tlspeer.EndUnsupported, evidence.EndDone, evidence.Unsure},
	} {
		conn := &connection{Session: newSession(modelTarget, Config{}, starttls.SMTP)}
		r := &evidence.Reaction{}
		r.End = conn.refusal(&legacy.Session{}, r, &c.seen, &legacy.Error{End: c.end, Err: errors.New("ended")})
		if got := renegotiates(r); r.End != c.kind || got != c.want {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, r.End, got, c.kind, c.want)
		}
		if c.seen.Alert != nil && r.Records[len(r.Records)-1].Alert != c.seen.Alert {
			t.Errorf("%s: the alert was not kept", c.name)
		}
	}
}

// TestRenegotiatedByResets counts resets and silence only where the server had not gone along.
func TestRenegotiatedByResets(t *testing.T) {
	handshake := []evidence.Reacted{{Type: tlswire.ContentHandshake, Length: 44}}
	reset, late := evidence.Reaction{End: evidence.EndReset}, evidence.Reaction{End: evidence.EndTimeout}
	for name, c := range map[string]struct {
		list []evidence.Reaction
		no   bool
	}{
		"resets":           {[]evidence.Reaction{reset, reset}, true},
		"silence":          {[]evidence.Reaction{late, late}, true},
		"one of each":      {[]evidence.Reaction{reset, late}, false},
		"behind a flight":  {[]evidence.Reaction{{End: evidence.EndReset, Records: handshake}, {End: evidence.EndReset, Records: handshake}}, false},
		"silent behind it": {[]evidence.Reaction{{End: evidence.EndTimeout, Records: handshake}, {End: evidence.EndTimeout, Records: handshake}}, false},
		"behind one":       {[]evidence.Reaction{{End: evidence.EndReset, Times: 1}, {End: evidence.EndReset, Times: 1}}, false},
	} {
		list := line(50, 0)
		for i := range c.list {
			list = append(list, reply{id: name, kind: accepted, reaction: &c.list[i], offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.ClientRenegotiation}})
		}
		yes, no := newView(modelTarget, list, false).renegotiated(evidence.ClientRenegotiation)
		if len(yes) > 0 || (len(no) > 0) != c.no {
			t.Errorf("%s: yes %v, no %v", name, yes, no)
		}
	}
}

// TestTimesWords says how it ended, by an alert only if that was the end.
func TestTimesWords(t *testing.T) {
	alert := evidence.Reacted{Type: tlswire.ContentAlert, Alert: &tlswire.Alert{Level: tlswire.AlertLevelWarning, Description: tlswire.AlertNoRenegotiation}}
	handshake := evidence.Reacted{Type: tlswire.ContentHandshake, Length: 44}
	for want, r := range map[string]evidence.Reaction{
		"3 times, then no_renegotiation":              {Times: 3, End: evidence.EndDone, Records: []evidence.Reacted{alert}},
		"once, then no more":                          {Times: 1, End: evidence.EndDone},
		"once, then the server hangs up":              {Times: 1, End: evidence.EndClosed, Records: []evidence.Reacted{handshake}},
		"once, then the server resets the connection": {Times: 1, End: evidence.EndReset, Records: []evidence.Reacted{alert}},
	} {
		if got := timesWords(&r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
