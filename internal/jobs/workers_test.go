package jobs

import (
	"database/sql"
	"log/slog"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/riverqueue/river"
)

// place returns the ID of the worker that a queue is.
func (q *Queue) place(t *testing.T) string {
	t.Helper()
	id, _, ok := q.presence.here()
	if !ok {
		t.Fatal("it is no worker")
	}
	return id
}

// TestNoScans wants nothing made by a program that leaves that to others, which one of them makes then.
func TestNoScans(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		m, s := newMute(t), open(t, database)
		close(m.hangUp)
		asks, err := Start(t.Context(), s, Config{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		scan := order(t, asks, "smtp://"+m.Addr().String())
		makes := start(t, open(t, database))
		if got := over(t, s, scan.ID); got.State != store.Done {
			t.Errorf("got %+v", got)
		}
		stop(t, makes)
		stop(t, asks)
	})
}

// TestTaken takes a scan from a worker that others take for gone: it stops, another makes the scan, and it is a worker again. That it stopped
// was no attempt: after maxAttempts nobody would make the scan any more.
func TestTaken(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		m, s := newMute(t), open(t, database)
		first := start(t, s)
		scan := order(t, first, "smtp://"+m.Addr().String())
		<-m.reached
		place := first.place(t)
		_, present, _ := first.presence.here()
		if err := s.RemoveWorker(t.Context(), place); err != nil {
			t.Fatal(err)
		}
		second := start(t, open(t, database)) // which looks at once who is gone
		<-present.Done()
		close(m.hangUp)
		if got := over(t, s, scan.ID); got.State != store.Done {
			t.Errorf("got %+v", got)
		}
		stop(t, second)
		if got := over(t, s, order(t, first, "smtp://"+m.Addr().String()).ID); got.State != store.Done || first.place(t) == place {
			t.Errorf("then got %+v", got)
		}
		stop(t, first)
		list, err := first.client.JobList(t.Context(), river.NewJobListParams())
		if err != nil || len(list.Jobs) != 3 { // two of the scan that was taken over
			t.Fatalf("%+v, error %v", list, err)
		}
		for _, job := range list.Jobs {
			if len(job.Errors) > 0 {
				t.Errorf("an attempt failed: %+v", job.Errors)
			}
		}
	})
}

// TestOneAddress has two workers scan two ports of one address: the second waits until the first has ended.
func TestOneAddress(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		m, n, s := newMute(t), newMute(t), open(t, database)
		first := start(t, s) // which makes one scan at once
		a := order(t, first, "smtp://"+m.Addr().String())
		<-m.reached
		second := start(t, open(t, database))
		b := order(t, second, "smtp://"+n.Addr().String())
		for wanted := false; !wanted; <-time.After(20 * time.Millisecond) { // between looks
			held, w, err := s.Hold(t.Context(), first.place(t), "127.0.0.1")
			if err != nil || !held {
				t.Fatalf("held %v, %v", held, err)
			}
			wanted = w
		}
		if len(n.reached) > 0 {
			t.Error("both are at the address")
		}
		close(m.hangUp)
		close(n.hangUp)
		for _, id := range []string{a.ID, b.ID} {
			if got := over(t, s, id); got.State != store.Done {
				t.Errorf("got %+v", got)
			}
		}
		if len(n.reached) == 0 {
			t.Error("the second never came")
		}
		stop(t, first)
		stop(t, second)
	})
}

// interrupted is a scan under way whose database can be taken away.
type interrupted struct {
	database string
	mute     *mute
	store    *store.Store
	queue    *Queue
	scan     *store.Scan
}

func newInterrupted(t *testing.T) *interrupted {
	t.Helper()
	x := &interrupted{database: realtest.Database(t, server.Use(t)), mute: newMute(t)}
	x.store = open(t, x.database)
	x.queue = start(t, x.store)
	x.scan = order(t, x.queue, "smtp://"+x.mute.Addr().String())
	<-x.mute.reached
	return x
}

// done wants a report in the end.
func (x *interrupted) done(t *testing.T) {
	t.Helper()
	if got := over(t, x.store, x.scan.ID); got.State != store.Done {
		t.Errorf("got %+v", got)
	}
	stop(t, x.queue)
}

// TestAway takes the database away while a scan ends: the report is kept when it is there again.
func TestAway(t *testing.T) {
	x := newInterrupted(t)
	realtest.TakeAway(t, server.Use(t), x.database)
	if _, err := x.queue.Ask(t.Context(), "example.org", true); !store.Away(err) {
		t.Errorf("asked meanwhile: %v", err)
	}
	close(x.mute.hangUp)
	realtest.GiveBack(t, server.Use(t), x.database)
	x.done(t)
}

// TestAwayForLong takes the database away for so long that others may scan the same: this worker stops, and makes the scan anew.
func TestAwayForLong(t *testing.T) {
	x := newInterrupted(t)
	_, present, _ := x.queue.presence.here()
	realtest.TakeAway(t, server.Use(t), x.database)
	x.queue.presence.mu.Lock()
	x.queue.presence.late.Reset(0) // it is loseAfter later
	x.queue.presence.mu.Unlock()
	<-present.Done()
	realtest.GiveBack(t, server.Use(t), x.database)
	close(x.mute.hangUp)
	x.done(t)
}

// TestStopAway ends a program while the database is away.
func TestStopAway(t *testing.T) {
	x := newInterrupted(t)
	realtest.TakeAway(t, server.Use(t), x.database)
	stop(t, x.queue)
	realtest.GiveBack(t, server.Use(t), x.database)
	gone := x.queue.place(t)
	x.store = open(t, x.database)                                   // the former has connections that were cut
	if err := x.store.RemoveWorker(t.Context(), gone); err != nil { // as it is a minute later
		t.Fatal(err)
	}
	close(x.mute.hangUp)
	x.queue = start(t, x.store)
	x.done(t)
}

// TestTakenOverByAStuckOne has another program stand still while it takes over: this one goes on saying that it lives.
func TestTakenOverByAStuckOne(t *testing.T) {
	database := realtest.Database(t, server.Use(t))
	s := open(t, database)
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "INSERT INTO workers(id, alive_ms) VALUES('dead', 0)"); err != nil {
		t.Fatal(err)
	}
	stuck, err := db.BeginTx(t.Context(), nil)
	if err == nil {
		_, err = stuck.ExecContext(t.Context(), "DELETE FROM workers WHERE id = 'dead'")
	}
	if err != nil {
		t.Fatal(err)
	}
	q := start(t, s)
	alive := func() (at int64) {
		t.Helper()
		if err := db.QueryRowContext(t.Context(), "SELECT alive_ms FROM workers WHERE id = $1", q.place(t)).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	for blocked := 0; blocked == 0; <-time.After(20 * time.Millisecond) { // between looks
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&blocked); err != nil {
			t.Fatal(err)
		}
	}
	for first, changes := alive(), 0; changes < 2; <-time.After(20 * time.Millisecond) { // between looks
		if at := alive(); at != first {
			first, changes = at, changes+1
		}
	}
	if err := stuck.Rollback(); err != nil {
		t.Error(err)
	}
	stop(t, q)
}
