package store

import (
	"database/sql"
	"fmt"
	"testing"
	"time"
)

// gather has n events of a monitor's first target told at a time, as looks a second apart see them.
func gather(t *testing.T, s *Store, m *Monitor, n int, at, until time.Time) {
	t.Helper()
	for i := range n {
		l := &Look{Watch: Watch{Monitor: m.ID, Target: m.Targets[0], Scan: "x"}, Next: at.Add(time.Hour), At: at.Add(time.Duration(i) * time.Second), Gather: until,
			Event: &Event{Subject: fmt.Sprint(i)}}
		if err := s.exec(t.Context(), "UPDATE watches SET scan = ? WHERE monitor = ?", l.Scan, m.ID); err != nil {
			t.Error(err)
		}
		if err := s.Looked(t.Context(), l, nil); err != nil {
			t.Error(err)
		}
	}
}

// tellDue has told what is due by a time, once, and returns how many events there were.
func tellDue(t *testing.T, s *Store, now time.Time, meanwhile func()) (n int) {
	t.Helper()
	ids, err := s.Gathered(t.Context(), now, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if err := s.TellGathered(t.Context(), id, now, func(list []Event) ([]Delivery, error) {
			n += len(list)
			meanwhile()
			return nil, nil
		}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// TestGatherMeanwhile has another program see a change while what has gathered is being told: it is told the next time.
func TestGatherMeanwhile(t *testing.T) {
	database := databaseOf(t)
	s, other := open(t, database), open(t, database)
	m := add(t, s, watching("a.example"))
	gather(t, s, m, 1, noon, noon.Add(24*time.Hour))
	late, kept := noon.Add(25*time.Hour), make(chan struct{})
	if n := tellDue(t, s, late, func() {
		go func() {
			defer close(kept)
			gather(t, other, m, 1, late, noon.Add(48*time.Hour))
		}()
		awaitBlockedOr(t, s.read, kept)
	}); n != 1 {
		t.Fatalf("told %d", n)
	}
	<-kept
	if n := tellDue(t, s, noon.Add(49*time.Hour), func() {}); n != 1 {
		t.Errorf("of what gathered meanwhile, told %d", n)
	}
}

// awaitBlockedOr waits until somebody waits for a lock in the database, or is done without.
func awaitBlockedOr(t *testing.T, db *sql.DB, done <-chan struct{}) {
	t.Helper()
	for n := 0; n == 0; {
		select {
		case <-done:
			return
		default:
		}
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}

// TestGatherMany wants all told of what has gathered, though one message does not hold it.
func TestGatherMany(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		m := add(t, s, watching("a.example"))
		until := noon.Add(24 * time.Hour)
		gather(t, s, m, 2, noon, until)
		if err := s.inTx(t.Context(), func(tx *sql.Tx) error { // as looks do it, but faster
			for range maxGathered {
				if err := s.addEvent(t.Context(), tx, &Look{Watch: Watch{Monitor: m.ID}, At: noon, Gather: until, Event: new(Event)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{maxGathered, 2, 0} {
			if n := tellDue(t, s, noon.Add(25*time.Hour), func() {}); n != want {
				t.Errorf("told %d, want %d", n, want)
			}
		}
	})
}

// TestDisabledDigest wants nothing told that has gathered for somebody who is disabled.
func TestDisabledDigest(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a := account(t, s, "ann")
		m := watching("a.example")
		m.Owner = a.ID
		gather(t, s, add(t, s, m), 1, noon, noon.Add(time.Hour))
		gather(t, s, add(t, s, watching("b.example")), 1, noon, noon.Add(time.Hour))
		late := noon.Add(2 * time.Hour)
		do(t, s.Disable(t.Context(), a.ID))
		tell := func([]Event) ([]Delivery, error) {
			t.Error("told of one that is disabled")
			return nil, nil
		}
		do(t, s.TellGathered(t.Context(), m.ID, late, tell, nil)) // as a program that was about to
		if n := tellDue(t, s, late, func() {}); n != 1 {
			t.Errorf("told %d, want that of no account alone", n)
		}
		do(t, s.Enable(t.Context(), a.ID))
		if n := tellDue(t, s, late, func() {}); n != 1 {
			t.Errorf("told %d once it is enabled again", n)
		}
	})
}
