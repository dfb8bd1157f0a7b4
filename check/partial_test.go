package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// run judges e by the check with that id.
func run(t *testing.T, id string, e *evidence.Endpoint) Finding {
	t.Helper()
	c, ok := ByID(id)
	if !ok {
		t.Fatalf("no check %q", id)
	}
	return c.Run(NewSubject(e), mailPolicy(t))
}

// TestThrottledScan is a server that starts to throttle after RC4 was seen: RC4 stays told, the rest is not known.
func TestThrottledScan(t *testing.T) {
	e := healthy(t)
	e.Target.Protocol, e.Target.Port = "imap", 143
	e.Facts.Suites = evidence.Fact[evidence.PerVersion[tlswire.Suite]]{
		State: evidence.Partial,
		Value: evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: suites(t, "TLS_RSA_WITH_RC4_128_SHA")},
		Open:  evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: suites(t, "TLS_RSA_WITH_NULL_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")},
		Why:   "421 too many connections",
	}
	for id, want := range map[string]Level{
		"rc4":    Fail,
		"null":   Undecided, // still open
		"no-pfs": Undecided, // ECDHE is still open, so its absence was not seen
		"export": Pass,      // no export suite was seen or is open
	} {
		f := run(t, id, e)
		if f.Level != want {
			t.Errorf("%s: %s, want %s", id, f.Level, want)
		}
		if want == Undecided && f.Message != "421 too many connections" {
			t.Errorf("%s: the reason is %q", id, f.Message)
		}
	}
	if f := run(t, "rc4", e); f.Message != "accepts at least 1 suite with RC4 in TLS 1.2" {
		t.Errorf("rc4 says %q", f.Message)
	}
}

func TestPartialVersions(t *testing.T) {
	e := healthy(t)
	e.Facts.Versions = evidence.Fact[[]tlswire.Version]{
		State: evidence.Partial,
		Value: []tlswire.Version{tlswire.TLS10},
		Open:  []tlswire.Version{tlswire.TLS12, tlswire.TLS13},
		Why:   "timeout",
	}
	for id, want := range map[string]Level{
		"protocol-tls10":    Warn,
		"protocol-tls11":    Pass,
		"protocol-no-tls12": Undecided,
		"protocol-no-tls13": Undecided,
	} {
		if f := run(t, id, e); f.Level != want {
			t.Errorf("%s: %s, want %s", id, f.Level, want)
		}
	}
}

// TestPartialWithoutSettled is a fact whose open part says nothing about members: only what was seen to be wrong counts.
func TestPartialWithoutSettled(t *testing.T) {
	e := healthy(t)
	e.Facts.DHParams.State, e.Facts.DHParams.Why = evidence.Partial, "timeout"
	if f := run(t, "weak-dh", e); f.Level != Undecided || f.Message != "timeout" {
		t.Errorf("large group: %+v", f)
	}
	dh(512)(t, e)
	if f := run(t, "weak-dh", e); f.Level != Fail {
		t.Errorf("small group: %+v", f)
	}
}

// TestPartialSTARTTLS is a server that fell silent in the handshake: that TLS did not work once is not seen to be broken.
func TestPartialSTARTTLS(t *testing.T) {
	e := healthy(t)
	e.Facts.STARTTLS = evidence.Fact[evidence.STARTTLS]{State: evidence.Partial, Value: evidence.STARTTLS{Offered: true}, Why: "timeout"}
	if f := run(t, "starttls-broken", e); f.Level != Undecided || f.Message != "timeout" {
		t.Errorf("broken: %+v", f)
	}
	e.Facts.STARTTLS.Value = evidence.STARTTLS{Masked: true}
	if f := run(t, "starttls-stripped", e); f.Level != Fail {
		t.Errorf("stripped: %+v", f)
	}
	e.Facts.STARTTLS.Value = evidence.STARTTLS{}
	if f := run(t, "starttls-missing", e); f.Level != Undecided {
		t.Errorf("missing: %+v", f)
	}
}

