package hostiletest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/tlswire"
)

// patient is a scan that soon gives up waiting for a server that throttles.
func patient() probe.Config {
	return probe.Config{Timeout: 5 * time.Second, Patience: time.Second, Without: evidence.WeaknessKeys()}
}

// TestThrottleAfterRC4 scans a server that begins to throttle when RC4 was seen: that stays seen, and nothing else is
// decided for it.
func TestThrottleAfterRC4(t *testing.T) {
	s, ok := lab.ByName("throttle-421")
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	cfg := patient()
	cfg.Parallel = 1 // RC4 is seen before the throttle closes, whichever connection is faster
	ep := scan(t, s, cfg)
	e := judged(t, strictly(ep)).Endpoints[0]
	level := func(id string) check.Level {
		i := slices.IndexFunc(e.Findings, func(f check.Finding) bool { return f.Check == id })
		if i < 0 {
			t.Fatalf("there is no check %s", id)
		}
		return e.Findings[i].Level
	}
	if level("rc4") != check.Fail || e.Verdict != report.Fail {
		t.Errorf("rc4 is %v and the verdict %v, want fail for both", level("rc4"), e.Verdict)
	}
	for _, id := range []string{"null", "anon", "export", "des", "sweet32"} {
		if level(id) != check.Undecided {
			t.Errorf("%s is %v, want undecided", id, level(id))
		}
	}
	if f := ep.Facts.Suites; f.State != evidence.Partial || !strings.Contains(f.Why, "too many connections") {
		t.Errorf("the suites are %v because of %q, want partial and the server's words", f.State, f.Why)
	}
	if ep.Cost.Connections > 20 {
		t.Errorf("%d connections to a server that throttles", ep.Cost.Connections)
	}
}

// TestThrottle scans every server that turns clients away, and wants nothing decided wrongly by that.
func TestThrottle(t *testing.T) {
	for _, s := range lab.All() {
		if s.Throttle == (lab.Throttle{}) && s.Quirks.Fault == (lab.Fault{}) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			ep := scan(t, s, patient())
			checkReasons(t, ep)
			checkVersions(t, s, ep)
			checkSuites(t, s, ep)
			checkNotDenied(t, s, ep)
			for _, f := range judged(t, strictly(ep)).Endpoints[0].Findings {
				if f.Check == "rc4" && f.Level == check.Pass && s.Want["rc4"] == "fail" {
					t.Errorf("rc4 passes: %s", f.Message)
				}
			}
		})
	}
}

// checkNotDenied wants no suite denied that the server accepts.
func checkNotDenied(t *testing.T, s lab.Server, ep *evidence.Endpoint) {
	t.Helper()
	if lying(s) || refusing(s) || withoutTLS(ep) {
		return
	}
	for _, v := range s.Versions {
		for _, suite := range s.Suites[v] {
			same := func(w tlswire.Version, x tlswire.Suite) bool { return v == w && suite == x }
			if evidence.AnyIn(ep.Facts.Suites, same) == evidence.No {
				t.Errorf("%v in %v is denied, which the server accepts; the scan ended because: %q", suite, v, ep.Ended)
			}
		}
	}
}

// TestCloseAtOnce scans a server that closes every connection right away: it is there, and nothing else is known.
func TestCloseAtOnce(t *testing.T) {
	s, ok := lab.ByName("closes-at-once")
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	ep := scan(t, s, patient())
	if f := ep.Facts.Versions; f.State != evidence.Unknown || f.Why == "" {
		t.Errorf("the versions are %v because of %q, want unknown with a reason", f.State, f.Why)
	}
	if v := judged(t, ep).Endpoints[0].Verdict; v != report.Incomplete {
		t.Errorf("the verdict is %v, want incomplete", v)
	}
}

// TestTurnedAwayInTheClear scans ports of implicit TLS that answer in the clear: a mail server that asks to come later says
// nothing about its TLS.
func TestTurnedAwayInTheClear(t *testing.T) {
	for name, c := range map[string]struct {
		protocol string
		text     string
		want     evidence.EndKind
	}{
		"421":           {"submissions", "421 4.7.0 mail.lab.test too many connections\r\n", evidence.EndThrottled},
		"BYE for now":   {"imaps", "* BYE [UNAVAILABLE] Too many connections\r\n", evidence.EndThrottled},
		"-ERR for now":  {"pop3s", "-ERR [SYS/TEMP] try later\r\n", evidence.EndThrottled},
		"BYE":           {"imaps", "* BYE no\r\n", evidence.EndNotTLS},
		"-ERR":          {"pop3s", "-ERR go away\r\n", evidence.EndNotTLS},
		"greeting":      {"submissions", "220 mail.lab.test ESMTP\r\n", evidence.EndNotTLS},
		"HTTP":          {"imaps", "HTTP/1.1 400 Bad Request\r\n\r\n", evidence.EndNotTLS},
		"not even text": {"imaps", "\x00\x01\x02\x03\x04\x05", evidence.EndNotTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ok := lab.ByName("ssh")
			if !ok {
				t.Fatal("there is no such server in the lab")
			}
			s.Protocol, s.Quirks.Unasked = protocolNamed(t, c.protocol), []byte(c.text)
			ep := scan(t, s, patient())
			for _, o := range ep.Observations {
				if o.End.Kind != c.want && o.End.Kind != evidence.EndCancelled {
					t.Errorf("connection %s ended as %v (%s), want %v", o.ID, o.End.Kind, o.End.Detail, c.want)
				}
			}
			if ep.Facts.Versions.State != evidence.Unknown {
				t.Errorf("the versions are %v, want unknown", ep.Facts.Versions.State)
			}
		})
	}
}
