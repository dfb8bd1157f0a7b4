package probe

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestGatePacesConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, begin := NewGate(2, time.Second), time.Now()
		for want := range 3 {
			if err := g.Enter(context.Background()); err != nil {
				t.Fatal(err)
			}
			if got := time.Since(begin); got != time.Duration(want)*time.Second {
				t.Errorf("connection %d started after %v", want, got)
			}
			g.Leave()
		}
	})
}

func TestGateLimitsConnectionsAtOnce(t *testing.T) {
	g := NewGate(1, 0)
	if err := g.Enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.Enter(ctx); err == nil {
		t.Error("a second connection got in")
	}
	g.Leave()
	if err := g.Enter(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestGateTriesOneAtATimeWhileThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, begin := NewGate(5, 0), time.Now()
		if pause := g.Throttled(begin, begin); pause != time.Second {
			t.Fatalf("first pause %v", pause)
		}
		if pause := g.Throttled(begin, begin); pause != 0 {
			t.Errorf("a connection of the same wave made the pause %v", pause)
		}
		started := make(chan time.Duration, 5)
		for range 5 {
			go func() {
				_ = g.Enter(t.Context())
				started <- time.Since(begin)
			}()
		}
		if got := <-started; got != time.Second {
			t.Errorf("the first try started after %v", got)
		}
		if pause := g.Throttled(time.Now(), time.Now()); pause != 2*time.Second {
			t.Errorf("second pause %v", pause)
		}
		if got := <-started; got != 3*time.Second {
			t.Errorf("the second try started after %v", got)
		}
		g.Answered()
		for i := range 3 { // more slowly than before
			if got, want := <-started, 3*time.Second+time.Duration(i+1)*100*time.Millisecond; got != want {
				t.Errorf("after the server was well again a connection started after %v, want %v", got, want)
			}
		}
	})
}

func TestGateEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(1, 0)
		g.Throttled(time.Now(), time.Now())
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.Enter(ctx); err == nil {
			t.Error("no error")
		}
		if len(g.slots) != 0 {
			t.Error("the slot was not given back")
		}
	})
}
