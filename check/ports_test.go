package check

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// besideOf judges a port for submission beside others.
func besideOf(t *testing.T, id string, peers ...*evidence.Endpoint) Finding {
	t.Helper()
	c, _ := ByID(id)
	e := healthy(t)
	e.Target.Protocol, e.Target.Port = "submission", 587
	s := NewSubject(e)
	s.Peers = peers
	return c.Run(s, mailPolicy(t))
}

// port returns another port of the host.
func port(protocol string, number int, change func(*evidence.Endpoint)) *evidence.Endpoint {
	e := peers(change)[0]
	e.Target.Protocol, e.Target.Port = protocol, number
	return e
}

func silent(e *evidence.Endpoint) {
	e.Facts.Reachable = evidence.Fact[bool]{State: evidence.Unknown, Why: "no answer"}
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Unknown, Why: "no answer"}
}

func noVersion(e *evidence.Endpoint) {
	e.Facts.Reachable = known(true)
	e.Facts.Versions = known([]tlswire.Version(nil))
}

// Only what was scanned counts: a port that nobody asked is no finding and no pass, and silence is no refusal.
func TestImplicitTLSBeside(t *testing.T) {
	const missing, open = "implicit-tls-missing", "cleartext-port-open"
	tls, closed, quiet, bare := port("submissions", 465, withTLS), port("submissions", 465, closedPort), port("submissions", 465, silent), port("submissions", 465, noVersion)
	other := port("submissions", 4650, withTLS)
	for _, c := range []struct {
		name          string
		peers         []*evidence.Endpoint
		missing, open Level
		message       string // of the first
	}{
		{"nothing else scanned", nil, NotApplicable, NotApplicable, "port 465 of this host was not asked"},
		{"another service scanned", []*evidence.Endpoint{port("imaps", 993, withTLS)}, NotApplicable, NotApplicable, "was not asked"},
		{"it has TLS", []*evidence.Endpoint{tls}, Pass, Pass, "port 465 beside it is TLS from the first byte"},
		{"it is closed", []*evidence.Endpoint{closed}, Warn, Pass, "port 465 beside it is closed"},
		{"it speaks no TLS", []*evidence.Endpoint{bare}, Warn, Pass, "port 465 beside it speaks no TLS"},
		{"it is silent", []*evidence.Endpoint{quiet}, Undecided, Undecided, "no answer"},
		{"one is closed, another has TLS", []*evidence.Endpoint{closed, other}, Pass, Pass, "port 4650"},
		{"one has TLS, another is closed", []*evidence.Endpoint{other, closed}, Pass, Pass, "port 4650"},
		{"one is closed, another silent", []*evidence.Endpoint{closed, quiet}, Undecided, Undecided, "no answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, g := besideOf(t, missing, c.peers...), besideOf(t, open, c.peers...)
			if f.Level != c.missing || g.Level != c.open || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s is %s (%s), %s is %s (%s)", missing, f.Level, f.Message, open, g.Level, g.Message)
			}
			if g.Note != (f.Level == Pass) {
				t.Errorf("a port in the clear beside one with TLS: note %v", g.Note)
			}
		})
	}
	for protocol, number := range map[string]int{"smtp": 25, "lmtp": 24, "sieve": 4190, "submissions": 465} {
		e := healthy(t)
		e.Target.Protocol, e.Target.Port = protocol, number
		if f := run(t, missing, e); f.Level != NotApplicable {
			t.Errorf("%s: %s: %s", protocol, f.Level, f.Message)
		}
	}
}

