package client_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

func change(t *testing.T, name string) client.Change {
	t.Helper()
	c, ok := client.ChangeNamed(name)
	if !ok {
		t.Fatalf("no change is called %q", name)
	}
	return c
}

func TestWithout(t *testing.T) {
	e, untouched := server(), server()
	after := client.Without(e, change(t, "tls1.0"), change(t, "tls1.1"), change(t, "3des"), change(t, "anon"))
	if diff := cmp.Diff(untouched, e); diff != "" {
		t.Errorf("the evidence was changed:\n%s", diff)
	}
	if want := []tlswire.Version{tlswire.TLS12, tlswire.TLS13}; !slices.Equal(after.Facts.Versions.Value, want) {
		t.Errorf("versions %v, want %v", after.Facts.Versions.Value, want)
	}
	if want := []tlswire.Suite{gcm, ecdsa, chacha, cbc, dhe, static}; !slices.Equal(after.Facts.Suites.Value[tlswire.TLS12], want) {
		t.Errorf("suites %v, want %v", after.Facts.Suites.Value[tlswire.TLS12], want)
	}
}

func TestWithoutOpen(t *testing.T) {
	e := server()
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Partial, Value: []tlswire.Version{tlswire.TLS12}, Open: []tlswire.Version{tlswire.TLS10}}
	e.Facts.Suites = evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: evidence.Partial,
		Value: evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {gcm}}, Open: evidence.PerVersion[tlswire.Suite]{tlswire.TLS10: {cbc}}}
	p := program()
	p.Max = tlswire.TLS10
	if got := client.Simulate(p, e); got.Outcome != client.Unknown {
		t.Errorf("before: %+v", got)
	}
	if got := client.Simulate(p, client.Without(e, change(t, "tls1.0"))); got.Outcome != client.Fails {
		t.Errorf("what is taken away is not open any more: %+v", got)
	}
	if change(t, "tls1.0").Touches(e) || !change(t, "tls1.2").Touches(e) {
		t.Error("Touches goes by what was seen")
	}
}

// TestOpen leaves open what was not seen, and denies what was asked for in vain.
func TestOpen(t *testing.T) {
	const none, some = evidence.Unknown, evidence.Partial
	only := known([]tlswire.Version{tlswire.TLS12, tlswire.TLS13})
	rest := evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: some, Value: evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {gcm}},
		Open: evidence.PerVersion[tlswire.Suite]{tlswire.TLS10: {cbc}}, Why: "cut short"}
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	advised := client.AsAdvised(mail, policy.Relay)
	for _, c := range []struct {
		name   string
		facts  evidence.Facts
		change client.Change
		want   bool
	}{
		{"all known", server().Facts, change(t, "sslv3"), false},
		{"not asked", evidence.Facts{}, change(t, "tls1.0"), true},
		{"no version known", evidence.Facts{Suites: evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: none}}, change(t, "rc4"), true},
		{"versions known, without it", evidence.Facts{Versions: only}, change(t, "tls1.0"), false},
		{"versions known, with some that have it", evidence.Facts{Versions: only}, change(t, "rc4"), true},
		{"versions known, with some that have it not", evidence.Facts{Versions: known([]tlswire.Version{tlswire.TLS13})}, change(t, "rc4"), false},
		{"open", evidence.Facts{Suites: rest}, change(t, "tls1.0"), true},
		{"others are open", evidence.Facts{Suites: rest}, change(t, "tls1.1"), false},
		{"no TLS", evidence.Facts{Suites: evidence.Fact[evidence.PerVersion[tlswire.Suite]]{State: evidence.Inapplicable}}, change(t, "tls1.0"), false},
		{"nothing at all, and advised", evidence.Facts{}, advised, true},
	} {
		if got := c.change.Open(&evidence.Endpoint{Facts: c.facts}); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestChanges(t *testing.T) {
	for name, want := range map[string][]tlswire.Suite{
		"rc4": {0x0005, 0xC011}, "3des": {tripled}, "cbc": {tripled, static, dhe, cbc}, "rsa-kx": {0x0005, tripled, static, 0x0001},
		"dhe": {dhe, anon}, "anon": {anon}, "null": {0x0001}, "export": {0x0003}, "des": {0x0009},
	} {
		c := change(t, name)
		for _, s := range want {
			e := server()
			e.Facts.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {s}}
			if !c.Touches(e) {
				t.Errorf("%s does not touch %v", name, s)
			}
		}
		e := server()
		e.Facts.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: {gcm, chacha}, tlswire.TLS13: {new128}}
		if c.Touches(e) {
			t.Errorf("%s touches a modern server", name)
		}
	}
}

