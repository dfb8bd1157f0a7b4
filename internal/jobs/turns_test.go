package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

const address = "192.0.2.1"

func newWorker(t *testing.T, s *store.Store) string {
	t.Helper()
	id, err := s.AddWorker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// holds reports whether a worker has the address now, or takes it.
func holds(t *testing.T, s *store.Store, worker string) bool {
	t.Helper()
	held, _, err := s.Hold(t.Context(), worker, address)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func take(t *testing.T, turns *turns, worker string) (leave func()) {
	t.Helper()
	leave, err := turns.take(t.Context(), t.Context(), worker, address)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

// TestTurnUnanswered gives a worker an address whose scan ends before it hears of that: others can have the address.
func TestTurnUnanswered(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		a, b := newWorker(t, s), newWorker(t, s)
		if !holds(t, s, a) {
			t.Fatal("nobody has it")
		}
		over, end := context.WithCancel(t.Context())
		end()
		if _, err := (&turns{store: s}).take(over, t.Context(), a, address); err == nil {
			t.Fatal("it has a turn after its time")
		}
		if !holds(t, s, b) {
			t.Error("nobody else can have it")
		}
	})
}

// TestTurnOfTwoPlaces has a worker lose its place, and have an address by the next, before its scans of the first have ended.
func TestTurnOfTwoPlaces(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s, x := open(t, database), new(turns)
		x.store = s
		first := newWorker(t, s)
		old := take(t, x, first)
		if err := s.RemoveWorker(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		second, other := newWorker(t, s), newWorker(t, s)
		take(t, x, second)()
		if holds(t, s, other) {
			t.Error("another has it before the scans have ended")
		}
		old()
		if !holds(t, s, other) {
			t.Error("nobody else can have it")
		}
	})
}

// TestTurnWanted wants whoever waits for an address let in before the next scan of who had it.
func TestTurnWanted(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s, x := open(t, database), new(turns)
		x.store = s
		a, b := newWorker(t, s), newWorker(t, s)
		at := x.of(address)
		if !at.begin(t.Context(), s, a, address) || holds(t, s, b) || at.begin(t.Context(), s, a, address) {
			t.Fatal("it has no turn, or another has, or does not want it")
		}
		at.end(t.Context(), s, address)
		if at.rest.IsZero() {
			t.Error("whoever waits is not let in")
		}
		at.rest = time.Now().Add(time.Hour)
		if at.begin(t.Context(), s, a, address) || !holds(t, s, b) {
			t.Error("whoever waits is not let in, though it is to be")
		}
	})
}
