package check

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func TestSingleType(t *testing.T) {
	const id = "cert-single-type"
	key := func(algorithm string) harm {
		return leaf(func(c *evidence.Certificate) { c.PublicKey.Algorithm = algorithm })
	}
	ecdsa := func(change func(*evidence.Chain)) harm {
		return func(_ testing.TB, e *evidence.Endpoint) {
			ecdsaBeside(e)
			change(&e.Facts.Certificates.Value[1])
		}
	}
	partial := func(e *evidence.Endpoint) {
		e.Facts.Certificates.State, e.Facts.Certificates.Why = evidence.Partial, "timeout"
	}
	for _, c := range []struct {
		name    string
		harm    harm
		want    Level
		note    bool
		message string
	}{
		{"RSA alone", nothing, Pass, true, "shows RSA certificates alone"},
		{"RSA-PSS alone", key("RSA-PSS"), Pass, true, "shows RSA certificates alone"},
		{"ECDSA alone", key("EC"), Pass, false, "another kind"},
		{"Ed25519 alone", key("Ed25519"), Pass, false, "another kind"},
		{"both", ecdsa(func(*evidence.Chain) {}), Pass, false, "another kind"},
		{"ECDSA for those alone that name no server", ecdsa(func(c *evidence.Chain) { c.WithSNI = false }), Pass, true, "RSA certificates alone"},
		{"RSA in SSLv3 alone", func(_ testing.TB, e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].Versions = []tlswire.Version{tlswire.SSLv2, tlswire.SSLv3}
		}, NotApplicable, false, "no version"},
		{"RSA seen, the rest open", func(_ testing.TB, e *evidence.Endpoint) { partial(e) }, Undecided, false, "timeout"},
		{"not in the evidence", func(_ testing.TB, e *evidence.Endpoint) { e.Blobs.Certificates = nil }, Undecided, false, "missing"},
		{"one that cannot be read, and ECDSA", func(_ testing.TB, e *evidence.Endpoint) {
			ecdsaBeside(e)
			e.Blobs.Certificates["leaf"].PublicKey = evidence.PublicKey{}
		}, Pass, false, "another kind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := healthy(t)
			c.harm(t, e)
			if f := run(t, id, e); f.Level != c.want || f.Note != c.note || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s, note %v: %s", f.Level, f.Note, f.Message)
			}
		})
	}
}

// TestSingleTypeInQuickScans: what stays open there is left out, and has no weight.
func TestSingleTypeInQuickScans(t *testing.T) {
	e := healthy(t)
	e.Facts.Certificates.State, e.Facts.Certificates.Why = evidence.Partial, "timeout"
	s := NewSubject(e)
	if f, ok := judged(t, s, "cert-single-type"); !ok || f.Level != Undecided || !f.Aside {
		t.Errorf("full: %v %+v", ok, f)
	}
	s.Quick = true
	if f, ok := judged(t, s, "cert-single-type"); ok {
		t.Errorf("quick: %+v", f)
	}
}

