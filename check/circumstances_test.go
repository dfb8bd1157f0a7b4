package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// A circumstance is what a check needs to have something to judge, beside a healthy server for SMTP.
type circumstance struct {
	protocol            string // and its usual port
	port                int
	wellPeers, illPeers []*evidence.Endpoint
	others              []*evidence.Endpoint
	change              func(*evidence.Endpoint)
}

// circumstances are those of the checks that ask for more than a port for SMTP.
var circumstances = map[string]circumstance{
	"imap-compress":        {protocol: "imap", port: 143},
	"cert-single-type":     {change: ecdsaBeside},
	"cert-reused-key":      {others: otherHost(withTLS)},
	"implicit-tls-missing": {protocol: "submission", port: 587, wellPeers: peers(withTLS), illPeers: peers(closedPort)},
	"cleartext-port-open":  {protocol: "submission", port: 587, wellPeers: peers(closedPort), illPeers: peers(withTLS)},
	"opossum":              {protocol: "submission", port: 587, wellPeers: peers(withTLS), illPeers: peers(careless)},
	"port-inconsistency":   {protocol: "submission", port: 587, wellPeers: peers(withTLS), illPeers: peers(withTLS)},
}

// visited returns a healthy server that the check with that id is about.
func visited(t testing.TB, id string) *evidence.Endpoint {
	e := healthy(t)
	c := circumstances[id]
	if c.protocol != "" {
		e.Target.Protocol, e.Target.Port = c.protocol, c.port
	}
	if c.change != nil {
		c.change(e)
	}
	return e
}

// well returns the subject that a check passes.
func well(t testing.TB, id string, role policy.Role) *Subject {
	s := NewSubject(visited(t, id))
	s.Role, s.Peers, s.Others = role, circumstances[id].wellPeers, NewHosts(circumstances[id].others...)
	return s
}

// ill returns the subject that a check tells of.
func ill(t testing.TB, id string, role policy.Role) *Subject {
	s := NewSubject(visited(t, id))
	sick[id].harm(t, s.Endpoint)
	s.Role, s.Peers, s.Others = role, circumstances[id].illPeers, NewHosts(circumstances[id].others...)
	return s
}

func sickLevel(id string, role policy.Role) Level {
	if role == policy.Relay {
		return sick[id].relay
	}
	return sick[id].access
}

// peers returns a port for submission with TLS from the first byte, to the same host as a healthy server.
func peers(change func(*evidence.Endpoint)) []*evidence.Endpoint {
	e := &evidence.Endpoint{Target: evidence.Target{Protocol: "submissions", Host: "mx.example.org", Port: 465, Address: "192.0.2.1", ServerName: "mx.example.org"}}
	change(e)
	return []*evidence.Endpoint{e}
}

// otherHost returns a port of another host than that of a healthy server. With TLS, it has a key of its own.
func otherHost(change func(*evidence.Endpoint)) []*evidence.Endpoint {
	e := peers(change)[0]
	e.Target.Host, e.Target.Address, e.Target.ServerName = "mx2.example.org", "192.0.2.2", "mx2.example.org"
	if c := e.Blobs.Certificates["leaf"]; c != nil {
		c.PublicKey.SHA256 = "key of mx2"
	}
	return []*evidence.Endpoint{e}
}

// ecdsaBeside adds an ECDSA certificate.
func ecdsaBeside(e *evidence.Endpoint) {
	c := leafCert()
	c.SHA256, c.PublicKey = "ecdsa", evidence.PublicKey{Algorithm: "EC", Bits: 256, Curve: "secp256r1", SHA256: "ECDSA key of mx"}
	e.Blobs.Certificates["ecdsa"] = c
	chain := e.Facts.Certificates.Value[0]
	chain.Certificates = []string{"ecdsa", "ca"}
	e.Facts.Certificates.Value = append(e.Facts.Certificates.Value, chain)
}

func withTLS(e *evidence.Endpoint) {
	e.Facts.Reachable = known(true)
	e.Facts.Versions = known([]tlswire.Version{tlswire.TLS12, tlswire.TLS13})
	e.Facts.Suites = known(evidence.PerVersion[tlswire.Suite]{tlswire.TLS13: {tlswire.TLS_AES_128_GCM_SHA256}})
	e.Facts.Certificates = known([]evidence.Chain{{Certificates: []string{"leaf"}, WithSNI: true}})
	e.Blobs.Certificates = map[string]*evidence.Certificate{"leaf": leafCert()}
}

// careless goes on with clients that want another protocol.
func careless(e *evidence.Endpoint) {
	withTLS(e)
	e.Facts.ForeignProtocol = known(evidence.Weakness{Found: true, Kinds: []string{"protocol"}})
}

func closedPort(e *evidence.Endpoint) {
	const why = "connection refused"
	e.Facts.Reachable = evidence.Fact[bool]{State: evidence.Known, Why: why}
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: why}
}

// neglected speaks TLS 1.0, with a certificate that other ports no longer have.
func neglected(t testing.TB, e *evidence.Endpoint) {
	version(tlswire.TLS10)(t, e)
	leaf(func(c *evidence.Certificate) { c.SHA256, c.NotBefore = "last year's", c.NotBefore.Add(-90*day) })(t, e)
}

func nothing(testing.TB, *evidence.Endpoint) {}

// before adds a capability before TLS; what follows AUTH are mechanisms.
func before(words ...string) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { offer(&e.Facts.Capabilities.Value, words) }
}

// inside adds a capability inside TLS.
func inside(words ...string) harm {
	return func(_ testing.TB, e *evidence.Endpoint) { offer(&e.Facts.CapabilitiesTLS.Value, words) }
}

func offer(c *evidence.Capabilities, words []string) {
	c.Names = append(c.Names, words[0])
	c.AuthMechanisms = append(c.AuthMechanisms, words[1:]...)
	c.STARTTLS = c.STARTTLS || words[0] == "STARTTLS"
	c.RequireTLS = c.RequireTLS || words[0] == "REQUIRETLS"
}
