package bulk

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestLimits makes connections for many addresses of a provider, and counts them at each moment, and in each minute.
func TestLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := Limits{Address: Limit{AtOnce: 2, PerMinute: 6}, Provider: Limit{AtOnce: 5, PerMinute: 20}}
		l := newLimiter(limits)
		var mu sync.Mutex
		open, most, starts := map[string]int{}, map[string]int{}, map[string][]time.Time{}
		var wg sync.WaitGroup
		for i := range 100 {
			keys := []string{fmt.Sprint(i % 5), "provider"}
			wg.Go(func() {
				leave, err := l.enter(t.Context(), keys[0], keys[1])
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, k := range keys {
					open[k]++
					most[k] = max(most[k], open[k])
					starts[k] = append(starts[k], time.Now())
				}
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				for _, k := range keys {
					open[k]--
				}
				mu.Unlock()
				leave()
			})
		}
		wg.Wait()
		for k, list := range starts {
			limit := limits.Address
			if k == "provider" {
				limit = limits.Provider
			}
			if most[k] > limit.AtOnce || k == "provider" && most[k] < limit.AtOnce {
				t.Errorf("%s: %d at once", k, most[k])
			}
			for i := limit.PerMinute; i < len(list); i++ {
				if list[i].Sub(list[i-limit.PerMinute]) < time.Minute {
					t.Errorf("%s: more than %d in a minute", k, limit.PerMinute)
				}
			}
		}
		time.Sleep(2 * time.Minute)
		if leave, err := l.enter(t.Context(), "other", "other"); err != nil || len(l.meters) != 2 {
			t.Errorf("%d meters are kept: %v", len(l.meters), err)
		} else {
			leave()
		}
	})
}

// TestLimitsBear tells who bears one more connection.
func TestLimitsBear(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(Limits{Address: Limit{AtOnce: 1, PerMinute: 2}, Provider: Limit{PerMinute: 3}})
		want := func(address, provider string, bears bool) {
			t.Helper()
			if got := l.bears(address, provider); got != bears {
				t.Errorf("%s of %s: %v", address, provider, got)
			}
		}
		connect := func(address string) func() {
			leave, err := l.enter(t.Context(), address, "p")
			if err != nil {
				t.Fatal(err)
			}
			return leave
		}
		leave := connect("a")
		want("a", "p", false)
		want("b", "p", true)
		leave()
		want("a", "p", true)
		connect("a")()
		want("a", "p", false)
		connect("b")()
		want("b", "p", false)
		want("b", "other", true)
		time.Sleep(time.Minute)
		want("a", "p", true)
	})
}
