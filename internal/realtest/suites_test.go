package realtest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/agree"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// One shard a stack, so that the test's output shows where the time goes: they are not run beside other tests.
// Of those that never greet, none is waited for long; that of Java does, but computes slowly while its code is still interpreted.
func TestSuitesOpenSSL(t *testing.T) { compareAll(t, "openssl/", 5*time.Second) }
func TestSuitesGnuTLS(t *testing.T)  { compareAll(t, "gnutls/", 5*time.Second) }
func TestSuitesNSS(t *testing.T)     { compareAll(t, "nss/", 5*time.Second) }
func TestSuitesJava(t *testing.T)    { compareAll(t, "java/", 30*time.Second) }

// compareAll scans each configuration of a stack, and compares what was found with what was configured.
func compareAll(t *testing.T, stack string, timeout time.Duration) {
	if testing.Short() {
		t.Skip("scans every configuration")
	}
	// The group ends with its last scan; the time of a test that only begins parallel ones would be zero.
	t.Run("group", func(t *testing.T) {
		for _, c := range Configs() {
			if name, ok := strings.CutPrefix(c.Name, stack); ok {
				t.Run(name, func(t *testing.T) {
					t.Parallel() // most of the time is spent waiting for greetings that never come
					compareOne(t, c, timeout)
				})
			}
		}
	})
}

func compareOne(t *testing.T, c Config, timeout time.Duration) {
	server := Start(t, c.Server)
	want, err := c.Want(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	cfg := mailtls.Config{Timeout: timeout, Roots: roots, Skip: attackIDs()}
	found, err := mailtls.Scan(t.Context(), "submissions://"+server.Addr("tls"), &cfg)
	if err != nil {
		t.Fatal(err)
	}
	e := found.Endpoints[0]
	t.Logf("%d connections", e.Cost.Connections)
	compareSuites(t, e.Facts.Suites, want)
	comparePreference(t, e.Facts.Preference, want)
	wantQuick(t, "submissions://"+server.Addr("tls"), cfg, e)
}

// wantQuick scans a server quickly, and wants the judgement of the full scan that found full.
func wantQuick(t *testing.T, target string, cfg mailtls.Config, full report.Endpoint) {
	t.Helper()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Quick = true
	quick, err := mailtls.Scan(t.Context(), target, &cfg)
	if err != nil {
		t.Fatal(err)
	}
	e := quick.Endpoints[0]
	t.Logf("quick: %d connections, %s", e.Cost.Connections, e.Verdict)
	for _, wrong := range agree.Differences(e, full, mail) {
		t.Error("quick scan: " + wrong)
	}
}

func compareSuites(t *testing.T, got evidence.Fact[evidence.PerVersion[tlswire.Suite]], want Want) {
	t.Helper()
	if got.State != evidence.Known {
		t.Errorf("suites are %v (%s), undecided: %v", got.State, got.Why, got.Open)
	}
	for v := tlswire.SSLv3; v <= tlswire.TLS13; v++ {
		found, configured := got.Value[v], want.Suites[v]
		if want.Preference[v] == evidence.ClientOrder {
			found, configured = slices.Sorted(slices.Values(found)), slices.Sorted(slices.Values(configured))
		}
		if diff := cmp.Diff(configured, found, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%v: configured (-), found (+):\n%s", v, diff)
		}
	}
	if len(got.Value[tlswire.SSLv2]) > 0 {
		t.Errorf("found SSLv2 suites %v", got.Value[tlswire.SSLv2])
	}
}

func comparePreference(t *testing.T, got evidence.Fact[map[tlswire.Version]evidence.Preference], want Want) {
	t.Helper()
	for v, configured := range want.Preference {
		if found := got.Value[v]; found != configured {
			t.Errorf("%v: %q decides, found %q (%v %s)", v, configured, found, got.State, got.Why)
		}
	}
}
