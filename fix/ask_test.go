package fix

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// TestAskLeavesNothingBad wants nothing in what a policy leaves that it would warn either role of, and something of
// everything.
func TestAskLeavesNothingBad(t *testing.T) {
	for _, name := range policy.Names() {
		p := policyNamed(t, name)
		a := askOf(p)
		if len(a.versions) == 0 || len(a.suites13) == 0 || len(a.groups) == 0 || len(a.schemes) == 0 {
			t.Fatalf("%s: %+v", name, a)
		}
		if (len(a.suites) == 0) != (a.versions[0] == tlswire.TLS13) {
			t.Errorf("%s: %d suites for the versions from %s on", name, len(a.suites), a.versions[0])
		}
		for _, role := range []policy.Role{policy.Relay, policy.Access} {
			for _, s := range slices.Concat(a.suites, a.suites13) {
				if got := p.Suite(s, role); got.Severity > policy.Note {
					t.Errorf("%s, %s: %s is left, and is a %s", name, role, s.Name, got.Severity)
				}
				if s.Auth != tlswire.AuthAny && s.Auth != tlswire.AuthRSA && s.Auth != tlswire.AuthECDSA {
					t.Errorf("%s: %s is authenticated by %s", name, s.Name, s.Auth)
				}
			}
		}
		if !a.only(nil, nil, nil) || len(a.suites) > 0 && a.only(keyExchanges(), ciphers(), macs()) && name != "mozilla-old" && name != "legacy" {
			t.Errorf("%s: all words of GnuTLS are fine", name)
		}
	}
}