func TestCutOff(t *testing.T) {
	fine, old, lost, maybe := *program(), *program(), *program(), *program()
	fine.ID, old.ID, lost.ID, maybe.ID = "fine", "old", "lost", "maybe"
	old.Max = tlswire.TLS10
	lost.Min, lost.Max = tlswire.SSLv3, tlswire.SSLv3
	maybe.Max, maybe.Suites = tlswire.TLS12, []tlswire.Suite{static, dhe}
	maybe.MinDHBits = 0
	e := server()
	e.Facts.DHParams.Value[0].Bits = 512
	all := []client.Profile{fine, old, lost, maybe}
	cuts := client.CutOff(all, client.Results(all, e), client.Without(e, change(t, "tls1.0"), change(t, "rsa-kx")))
	if len(cuts.Off) != 1 || cuts.Off[0].Profile.ID != "old" {
		t.Errorf("cut off: %+v", cuts.Off)
	}
	if len(cuts.Open) != 0 {
		t.Errorf("open: %+v; DHE came first before", cuts.Open)
	}
	e.Facts.Suites.Value[tlswire.TLS12] = []tlswire.Suite{static, dhe}
	one := []client.Profile{maybe}
	cuts = client.CutOff(one, client.Results(one, e), client.Without(e, change(t, "rsa-kx")))
	if len(cuts.Open) != 1 || len(cuts.Off) != 0 {
		t.Errorf("what is left is a group of 512 bits, which it may take or not: %+v", cuts)
	}
}

func TestAsAdvised(t *testing.T) {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	after := client.Without(server(), client.AsAdvised(mail, policy.Access))
	if got := after.Facts.Versions.Value; slices.Contains(got, tlswire.TLS10) || !slices.Contains(got, tlswire.TLS13) {
		t.Errorf("versions %v", got)
	}
	for _, s := range after.Facts.Suites.Value[tlswire.TLS12] {
		info, _ := s.Info()
		if mail.Suite(info, policy.Access).Severity >= policy.Warn {
			t.Errorf("%v is left", s)
		}
	}
	if len(after.Facts.Suites.Value[tlswire.TLS12]) == 0 {
		t.Error("nothing is left of TLS 1.2")
	}
}

func TestComing(t *testing.T) {
	all, err := client.All()
	if err != nil {
		t.Fatal(err)
	}
	users, senders := client.Coming(all, "imaps")
	if len(senders) != 0 || len(users) < 60 {
		t.Errorf("imaps: %d users, %d senders", len(users), len(senders))
	}
	users, senders = client.Coming(all, "smtp")
	if len(senders) < 25 || len(users) > 5 {
		t.Errorf("smtp: %d users, %d senders", len(users), len(senders))
	}
	if _, senders = client.Coming(all, "submission"); len(senders) == 0 {
		t.Error("no server submits to a smarthost")
	}
}

func TestFromHello(t *testing.T) {
	h := tlswire.ClientHello{Version: tlswire.TLS12, Suites: []tlswire.Suite{0x0A0A, new128, gcm}, Extensions: []tlswire.Extension{
		tlswire.ServerName("mail.test"),
		tlswire.SupportedGroups([]tlswire.Group{0x1A1A, tlswire.X25519}),
		tlswire.SignatureAlgorithms([]tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256}),
		tlswire.KeyShares([]tlswire.KeyShareEntry{{Group: tlswire.X25519, Data: make([]byte, 32)}}),
		tlswire.SupportedVersions([]tlswire.Version{0x2A2A, tlswire.TLS13, tlswire.TLS12}),
	}}
	got, err := client.FromHello(h, tlswire.TLS10)
	if err != nil {
		t.Fatal(err)
	}
	want := client.Profile{Min: tlswire.TLS12, Max: tlswire.TLS13, SNI: true, Suites: []tlswire.Suite{new128, gcm},
		Groups: []tlswire.Group{tlswire.X25519}, KeyShares: []tlswire.Group{tlswire.X25519},
		Schemes: []tlswire.SignatureScheme{tlswire.RSAPSSRSAESHA256}, Fidelity: client.Captured}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	h.Extensions[1].Data = []byte{1}
	if _, err := client.FromHello(h, tlswire.TLS10); err == nil {
		t.Error("a malformed extension is no error")
	}
}
