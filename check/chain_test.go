package check

import (
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestChains judges what is sent, and in which order.
func TestChains(t *testing.T) {
	for _, c := range []struct {
		sent                          []string
		order, extra, expired, lacked bool
	}{
		{[]string{"leaf"}, false, false, false, false},
		{[]string{"leaf", "ca"}, false, false, false, false},
		{[]string{"leaf", "ca", "root"}, false, true, false, false},
		{[]string{"leaf", "root", "ca"}, true, true, false, false},
		{[]string{"leaf", "ca", "ca"}, false, true, false, false},
		{[]string{"leaf", "ca", "old"}, false, false, true, false},
		{[]string{"leaf", "old", "ca"}, true, false, true, false},
		{[]string{"leaf", "other", "ca"}, false, true, false, false},
		{[]string{"leaf", "other"}, false, true, false, true},
	} {
		e := healthy(t)
		other := caCert()
		other.SHA256, other.Subject.DN, other.Issuer.DN = "other", "CN=Other", "CN=Elsewhere"
		e.Blobs.Certificates["other"] = other
		chain(c.sent...)(t, e)
		if c.lacked {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.IncompleteChain}}
		}
		for id, want := range map[string]bool{"chain-order": c.order, "chain-extra": c.extra, "chain-expired-extra": c.expired, "chain-incomplete": c.lacked} {
			if f := run(t, id, e); (f.Note || f.Level >= Warn) != want {
				t.Errorf("%v: %s is %+v, want it told: %v", c.sent, id, f, want)
			}
		}
	}
}

// TestExpiredPath leaves an expired certificate that is needed to cert-expired.
func TestExpiredPath(t *testing.T) {
	e := healthy(t)
	e.Blobs.Certificates["ca"].NotAfter = scanned.Add(-day)
	e.Facts.Certificates.Value[0].Trust.Reasons = []evidence.TrustReason{evidence.ExpiredPath}
	if f := run(t, "chain-expired-extra", e); f.Level != Pass {
		t.Errorf("%+v", f)
	}
	if f := run(t, "cert-expired", e); f.Level != Warn {
		t.Errorf("%+v", f)
	}
}

// TestLifetime compares with the limit of the day of issue, to the second.
func TestLifetime(t *testing.T) {
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		from    time.Time
		days    int
		private bool
		over    bool
	}{
		{date(2018, 2, 28), 1100, false, false},
		{date(2018, 3, 1), 825, false, false}, {date(2018, 3, 1), 826, false, true},
		{date(2020, 8, 31), 825, false, false},
		{date(2020, 9, 1), 398, false, false}, {date(2020, 9, 1), 399, false, true},
		{date(2026, 3, 14), 398, false, false},
		{date(2026, 3, 15), 200, false, false}, {date(2026, 3, 15), 201, false, true},
		{date(2027, 3, 15), 100, false, false}, {date(2027, 3, 15), 101, false, true},
		{date(2029, 3, 15), 47, false, false}, {date(2029, 3, 15), 48, false, true},
		{date(2026, 3, 15), 825, true, false}, {date(2026, 3, 15), 826, true, true},
		{date(2019, 6, 30), 3650, true, false},
	} {
		e := healthy(t)
		l := e.Blobs.Certificates["leaf"]
		l.NotBefore, l.NotAfter = c.from, c.from.Add(time.Duration(c.days)*day-time.Second)
		if c.private {
			e.Facts.Certificates.Value[0].Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.UnknownAuthority}}
		}
		if f := run(t, "cert-validity-too-long", e); f.Note != c.over {
			t.Errorf("%s for %d days, private %v: %+v", c.from, c.days, c.private, f)
		}
	}
}

// TestKeyUsage asks of a key what the server's suites make it do.
func TestKeyUsage(t *testing.T) {
	only12 := func(e *evidence.Endpoint, names ...string) {
		e.Facts.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: suites(t, names...)}
	}
	for _, c := range []struct {
		name  string
		usage []string
		suite string
		want  Level
	}{
		{"no limit", nil, "TLS_RSA_WITH_AES_128_GCM_SHA256", Pass},
		{"signs, and must decrypt", []string{"digitalSignature"}, "TLS_RSA_WITH_AES_128_GCM_SHA256", Warn},
		{"decrypts, and need not sign", []string{"keyEncipherment"}, "TLS_RSA_WITH_AES_128_GCM_SHA256", Pass},
		{"decrypts, and must sign", []string{"keyEncipherment"}, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", Warn},
		{"another key signs", []string{"keyEncipherment"}, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", Pass},
		{"both", []string{"digitalSignature", "keyEncipherment"}, "TLS_RSA_WITH_AES_128_GCM_SHA256", Pass},
	} {
		e := healthy(t)
		only12(e, c.suite)
		e.Blobs.Certificates["leaf"].KeyUsage = c.usage
		if f := run(t, "cert-ku", e); f.Level != c.want {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// TestDefaultCertificate tells of a wrong default only where the right one is there.
func TestDefaultCertificate(t *testing.T) {
	e := healthy(t)
	e.Blobs.Certificates["leaf"].Names.DNS = []string{"other.example"}
	if f := run(t, "sni-required", e); f.Level != NotApplicable {
		t.Errorf("no right one: %+v", f)
	}
	e = healthy(t)
	e.Facts.Certificates.Value[0].WithoutSNI = false
	if f := run(t, "sni-required", e); f.Level != Undecided {
		t.Errorf("default not seen: %+v", f)
	}
	e.Target.Host, e.Target.ServerName = "192.0.2.1", ""
	if f := run(t, "sni-required", e); f.Level != NotApplicable {
		t.Errorf("no name: %+v", f)
	}
}

// TestPublished finds timestamps beside the certificate, and leaves open what may be in an OCSP response.
func TestPublished(t *testing.T) {
	bare := func() (*evidence.Endpoint, *evidence.Chain) {
		e := healthy(t)
		e.Blobs.Certificates["leaf"].SCTs = 0
		return e, &e.Facts.Certificates.Value[0]
	}
	e, c := bare()
	c.Extensions = []tlswire.ExtensionType{tlswire.ExtensionSCT}
	if f := run(t, "cert-no-sct", e); f.Level != Pass || f.Note {
		t.Errorf("beside: %+v", f)
	}
	e, _ = bare()
	e.Facts.Extensions.Value[tlswire.TLS12] = append(e.Facts.Extensions.Value[tlswire.TLS12], tlswire.ExtensionSCT)
	if f := run(t, "cert-no-sct", e); f.Level != Pass || f.Note {
		t.Errorf("in the hello: %+v", f)
	}
	e, c = bare()
	c.Stapled = true
	if f := run(t, "cert-no-sct", e); f.Level != Undecided {
		t.Errorf("stapled: %+v", f)
	}
	e, c = bare()
	c.Trust = &evidence.TrustResult{Reasons: []evidence.TrustReason{evidence.UnknownAuthority}}
	if f := run(t, "cert-no-sct", e); f.Level != NotApplicable {
		t.Errorf("private: %+v", f)
	}
}

func TestWrongExponent(t *testing.T) {
	for e, want := range map[string]bool{"3": false, "65537": false, "1": true, "2": true, "65536": true, "0": true, "0x1fe": true, "0x1ff": false, "": false} {
		if wrongExponent(e) != want {
			t.Errorf("exponent %q", e)
		}
	}
}
