package bulk

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// TestRunWeb: web servers with policies bear no more than mail servers do, each address and each provider of them.
func TestRunWeb(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(5)
		r := newRun(t, w, 60)
		r.Workers, r.Limits = 30, Limits{Address: Limit{AtOnce: 3, PerMinute: 6}, Provider: Limit{AtOnce: 5, PerMinute: 10}}
		var mu sync.Mutex
		open, most, starts := map[string]int{}, map[string]int{}, map[string][]time.Time{}
		r.Stages.Discover = func(ctx context.Context, name string, admit AdmitWeb) (*evidence.Domain, error) {
			d, err := w.discover(ctx, name, admit)
			var n int
			_, _ = fmt.Sscanf(name, "d%d", &n)
			a := netip.AddrFrom4([4]byte{198, 51, 100, byte(n % 2)})
			leave, admitErr := admit(ctx, fmt.Sprintf("sts%d.web.test", n), a)
			if admitErr != nil {
				return nil, admitErr
			}
			count := func(by int) {
				mu.Lock()
				defer mu.Unlock()
				for _, key := range []string{a.String(), "web.test"} {
					open[key] += by
					most[key] = max(most[key], open[key])
					if by > 0 {
						starts[key] = append(starts[key], time.Now())
					}
				}
			}
			count(1)
			time.Sleep(time.Second)
			count(-1)
			leave()
			return d, err
		}
		if err := r.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.once(t, 60, 5)
		for key, list := range starts {
			limit := r.Limits.Address
			if key == "web.test" {
				limit = r.Limits.Provider
			}
			if most[key] > limit.AtOnce {
				t.Errorf("%s: %d at once", key, most[key])
			}
			for i := limit.PerMinute; i < len(list); i++ {
				if list[i].Sub(list[i-limit.PerMinute]) < time.Minute {
					t.Errorf("%s: more than %d in a minute", key, limit.PerMinute)
				}
			}
		}
		if len(starts["web.test"]) != 60 {
			t.Errorf("%d connections", len(starts["web.test"]))
		}
	})
}
