package store

import (
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// takeOver returns the scans that are to be made anew.
func takeOver(t *testing.T, s *Store) (ids []string) {
	t.Helper()
	if err := s.TakeOver(t.Context(), func(_ *sql.Tx, id string) error {
		ids = append(ids, id)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

// lose lets a worker be silent for too long.
func lose(t *testing.T, s *Store, worker string) {
	t.Helper()
	if err := s.exec(t.Context(), "UPDATE workers SET alive_ms = alive_ms - ? WHERE id = ?", (GoneAfter + time.Second).Milliseconds(), worker); err != nil {
		t.Fatal(err)
	}
}

// TestTakeOver kills a worker in a scan, which another makes then. What the first says later changes nothing.
func TestTakeOver(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		one, two := open(t, database), open(t, database)
		dead, alive := worker(t, one), worker(t, two)
		asked, _ := ask(t, one, "example.org", true)
		first := begin(t, one, asked.ID, dead)
		if _, mine, err := two.Begin(t.Context(), asked.ID, alive); err != nil || mine {
			t.Fatalf("a scan that another makes: %v, %v", mine, err)
		}
		if ids := takeOver(t, two); ids != nil {
			t.Fatalf("taken over from one that lives: %q", ids)
		}
		lose(t, one, dead)
		if ids := takeOver(t, two); !slices.Equal(ids, []string{asked.ID}) {
			t.Fatalf("taken over: %q", ids)
		}
		if err := one.Alive(t.Context(), dead); !errors.Is(err, ErrGone) {
			t.Errorf("the dead one lives: %v", err)
		}
		if err := two.Alive(t.Context(), alive); err != nil {
			t.Error(err)
		}
		if again, fresh := ask(t, one, "example.org", true); fresh || again.ID != asked.ID || again.State != Waiting {
			t.Errorf("asked for meanwhile: %+v, %v", again, fresh)
		}
		second := begin(t, two, asked.ID, alive)
		r := report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{Start: time.Now().UTC()}, nil)
		if err := errors.Join(one.Fail(t.Context(), first, "too late"), one.GiveBack(t.Context(), first), one.Finish(t.Context(), first, r)); err != nil {
			t.Fatal(err)
		}
		if got, err := two.Scan(t.Context(), asked.ID); err != nil || got.State != Running {
			t.Errorf("after the first spoke: %+v, %v", got, err)
		}
		if err := two.Finish(t.Context(), second, r); err != nil {
			t.Fatal(err)
		}
		if got, err := one.Scan(t.Context(), asked.ID); err != nil || got.State != Done {
			t.Errorf("at the end: %+v, %v", got, err)
		}
	})
}

// TestTakeOverFails wants a scan kept for the next where it cannot be ordered anew.
func TestTakeOverFails(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		asked, _ := ask(t, s, "example.org", true)
		begin(t, s, asked.ID, "nobody")
		full := errors.New("the queue is full")
		if err := s.TakeOver(t.Context(), func(*sql.Tx, string) error { return full }); !errors.Is(err, full) {
			t.Errorf("error %v", err)
		}
		if ids := takeOver(t, s); len(ids) != 1 {
			t.Errorf("taken over then: %q", ids)
		}
	})
}

// TestTakeOverStuck has a scan whose job is lost ordered again, once for a while, until it has been begun too often.
func TestTakeOverStuck(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		asked, _ := ask(t, s, "example.org", true)
		w := worker(t, s)
		for range maxTries {
			if ids := takeOver(t, s); ids != nil {
				t.Fatalf("taken over before its time: %q", ids)
			}
			if err := s.exec(t.Context(), "UPDATE scans SET asked_ms = asked_ms - ?, begun_ms = begun_ms - ?", (stuckAfter + time.Minute).Milliseconds(),
				(stuckAfter + time.Minute).Milliseconds()); err != nil {
				t.Fatal(err)
			}
			if ids := takeOver(t, s); !slices.Equal(ids, []string{asked.ID}) {
				t.Fatalf("stuck: %q", ids)
			}
			if err := s.GiveBack(t.Context(), begin(t, s, asked.ID, w)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.exec(t.Context(), "UPDATE scans SET begun_ms = 0"); err != nil {
			t.Fatal(err)
		}
		if ids := takeOver(t, s); ids != nil {
			t.Errorf("begun too often, and taken over: %q", ids)
		}
		if got, err := s.Scan(t.Context(), asked.ID); err != nil || got.State != Failed || got.Why == "" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// TestTooManyTries wants a scan that every worker dies of to end.
func TestTooManyTries(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		asked, _ := ask(t, s, "example.org", true)
		for range maxTries {
			w := worker(t, s)
			begin(t, s, asked.ID, w)
			lose(t, s, w)
			takeOver(t, s)
		}
		if got, err := s.Scan(t.Context(), asked.ID); err != nil || got.State != Failed || got.Why == "" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// TestGiveBack wants a scan for others that its worker does not make any more although it lives.
func TestGiveBack(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		asked, _ := ask(t, s, "example.org", true)
		if err := s.GiveBack(t.Context(), begin(t, s, asked.ID, worker(t, s))); err != nil {
			t.Fatal(err)
		}
		begin(t, s, asked.ID, worker(t, s))
	})
}

// TestHold wants an address with one worker at a time, also after one has died, and the one that has it told that another waits.
func TestHold(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a, b := worker(t, s), worker(t, s)
		hold := func(worker, address string, held, wanted bool) {
			t.Helper()
			h, w, err := s.Hold(t.Context(), worker, address)
			if err != nil || h != held || w != wanted {
				t.Errorf("held %v, wanted %v, error %v; want %v, %v", h, w, err, held, wanted)
			}
		}
		hold(a, "192.0.2.1", true, false)
		hold(a, "192.0.2.1", true, false)
		hold(b, "192.0.2.2", true, false)
		hold(b, "192.0.2.1", false, true)
		hold(a, "192.0.2.1", true, true)
		if err := s.Release(t.Context(), b, "192.0.2.1"); err != nil { // which it has not
			t.Fatal(err)
		}
		hold(b, "192.0.2.1", false, true)
		if err := s.Release(t.Context(), a, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
		hold(b, "192.0.2.1", true, false)
		lose(t, s, b)
		takeOver(t, s)
		hold(a, "192.0.2.1", true, false)
		if _, _, err := s.Hold(t.Context(), b, "192.0.2.3"); err == nil {
			t.Error("the dead hold an address")
		}
		if err := s.RemoveWorker(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		c := worker(t, s)
		hold(c, "192.0.2.1", true, false)
	})
}