func TestPortsDiffer(t *testing.T) {
	const id = "port-inconsistency"
	young := func(e *evidence.Endpoint) {
		withTLS(e)
		c := e.Blobs.Certificates["leaf"]
		c.SHA256, c.NotBefore = "younger", c.NotBefore.Add(day)
	}
	old := func(e *evidence.Endpoint) {
		withTLS(e)
		c := e.Blobs.Certificates["leaf"]
		c.SHA256, c.NotBefore = "older", c.NotBefore.Add(-day)
	}
	ecdsa := func(e *evidence.Endpoint) {
		young(e)
		e.Blobs.Certificates["leaf"].PublicKey.Algorithm = "EC"
	}
	only13 := func(e *evidence.Endpoint) {
		withTLS(e)
		e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS13}
	}
	for _, c := range []struct {
		name    string
		peers   []*evidence.Endpoint
		want    Level
		note    bool
		message string
	}{
		{"nothing else scanned", nil, NotApplicable, false, "no other port"},
		{"the other is closed", []*evidence.Endpoint{port("imaps", 993, closedPort)}, NotApplicable, false, "no other port"},
		{"the other is silent", []*evidence.Endpoint{port("imaps", 993, silent)}, Undecided, false, "no answer"},
		{"as strong", []*evidence.Endpoint{port("imaps", 993, withTLS)}, Pass, false, "as strong"},
		{"a version more, which is a good one", []*evidence.Endpoint{port("imaps", 993, only13)}, Pass, false, "as strong"},
		{"a younger certificate there", []*evidence.Endpoint{port("imaps", 993, young)}, Pass, true, "another certificate than port 993"},
		{"an older certificate there", []*evidence.Endpoint{port("imaps", 993, old)}, Pass, false, "as strong"},
		{"a certificate for another kind of key", []*evidence.Endpoint{port("imaps", 993, ecdsa)}, Pass, false, "as strong"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := besideOf(t, id, c.peers...); f.Level != c.want || f.Note != c.note || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s, note %v: %s", f.Level, f.Note, f.Message)
			}
		})
	}
}

// A weakness that is open on the other side is no difference, and port 25 may be weaker than where users log in.
func TestWeakerPort(t *testing.T) {
	c, _ := ByID("port-inconsistency")
	e := healthy(t)
	e.Target.Protocol, e.Target.Port = "imap", 143
	version(tlswire.TLS10)(t, e)
	suite(tlswire.TLS12, "TLS_RSA_WITH_RC4_128_SHA")(t, e)
	peer := port("imaps", 993, withTLS)
	s := NewSubject(e)
	s.Peers = []*evidence.Endpoint{peer}
	if f := c.Run(s, mailPolicy(t)); !f.Note || f.Message != "accepts TLS 1.0, suites of rc4 and suites of static-rsa, which port 993 refuses" {
		t.Errorf("%s, note %v: %s", f.Level, f.Note, f.Message)
	}
	peer.Facts.Suites = evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: evidence.Partial, Why: "timeout",
		Open: evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: suites(t, "TLS_RSA_WITH_RC4_128_SHA")}}
	peer.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Partial, Why: "timeout", Value: []tlswire.Version{tlswire.TLS13}, Open: []tlswire.Version{tlswire.TLS10}}
	if f := c.Run(s, mailPolicy(t)); f.Level != Undecided {
		t.Errorf("all open there: %s, note %v: %s", f.Level, f.Note, f.Message)
	}
	e.Target.Protocol, e.Target.Port = "smtp", 25
	s = NewSubject(e)
	s.Peers = []*evidence.Endpoint{port("imaps", 993, withTLS)}
	if f := c.Run(s, mailPolicy(t)); f.Note || strings.Contains(f.Message, "strong") {
		t.Errorf("port 25: %s", f.Message)
	}
}

func TestPeersOf(t *testing.T) {
	e := healthy(t)
	same := port("imaps", 993, withTLS)
	again, elsewhere, named, lost := port("smtp", 25, withTLS), port("imaps", 993, withTLS), port("imaps", 993, withTLS), port("imaps", 993, withTLS)
	elsewhere.Target.Address = "192.0.2.2"
	named.Target.Host = "imap.example.org"
	lost.Target.Address = ""
	same.Target.Host = "MX.example.org."
	second := port("smtp", 2525, withTLS) // another server
	if got := NewHosts(e, again, second, elsewhere, named, lost, same).PeersOf(e); len(got) != 1 || got[0] != same {
		t.Errorf("%d peers", len(got))
	}
	lost.Target.Port, e.Target.Address = 25, ""
	if got := NewHosts(lost, same).PeersOf(e); len(got) != 0 {
		t.Errorf("%d peers of a host without address", len(got))
	}
}
