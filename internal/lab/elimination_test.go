package lab

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// TestElimination takes away the suite that a server picked and asks again until
// it refuses: what came out must be the list of its value, in its order.
func TestElimination(t *testing.T) {
	ca := testCA(t)
	for _, s := range All() {
		if testing.Short() && len(s.Name)%5 != 0 { // a sample, for the race detector
			continue
		}
		if !s.reachesTLS() || s.Quirks.Tolerance != (Tolerance{}) || s.Throttle.Delay > 0 || s.Quirks.Mail.Teaser > 0 {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			r := start(t, s, ca)
			for _, v := range s.Versions {
				if v == tlswire.SSLv2 {
					continue
				}
				if got := eliminate(t, r, v); !slices.Equal(got, s.Suites[v]) {
					t.Errorf("%v: got %v\nwant %v", v, got, s.Suites[v])
				}
			}
		})
	}
}

// eliminate lists the suites that a server picks, by offering its own list with
// strangers around it.
func eliminate(t *testing.T, r *Running, v tlswire.Version) []tlswire.Suite {
	t.Helper()
	left := slices.Concat(named("TLS_PSK_WITH_AES_128_CBC_SHA"), r.Server.Suites[v], named("TLS_KRB5_WITH_RC4_128_MD5"))
	var found []tlswire.Suite
	for {
		got := ask(t, r, fullOffer(v, left))
		if got.end == "alert" {
			if got.alert.Description != tlswire.AlertHandshakeFailure {
				t.Errorf("%v: refused with %v", v, got.alert)
			}
			return found
		}
		if got.end == "eof" && r.Server.Quirks.Refusal == RefuseClose && len(got.messages) == 0 {
			return found
		}
		i := slices.Index(left, got.hello.Suite)
		if got.end != "done" || i < 0 {
			t.Fatalf("%v: picked %v, ended with %q", v, got.hello.Suite, got.end)
		}
		found = append(found, got.hello.Suite)
		left = slices.Delete(left, i, i+1)
	}
}
