package probe

import (
	"math/rand/v2"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestPaddingOutages cuts two stretches out of a scan of a healthy server: none of them makes an oracle of it.
func TestPaddingOutages(t *testing.T) {
	const long = 5
	for first := range 12 {
		for second := first + long; second < 30; second++ {
			o, n := play(func(_ string, n int) string {
				if first <= n && n < first+long || second <= n && n < second+long {
					return justTimeout
				}
				return alertClosed
			})
			if o.decided() && !o.uniform() {
				t.Errorf("outages at %d and %d of %d: an oracle: %v", first, second, n, o.shown(tlswire.TLS12, 0))
			}
		}
	}
}

// TestPaddingPools tries servers that do not always react alike: what they say of it, and that none counts as an oracle.
func TestPaddingPools(t *testing.T) {
	var rng *rand.Rand
	weak := just(justClosed, map[string]string{badPadding: otherClosed})
	lot := []string{alertClosed, otherClosed, justClosed, overflowed}
	for name, x := range map[string]struct {
		react func(string, int) string
		want  evidence.State
	}{
		"two alike, in turns": {func(_ string, n int) string { return []string{alertClosed, justClosed}[n%2] }, evidence.Known},
		"three, in turns":     {func(_ string, n int) string { return lot[n%3] }, evidence.Known},
		"two alike, by lot":   {func(string, int) string { return []string{alertClosed, justClosed}[rng.IntN(2)] }, evidence.Known},
		"four alerts, by lot": {func(string, int) string { return lot[rng.IntN(4)] }, evidence.Known},
		"one of two is weak": {func(vector string, n int) string {
			if rng.IntN(2) == 0 {
				return alertClosed
			}
			return weak(vector, n)
		}, evidence.Unknown},
		"one of two is weak, in turns": {func(vector string, n int) string {
			if n%2 == 0 {
				return alertClosed
			}
			return weak(vector, n)
		}, evidence.Unknown},
		"one of two is weak, and says of bad padding what the other says": {func(vector string, n int) string {
			if n%2 == 0 || vector == badPadding {
				return alertClosed
			}
			return justClosed
		}, evidence.Unknown},
		"one of two mostly closes at bad padding": {func(vector string, n int) string {
			if rng.IntN(20) < 1 || vector == badPadding && (n < len(paddingVectors) || rng.IntN(20) < 17) {
				return justClosed
			}
			return alertClosed
		}, evidence.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			rng = rand.New(rand.NewPCG(3, 4))
			for range 3 {
				o, n := play(x.react)
				if f := o.lottery(); !o.decided() || f.State != x.want || f.Value.Found {
					t.Errorf("after %d connections: decided %v, %v: %v", n, o.decided(), f, o.shown(tlswire.TLS12, 0))
				}
				t.Logf("%d connections", n)
			}
		})
	}
}