func TestReusedKey(t *testing.T) {
	other := func(change func(*evidence.Endpoint)) *evidence.Endpoint { return otherHost(change)[0] }
	named := func(name string, e *evidence.Endpoint) *evidence.Endpoint {
		e.Target.Host = name
		return e
	}
	same := func(e *evidence.Endpoint) *evidence.Endpoint {
		e.Blobs.Certificates["leaf"].PublicKey.SHA256 = "key of mx"
		return e
	}
	open := func(e *evidence.Endpoint) *evidence.Endpoint {
		e.Facts.Certificates.State, e.Facts.Certificates.Why = evidence.Partial, "timeout"
		return e
	}
	unnamed := same(other(withTLS))
	unnamed.Facts.Certificates.Value[0].WithSNI = false
	unread := other(withTLS)
	unread.Blobs.Certificates["leaf"].PublicKey = evidence.PublicKey{}
	lost := other(withTLS)
	lost.Blobs.Certificates = nil
	bare := other(withTLS)
	bare.Facts.Certificates = evidence.Fact[[]evidence.Chain]{State: evidence.Inapplicable, Why: "no suite that is accepted comes with a certificate"}
	for _, c := range []struct {
		name    string
		others  []*evidence.Endpoint
		want    Level
		note    bool
		message string
	}{
		{"no other", nil, NotApplicable, false, "there is no other host in this report"},
		{"another key", []*evidence.Endpoint{other(withTLS)}, Pass, false, "no other host of this report shows its key"},
		{"the same key", []*evidence.Endpoint{same(other(withTLS))}, Pass, true, "shares its key with 1 other host of this report"},
		{"the same key for those that name no server", []*evidence.Endpoint{unnamed}, Pass, true, "1 other host"},
		{"two ports of a host", []*evidence.Endpoint{same(other(withTLS)), same(other(withTLS))}, Pass, true, "1 other host"},
		{"two hosts", []*evidence.Endpoint{same(other(withTLS)), same(named("mx3.example.org", other(withTLS)))}, Pass, true, "2 other hosts"},
		{"the same key, and more that is open", []*evidence.Endpoint{open(same(other(withTLS))), other(silent)}, Pass, true, "1 other host"},
		{"another key, and more that is open", []*evidence.Endpoint{open(other(withTLS))}, Undecided, false, "not all certificates of mx2.example.org are known: timeout"},
		{"silent", []*evidence.Endpoint{other(withTLS), other(silentHost)}, Undecided, false, "no answer"},
		{"closed", []*evidence.Endpoint{other(closedPort)}, NotApplicable, false, "no other host of this report shows a certificate"},
		{"closed, and another key", []*evidence.Endpoint{other(closedPort), other(withTLS)}, Pass, false, "no other host of this report shows its key"},
		{"without TLS", []*evidence.Endpoint{other(noVersion)}, NotApplicable, false, "shows a certificate"},
		{"without a certificate", []*evidence.Endpoint{bare}, NotApplicable, false, "shows a certificate"},
		{"a key that cannot be read", []*evidence.Endpoint{unread}, Undecided, false, "cannot be read"},
		{"not in the evidence", []*evidence.Endpoint{lost}, Undecided, false, "missing from the evidence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			check, _ := ByID("cert-reused-key")
			e := healthy(t)
			s := NewHosts(append(c.others, e)...).Subject(e)
			if f := check.Run(s, mailPolicy(t)); f.Level != c.want || f.Note != c.note || !strings.Contains(f.Message, c.message) {
				t.Errorf("%s, note %v: %s", f.Level, f.Note, f.Message)
			}
		})
	}
}

// TestReusedKeyUnread: two keys that cannot be read are not the same.
func TestReusedKeyUnread(t *testing.T) {
	check, _ := ByID("cert-reused-key")
	e, other := healthy(t), otherHost(withTLS)[0]
	s := NewHosts(e, other).Subject(e)
	for _, e := range []*evidence.Endpoint{e, other} {
		e.Blobs.Certificates["leaf"].PublicKey = evidence.PublicKey{}
	}
	if f := check.Run(s, mailPolicy(t)); f.Level != Undecided {
		t.Errorf("%+v", f)
	}
}

func silentHost(e *evidence.Endpoint) {
	silent(e)
	e.Facts.Certificates = evidence.Fact[[]evidence.Chain]{State: evidence.Unknown, Why: "no answer"}
}

// TestOtherHosts wants another name and another address of another host.
func TestOtherHosts(t *testing.T) {
	e := healthy(t)
	at := func(host, address string) *evidence.Endpoint {
		x := otherHost(withTLS)[0]
		x.Target.Host, x.Target.Address = host, address
		return x
	}
	other := at("mx2.example.org", "192.0.2.2")
	same := []*evidence.Endpoint{e, port("imaps", 993, withTLS), at("MX.example.org.", "2001:db8::1"), at("www.example.org", "192.0.2.1")}
	if NewHosts(same...).anyOther(e) {
		t.Error("the host itself is another one")
	}
	all := NewHosts(append(same, other)...)
	if is := all.others(e); !all.anyOther(e) || is(3) || !is(4) {
		t.Error("the other host is none")
	}
}