func policyNamed(t *testing.T, name string) *policy.Policy {
	t.Helper()
	p, err := policy.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestAskKeepsOldClients keeps static RSA for the policies that let TLS 1.0 in, and for no other.
func TestAskKeepsOldClients(t *testing.T) {
	static := func(s tlswire.SuiteInfo) bool { return s.KeyExchange == tlswire.KeyExchangeRSA }
	for _, name := range policy.Names() {
		old := name == "mozilla-old" || name == "legacy"
		if got := slices.ContainsFunc(askOf(policyNamed(t, name)).suites, static); got != old {
			t.Errorf("%s: static RSA is left: %v", name, got)
		}
	}
}

// TestHardenByFillsEverything wants each placeholder in the data to be known, and none to be left in a configuration.
func TestHardenByFillsEverything(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	words := askOf(policyNamed(t, "mozilla-old")).words()
	placeholder := regexp.MustCompile(`\{[a-z][a-z0-9,-]*\}`)
	for _, s := range all {
		for _, x := range s.Settings {
			for _, f := range x.ByPolicy {
				for _, word := range placeholder.FindAllString(strings.Join(slices.Concat(f.Lines, f.Run), "\n"), -1) {
					if words[word] == "" {
						t.Errorf("%s: nothing is known by %s", s.Name, word)
					}
				}
			}
		}
		for _, name := range []string{"mozilla-old", "mozilla-modern"} {
			text, err := s.HardenBy("", policyNamed(t, name))
			if err != nil {
				t.Fatal(err)
			}
			for word := range words {
				if strings.Contains(text, word) {
					t.Errorf("%s by %s: %s is left:\n%s", s.Name, name, word, text)
				}
			}
		}
	}
}

// TestHardenByRefuses wants something of everything to be left, lest what is printed is a server without TLS, or with all that
// is not asked for.
func TestHardenByRefuses(t *testing.T) {
	const rest = `"clause": "1", "others": true, "both": {"severity": "fail"}}]`
	for _, c := range []struct{ name, rows string }{
		{"no version", `"versions": [{"version": "TLS 1.3", "clause": "1", "both": {"severity": "fail"}}]`},
		{"no suite of TLS 1.2", `"suite_lists": [{"id": "s", "in": ["TLS 1.2"], ` + rest},
		{"no suite of TLS 1.3", `"suite_lists": [{"id": "s", "in": ["TLS 1.3"], ` + rest},
		{"hybrid groups alone", `"group_lists": [{"id": "g", "clause": "1", "of": ["X25519MLKEM768"], "both": {"severity": "ok"}}, {"id": "h", ` + rest},
	} {
		p, err := policy.Load(strings.NewReader(`{"name": "none", "version": "1", "source": "us", ` + c.rows + `}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"postfix", "exim"} {
			s, _ := Named(name)
			if text, err := s.HardenBy("", p); err == nil || text != "" {
				t.Errorf("%s: %v\n%s", c.name, err, text)
			}
		}
	}
}

// TestLeftOpen names rows that nothing in a configuration answers, and those only.
func TestLeftOpen(t *testing.T) {
	a := askOf(policyNamed(t, "bsi-tr-02102-2"))
	for _, c := range []struct {
		lines string
		want  []string
		not   []string
	}{
		{"", []string{"version-tls1.0", "suites-others", "groups-others", "signatures-others", "dh-below-3000"}, nil},
		{"{min} {ciphers-level} {groups}", []string{"suites-others", "signatures-others"}, []string{"version-tls1.0", "groups-others", "dh-below-3000"}},
		{"{min} {ciphers-level} {suites-tls13} {groups}", []string{"signatures-others"}, []string{"suites-others"}},
		{"{gnutls-priority}", nil, []string{"LEFT OPEN"}},
	} {
		text := strings.Join(a.leftOpen("it", []string{c.lines}, nil), "\n")
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%q: %s is not named in %s", c.lines, w, text)
			}
		}
		for _, n := range c.not {
			if strings.Contains(text, n) {
				t.Errorf("%q: %s is named in %s", c.lines, n, text)
			}
		}
		if !strings.Contains(text, "Rows that the certificate answers, and no setting: rsa-below-3000") {
			t.Errorf("%q: the certificate is missing: %s", c.lines, text)
		}
	}
}

// TestLeftOpenByName names rows of checks that no setting here answers.
func TestLeftOpenByName(t *testing.T) {
	p, err := policy.Load(strings.NewReader(`{"name": "none", "version": "1", "source": "us", "checks": [
		{"check": "no-pqc", "clause": "1", "both": {"severity": "warn"}}, {"check": "ocsp-stapling-missing", "clause": "1", "both": {"severity": "warn"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(askOf(p).leftOpen("it", []string{"{gnutls-priority} {groups}"}, nil), "\n")
	if !strings.Contains(text, "no-pqc, ocsp-stapling-missing") {
		t.Errorf("got %q", text)
	}
}

// TestLeftOpenCounts takes for answered what is answered by something that is printed, and nothing else.
func TestLeftOpenCounts(t *testing.T) {
	const checks = "auth-before-tls implicit-tls-missing ocsp-stapling-missing crime no-pfs protocol-no-tls13 cert-expired chain-order starttls-stripped"
	text := ""
	for id := range strings.FieldsSeq(checks) {
		text += `, {"check": "` + id + `", "clause": "1", "both": {"severity": "fail"}}`
	}
	p, err := policy.Load(strings.NewReader(`{"name": "none", "version": "1", "source": "us", "checks": [` + text[1:] + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	const beyond = "Rows that the certificate answers, and no setting: cert-expired, chain-order.\nRows that are about more than this server: starttls-stripped."
	const see = ` ("mailtls policies none" shows the rows.)` + "\n" + beyond
	for _, c := range []struct {
		lines string
		cured []string
		want  string
	}{
		{"", nil, "auth-before-tls, implicit-tls-missing, ocsp-stapling-missing, no-pfs, protocol-no-tls13." + see},
		{"{min} {ciphers}", nil, "auth-before-tls, implicit-tls-missing, ocsp-stapling-missing." + see},
		{"{gnutls-priority}", []string{"auth-before-tls", "implicit-tls-missing"}, "ocsp-stapling-missing." + see},
		{"{gnutls-priority}", []string{"auth-before-tls", "implicit-tls-missing", "ocsp-stapling-missing"}, beyond},
	} {
		got := strings.Join(askOf(p).leftOpen("it", []string{c.lines}, c.cured), "\n")
		if got = strings.TrimPrefix(got, "LEFT OPEN, since it has no setting here that answers it: "); got != c.want {
			t.Errorf("%q, %v: got\n%s\nwant\n%s", c.lines, c.cured, got, c.want)
		}
	}
}
