package hostiletest

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
)

// Scans that share the limits of an address share its pauses, too: together they wait no longer for a server that turns
// everybody away than one of them would.
func TestSharedPatience(t *testing.T) {
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	s, ok := lab.ByName("throttle-421")
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	s.Throttle = lab.Throttle{After: 40, Reply: "421 too many connections"}
	synctest.Test(t, func(t *testing.T) {
		network := newMemory()
		r, err := lab.Serve(t.Context(), s, ca, network)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		gates := new(probe.Gates)
		var scans sync.WaitGroup
		for range 4 {
			scans.Go(func() {
				ep := scanRunning(t, r, probe.Config{Timeout: 8 * time.Second, Gates: gates, Dial: network.Dial, Patience: 2 * time.Minute})
				if limit := 4 * time.Minute; ep.Cost.Wall > limit || ep.Ended == "" { // those under way wait for the last pause, too
					t.Errorf("it took %v, want at most %v; ended %q", ep.Cost.Wall, limit, ep.Ended)
				}
			})
		}
		scans.Wait()
	})
}