func TestNoVersionAtAll(t *testing.T) {
	e := healthy(t)
	e.Facts.Versions = known([]tlswire.Version(nil))
	e.Facts.Suites = known(evidence.PerVersion[tlswire.Suite]{})
	if f := run(t, "protocol-no-tls12", e); f.Level != Fail || f.Message != "accepts no version of TLS" {
		t.Errorf("%+v", f)
	}
	for _, c := range suiteChecks() {
		if f := c.Run(NewSubject(e), mailPolicy(t)); f.Level != NotApplicable || f.Message != "no cipher suite is accepted at all" {
			t.Errorf("%+v", f)
		}
	}
}

// TestNothingSigned judges a server whose signatures are all known, and none: it has no suite that needs one.
func TestNothingSigned(t *testing.T) {
	e := healthy(t)
	e.Facts.Signatures = known(evidence.PerVersion[tlswire.SignatureScheme]{})
	if f := run(t, "sha1-signature", e); f.Level != NotApplicable || f.Message == "" {
		t.Errorf("%+v", f)
	}
}

// TestSTARTTLSOnce lets one check alone tell what is wrong with STARTTLS: the others have nothing to judge.
func TestSTARTTLSOnce(t *testing.T) {
	for _, tt := range []struct {
		name                      string
		fact                      evidence.STARTTLS
		missing, stripped, broken Level
	}{
		{"works", evidence.STARTTLS{Offered: true, Works: true}, Pass, Pass, Pass},
		{"absent", evidence.STARTTLS{}, Fail, NotApplicable, NotApplicable},
		{"masked", evidence.STARTTLS{Masked: true}, NotApplicable, Fail, NotApplicable},
		{"broken", evidence.STARTTLS{Offered: true}, Pass, Pass, Fail},
	} {
		e := healthy(t)
		e.Facts.STARTTLS = known(tt.fact)
		for id, want := range map[string]Level{"starttls-missing": tt.missing, "starttls-stripped": tt.stripped, "starttls-broken": tt.broken} {
			if f := run(t, id, e); f.Level != want || f.Message == "" {
				t.Errorf("%s: %+v, want %v", tt.name, f, want)
			}
		}
	}
}

