package hostiletest

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
)

// TestTime scans every hostile server by a clock that only waiting moves. Whatever the server does, no connection lasts
// longer than twice the timeout, and neither does the whole scan, if pauses that the server asks for are kept short. Nothing
// goes on when it is over, either: package synctest looks to that.
func TestTime(t *testing.T) {
	const timeout = 8 * time.Second
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append(lab.Hostile(), slowServers(timeout*3/4)...) {
		if testing.Short() && len(s.Name)%4 != 0 { // a sample, for the race detector
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				network := newMemory()
				r, err := lab.Serve(t.Context(), s, ca, network)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				ep := scanRunning(t, r, probe.Config{Timeout: timeout, Patience: timeout / 2, Dial: network.Dial})
				for i := range ep.Observations {
					if o := &ep.Observations[i]; o.Timing.End > 2*timeout {
						t.Errorf("connection %s took %v", o.ID, o.Timing.End)
					}
				}
				if ep.Cost.Wall > 2*timeout {
					t.Errorf("the scan took %v and ended because: %q", ep.Cost.Wall, ep.Ended)
				}
			})
		})
	}
}

// slowServers are those that send a byte or a line now and then, each so soon that no single read times out.
func slowServers(interval time.Duration) []lab.Server {
	var list []lab.Server
	for _, s := range lab.Hostile() {
		if s.Quirks.Fault.Do == lab.Drip || s.Quirks.Mail.Tarpit {
			s.Name += "-" + interval.String()
			s.Quirks.Interval = interval
			list = append(list, s)
		}
	}
	return list
}
