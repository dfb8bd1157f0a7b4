package policy

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

func mail(t testing.TB) *Policy {
	t.Helper()
	p, err := Named(Mail)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryNamedPolicyLoads(t *testing.T) {
	for _, name := range Names() {
		p, err := Named(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.Name != name {
			t.Errorf("%s.json holds the policy %q", name, p.Name)
		}
	}
}

func TestNamedTellsWhatIsRight(t *testing.T) {
	_, err := Named("../mail")
	if err == nil || !strings.Contains(err.Error(), "mail") {
		t.Errorf("got %v, want an error with the names there are", err)
	}
}

func TestLoadIsStrict(t *testing.T) {
	const head = `{"name":"x","version":"1","source":"s"`
	for name, text := range map[string]string{
		"not JSON":         `{`,
		"unknown field":    head + `,"colour":"red"}`,
		"unknown severity": head + `,"checks":[{"check":"a","clause":"c","relay":{"severity":"bad"}}]}`,
		"unknown grade":    head + `,"checks":[{"check":"a","clause":"c","relay":{"severity":"fail","cap":"G"}}]}`,
		"unknown version":  head + `,"versions":[{"version":"TLS 2","clause":"c"}]}`,
		"no clause":        head + `,"checks":[{"check":"a"}]}`,
		"a check twice":    head + `,"checks":[{"check":"a","clause":"c"},{"check":"a","clause":"c"}]}`,
		"empty match":      head + `,"suites":[{"check":"a","clause":"c","match":{}}]}`,
		"no source":        `{"name":"x","version":"1"}`,
		"more after it":    head + `} {}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Load(strings.NewReader(text)); err == nil {
				t.Error("loaded")
			}
		})
	}
	if _, err := Load(strings.NewReader(head + "}\n")); err != nil {
		t.Errorf("the same without the mistake: %v", err)
	}
}

func TestVersionsWeighByRole(t *testing.T) {
	p := mail(t)
	for _, c := range []struct {
		version       tlswire.Version
		relay, access Severity
	}{
		{tlswire.SSLv2, Fail, Fail},
		{tlswire.SSLv3, Warn, Fail},
		{tlswire.TLS10, Warn, Fail},
		{tlswire.TLS12, OK, OK},
		{tlswire.TLS13, OK, OK},
		{0x7f1c, OK, OK},
	} {
		r := p.TLSVersion(c.version)
		if r.For(Relay).Severity != c.relay || r.For(Access).Severity != c.access {
			t.Errorf("%s: relay %s, access %s", c.version, r.For(Relay).Severity, r.For(Access).Severity)
		}
	}
}

func TestSuiteTakesTheWorstRow(t *testing.T) {
	p := mail(t)
	for name, want := range map[string]Severity{
		"TLS_AES_128_GCM_SHA256":                OK,
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": OK,
		"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA":    Note,
		"TLS_RSA_WITH_AES_128_GCM_SHA256":       Warn,
		"TLS_RSA_WITH_3DES_EDE_CBC_SHA":         Warn,
		"TLS_RSA_WITH_RC4_128_SHA":              Fail,
		"TLS_ECDH_anon_WITH_AES_256_CBC_SHA":    Fail,
		"TLS_RSA_EXPORT_WITH_RC4_40_MD5":        Fail,
		"TLS_RSA_WITH_NULL_SHA256":              Fail,
		"TLS_RSA_WITH_DES_CBC_SHA":              Fail,
	} {
		s, ok := tlswire.SuiteByName(name)
		info, known := s.Info()
		if !ok || !known {
			t.Fatalf("no suite %s", name)
		}
		if got := p.Suite(info, Access).Severity; got != want {
			t.Errorf("%s on access: %s, want %s", name, got, want)
		}
	}
}

func TestAnonymousSuitesAreToleratedOnRelay(t *testing.T) {
	p := mail(t)
	s, _ := tlswire.SuiteByName("TLS_ECDH_anon_WITH_AES_256_CBC_SHA")
	info, _ := s.Info()
	if got := p.Suite(info, Relay); got.Severity != Note || got.Cap != "" {
		t.Errorf("got %+v", got)
	}
}

func TestKeyTakesTheLowestBound(t *testing.T) {
	p := mail(t)
	for _, c := range []struct {
		kind KeyKind
		bits int
		want Severity
	}{
		{KeyDH, 512, Fail}, {KeyDH, 1023, Fail}, {KeyDH, 1024, Warn}, {KeyDH, 2047, Warn}, {KeyDH, 2048, OK},
		{KeyRSA, 2048, OK}, {KeyRSA, 1024, Warn}, {KeyEC, 192, Warn}, {KeyEC, 224, OK}, {KeyDSA, 3072, Warn}, {"", 1, OK},
	} {
		if got := p.Key(c.kind, c.bits).For(Relay).Severity; got != c.want {
			t.Errorf("%s of %d bits on relay: %s, want %s", c.kind, c.bits, got, c.want)
		}
	}
}

func TestNoRuleIsOK(t *testing.T) {
	if got := mail(t).Check("no-such-check"); got != (Rule{}) {
		t.Errorf("got %+v", got)
	}
	if (SuiteMatch{}).Matches(tlswire.SuiteInfo{}) {
		t.Error("an empty match matches")
	}
}

func TestRoleOf(t *testing.T) {
	for _, c := range []struct {
		protocol string
		port     int
		want     Role
	}{
		{"smtp", 25, Relay}, {"smtp", 2525, Relay}, {"lmtp", 24, Relay},
		{"smtp", 587, Access}, {"submission", 25, Access}, {"imaps", 993, Access}, {"sieve", 4190, Access},
	} {
		if got := RoleOf(c.protocol, c.port); got != c.want {
			t.Errorf("%s on %d: %s, want %s", c.protocol, c.port, got, c.want)
		}
	}
}

func TestGradesAreOrdered(t *testing.T) {
	if !Grade("F").WorseThan("A+") || !Grade("A").WorseThan("A+") || Grade("A+").WorseThan("A+") || Grade("").WorseThan("F") {
		t.Error("grades are out of order")
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(`{"name":"x","version":"1","source":"s","keys":[{"kind":"DH","below":1,"clause":"c"}]}`)
	f.Add(`{"name":"x","version":"1","source":"s","suites":[{"check":"a","match":{"bits":[56]},"clause":"c"}]}`)
	f.Add(`{"name":"x","version":"1","source":"s","group_lists":[{"id":"a","in":["TLS 1.3"],"others":true,"clause":"c","until":"2026-01-01"}]}`)
	f.Add(`{"name":"x","version":"1","source":"s","dh_lists":[{"id":"a","need":"any","of":[""],"clause":"c","both":{"severity":"fail"}}],"omits":["b"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Load(strings.NewReader(text))
		if err != nil {
			return
		}
		if again, err := Load(bytes.NewReader(p.Text())); err != nil || again.SHA256 != p.SHA256 {
			t.Errorf("what was read does not read again: %v", err)
		}
		for _, s := range tlswire.Suites() {
			p.At(time.Time{}).Suite(s, Relay)
		}
	})
}
