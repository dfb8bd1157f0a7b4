package store

import (
	"testing"
	"time"
)

// TestBacklog counts what campaigns and monitors have to do: not what is over, paused or under way.
func TestBacklog(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		if b, err := s.Backlog(t.Context()); err != nil || b != (Backlog{}) {
			t.Errorf("of an empty database: %+v, %v", b, err)
		}
		w := worker(t, s)
		running := newCampaign(t, s, "", "a.test", "b.test", "c.test")
		found(t, s, claimed(t, s, w, 1)[0], w, at("192.0.2.1", "mx.a.test", ""))
		for _, turn := range []func(*Campaign) error{
			func(c *Campaign) error { return s.PauseCampaign(t.Context(), "", c.ID) },
			func(c *Campaign) error { return s.CancelCampaign(t.Context(), "", c.ID) },
			func(*Campaign) error { return nil },
		} {
			c := newCampaign(t, s, "", "d.test")
			do(t, turn(c))
			do(t, s.Tally(t.Context(), c.ID))
		}
		do(t, s.Tally(t.Context(), running.ID))
		m := watching("a.example", "b.example")
		do(t, s.AddMonitor(t.Context(), m, time.Now().Add(-time.Hour)))
		paused := watching("c.example")
		paused.Paused = true
		do(t, s.AddMonitor(t.Context(), paused, time.Now().Add(-2*time.Hour)))
		b, err := s.Backlog(t.Context())
		if late := b.Late; err != nil || late < time.Hour || late > 90*time.Minute {
			t.Errorf("late by %v, %v", late, err)
		}
		b.Late = 0
		if want := (Backlog{Waiting: 1, Running: 1, Paused: 1, Domains: 4, Endpoints: 1, Watched: 2}); b != want {
			t.Errorf("%+v, want %+v", b, want)
		}
		do(t, s.exec(t.Context(), "UPDATE watches SET scan = 'X' WHERE target = 'a.example'")) // it is being looked at
		do(t, s.exec(t.Context(), "UPDATE watches SET due_ms = ? WHERE target = 'b.example'", time.Now().Add(time.Hour).UnixMilli()))
		if b, err := s.Backlog(t.Context()); err != nil || b.Late != 0 || b.Watched != 2 {
			t.Errorf("when nothing is due: %+v, %v", b, err)
		}
	})
}
