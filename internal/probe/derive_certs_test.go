package probe

import (
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// chosen is the observation of a server that takes the first of its suites that is offered, and then sends more.
func chosen(id string, suite tlswire.Suite, end evidence.End, more ...evidence.Message) evidence.Observation {
	hello := must(tlswire.ServerHello{Version: tlswire.TLS12, Suite: suite, Extensions: []tlswire.Extension{}}.Marshal())
	return evidence.Observation{ID: id, Offer: evidence.Offer{Version: tlswire.TLS12,
		Variants: []evidence.Variant{evidence.UnknownFirst}}, End: end,
		Messages: append([]evidence.Message{{Type: tlswire.TypeServerHello, Body: hello}}, more...)}
}

// refusing are the observations of a server that refuses all that it did not choose in seen.
func refusing(seen ...evidence.Observation) []evidence.Observation {
	var chosen []tlswire.Suite
	for i := range seen {
		chosen = append(chosen, readReply(&seen[i]).suite)
	}
	list := seen
	no := evidence.End{Kind: evidence.EndAlert, Alert: &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertHandshakeFailure}}
	for _, v := range versions {
		o := evidence.Offer{Version: v}
		if v == tlswire.TLS12 {
			o.Suites.Without = chosen
		}
		list = append(list, evidence.Observation{ID: suitesQuestion(v) + "/9", Offer: o, End: no})
	}
	for i := range list {
		list[i].Start, list[i].Timing = time.Duration(i)*time.Second, evidence.Timing{Connect: 1, End: time.Second}
	}
	return list
}

// TestCertificatesNotSeen tells a server without certificates from one whose certificates could not be read.
func TestCertificatesNotSeen(t *testing.T) {
	const ecdheRSA, ecdheECDSA, anon = 0xC02F, 0xC02B, 0x0018
	done := evidence.End{Kind: evidence.EndDone}
	tooBig := evidence.End{Kind: evidence.EndMalformed, Detail: "certificate of 346530 bytes: larger than allowed"}
	chain := evidence.Message{Type: tlswire.TypeCertificate, Certificates: []string{"leaf"}, Length: 900}
	empty := evidence.Message{Type: tlswire.TypeCertificate, Length: 3}
	for name, tt := range map[string]struct {
		seen   []evidence.Observation
		state  evidence.State
		why    string
		chains int
	}{
		"shown":          {[]evidence.Observation{chosen("s/1", ecdheRSA, done, chain)}, evidence.Known, "", 1},
		"anonymous":      {[]evidence.Observation{chosen("s/1", anon, done)}, evidence.Inapplicable, "no suite that is accepted comes with a certificate", 0},
		"too big":        {[]evidence.Observation{chosen("s/1", ecdheRSA, tooBig)}, evidence.Unknown, tooBig.Detail, 0},
		"never sent":     {[]evidence.Observation{chosen("s/1", ecdheRSA, done)}, evidence.Unknown, "no certificate came behind the server's hello", 0},
		"empty":          {[]evidence.Observation{chosen("s/1", ecdheRSA, done, empty)}, evidence.Known, "", 1},
		"garbage":        {[]evidence.Observation{chosen("s/1", ecdheRSA, tooBig, empty)}, evidence.Unknown, tooBig.Detail, 0},
		"one of two":     {[]evidence.Observation{chosen("s/1", ecdheECDSA, done, chain), chosen("s/2", ecdheRSA, tooBig)}, evidence.Partial, tooBig.Detail, 1},
		"second attempt": {[]evidence.Observation{chosen("s/1", ecdheRSA, tooBig), chosen("s/2", ecdheRSA, done, chain)}, evidence.Known, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}, Observations: refusing(tt.seen...)}
			Derive(ep, nil)
			f := ep.Facts.Certificates
			if f.State != tt.state || !strings.Contains(f.Why, tt.why) || len(f.Value) != tt.chains {
				t.Errorf("%v, %d chains, because %q; want %v, %d, %q", f.State, len(f.Value), f.Why, tt.state, tt.chains, tt.why)
			}
			if f.State != evidence.Inapplicable && len(f.From) == 0 {
				t.Error("no observation shows it")
			}
		})
	}
}

// TestNothingAccepted wants no fact about TLS open, and none decided but that all was refused, where every version was.
func TestNothingAccepted(t *testing.T) {
	ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}}
	ep.Observations = refusing()
	for i := range ep.Observations {
		ep.Observations[i].End.Alert = &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertProtocolVersion}
	}
	Derive(ep, nil)
	for _, k := range evidence.Keys() {
		state, why := k.Condition(&ep.Facts)
		switch k {
		case evidence.KeyReachable, evidence.KeyVersions, evidence.KeySuites:
			if state != evidence.Known {
				t.Errorf("%s is %v", k.Name, state)
			}
		case evidence.KeyGreeting, evidence.KeySTARTTLS, evidence.KeyCapabilities, evidence.KeyMailBeforeTLS, evidence.KeyAuthBeforeTLS:
		default:
			if state != evidence.Inapplicable || why != "no version of TLS is accepted" {
				t.Errorf("%s is %v: %s", k.Name, state, why)
			}
		}
	}
}

// TestSignatureNeverSeen does not know of a server that signs nothing where it breaks off before it would.
func TestSignatureNeverSeen(t *testing.T) {
	reset := evidence.End{Kind: evidence.EndReset}
	narrow := chosen("signatures-tls12/1", 0xC02F, reset)
	narrow.Offer = evidence.Offer{Version: tlswire.TLS12, Suites: evidence.SuiteOffer{Only: []tlswire.Suite{0xC02F}}, Schemes: schemes12}
	ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}}
	ep.Observations = refusing(chosen("s/1", 0xC02F, reset), narrow)
	Derive(ep, nil)
	if f := ep.Facts.Signatures; f.State != evidence.Unknown || f.Why == "" || len(f.From) == 0 {
		t.Errorf("%+v", f)
	}
}

// TestNothingSigned knows no signatures of a server that signs none: the question has no meaning for it.
func TestNothingSigned(t *testing.T) {
	ep := &evidence.Endpoint{Target: evidence.Target{Protocol: "imaps"}}
	ep.Observations = refusing(chosen("s/1", 0x0018, evidence.End{Kind: evidence.EndDone}))
	Derive(ep, nil)
	if f := ep.Facts.Signatures; f.State != evidence.Inapplicable || f.Why != "no suite that is accepted needs a signature" {
		t.Errorf("%+v", f)
	}
}