func TestCertificates(t *testing.T) {
	second := func(e *evidence.Endpoint, c evidence.Chain) {
		e.Facts.Certificates.Value = append(e.Facts.Certificates.Value, c)
	}
	for _, c := range []struct {
		name, check string
		harm        func(*evidence.Endpoint)
		want        Level
	}{
		{"no chain", "cert-expired", func(e *evidence.Endpoint) { e.Facts.Certificates.Value = nil }, NotApplicable},
		{"certificate not stored", "cert-expired", func(e *evidence.Endpoint) { e.Blobs.Certificates = nil }, Undecided},
		{"empty chain", "cert-expired", func(e *evidence.Endpoint) { e.Facts.Certificates.Value[0].Certificates = nil }, NotApplicable},
		{"trust not decided", "cert-untrusted", func(e *evidence.Endpoint) { e.Facts.Certificates.Value[0].Trust = nil }, Undecided},
		{"expired is not untrusted", "cert-untrusted", func(e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.ExpiredPath}}
		}, Pass},
		{"expired above the leaf", "cert-expired", func(e *evidence.Endpoint) {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.ExpiredPath}}
		}, Warn},
		{"key size unread", "cert-weak-key", func(e *evidence.Endpoint) { e.Blobs.Certificates["leaf"].PublicKey.Bits = 0 }, Undecided},
		{"weak intermediate", "cert-weak-key", func(e *evidence.Endpoint) {
			e.Blobs.Certificates["ca"].PublicKey = evidence.PublicKey{Algorithm: "RSA", Bits: 512}
		}, Fail},
		{"old root", "sha1-cert", func(e *evidence.Endpoint) {
			e.Blobs.Certificates["ca"].SelfSigned, e.Blobs.Certificates["ca"].Signature.Hash = true, "SHA-1"
		}, Pass},
		{"SHA-1 intermediate", "sha1-cert", func(e *evidence.Endpoint) { e.Blobs.Certificates["ca"].Signature.Hash = "SHA-1" }, Warn},
		{"another chain is wrong", "cert-untrusted", func(e *evidence.Endpoint) {
			second(e, evidence.Chain{Certificates: []string{"leaf"}, WithSNI: true, Trust: &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.UnknownAuthority}}})
		}, Warn},
		{"default chain is not looked at", "cert-untrusted", func(e *evidence.Endpoint) {
			second(e, evidence.Chain{Certificates: []string{"leaf"}, WithoutSNI: true, Trust: &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.UnknownAuthority}}})
		}, Pass},
		{"short-lived, a quarter left", "cert-expiring", func(e *evidence.Endpoint) {
			l := e.Blobs.Certificates["leaf"]
			l.NotBefore, l.NotAfter = scanned.Add(-3*day), scanned.Add(day)
		}, Warn},
		{"short-lived, half left", "cert-expiring", func(e *evidence.Endpoint) {
			l := e.Blobs.Certificates["leaf"]
			l.NotBefore, l.NotAfter = scanned.Add(-3*day), scanned.Add(3*day)
		}, Pass},
		{"address in the certificate", "cert-hostname", func(e *evidence.Endpoint) {
			e.Target.Host, e.Target.ServerName = "2001:DB8::1", ""
			e.Blobs.Certificates["leaf"].Names.IP = []string{"2001:db8::1"}
		}, Pass},
		{"address scanned", "cert-hostname", func(e *evidence.Endpoint) { e.Target.Host, e.Target.ServerName = "192.0.2.1", "" }, NotApplicable},
		{"common name alone", "cert-hostname", func(e *evidence.Endpoint) { e.Blobs.Certificates["leaf"].Names = evidence.AltNames{} }, Warn},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := healthy(t)
			c.harm(e)
			if f := run(t, c.check, e); f.Level != c.want {
				t.Errorf("%s: %s, want %s: %s", c.check, f.Level, c.want, f.Message)
			}
		})
	}
}

func TestUnreadDates(t *testing.T) {
	e := healthy(t)
	l := e.Blobs.Certificates["leaf"]
	*l = evidence.Certificate{SHA256: "leaf", Problems: []string{"unreadable"}}
	for _, id := range []string{"cert-expired", "cert-not-yet-valid", "cert-expiring"} {
		if f := run(t, id, e); f.Level != Undecided {
			t.Errorf("%s: %+v", id, f)
		}
	}
}

func TestMatchesName(t *testing.T) {
	for _, c := range []struct {
		pattern, host string
		want          bool
	}{
		{"mx.example.org", "mx.example.org", true},
		{"MX.Example.ORG", "mx.example.org.", true},
		{"*.example.org", "mx.example.org", true},
		{"*.example.org", "a.mx.example.org", false},
		{"*.example.org", "example.org", false},
		{"*.example.org", ".example.org", false},
		{"*.org", "example.org", false},
		{"*", "example", false},
		{"m*.example.org", "mx.example.org", false},
		{"*.*.org", "mx.*.org", false},
		{"", "", false},
		{"example.org", "mx.example.org", false},
	} {
		if got := matchesName(c.pattern, c.host); got != c.want {
			t.Errorf("%q for %q: %v", c.pattern, c.host, got)
		}
	}
}

func FuzzMatchesName(f *testing.F) {
	f.Add("*.example.org", "mx.example.org")
	f.Add("*..", ".")
	f.Fuzz(func(t *testing.T, pattern, host string) {
		if matchesName(pattern, host) && canonical(host) == "" {
			t.Error("matches an empty name")
		}
	})
}

func TestLevelText(t *testing.T) {
	for l := Undecided; l <= Fail; l++ {
		text, _ := l.MarshalText()
		var back Level
		if err := back.UnmarshalText(text); err != nil || back != l {
			t.Errorf("%s came back as %s, %v", text, back, err)
		}
	}
	if err := new(Level).UnmarshalText([]byte("bad")); err == nil {
		t.Error("an unknown level was read")
	}
}
