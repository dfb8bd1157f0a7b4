package jobs

import (
	"database/sql"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
)

// hideReports has the database of PostgreSQL say that it cannot be used now to whoever reads a report, and to nobody else.
func hideReports(t *testing.T, db *sql.DB) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), `DO $do$ BEGIN
		ALTER TABLE scans RENAME TO kept;
		CREATE FUNCTION away() RETURNS BYTEA STABLE LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''57P03''; END';
		EXECUTE (SELECT 'CREATE VIEW scans AS SELECT ' || string_agg(CASE attname WHEN 'report' THEN 'away() AS report' ELSE quote_ident(attname) END, ', ') || ' FROM kept'
			FROM pg_attribute WHERE attrelid = 'kept'::regclass AND attnum > 0 AND NOT attisdropped);
	END $do$`); err != nil {
		t.Fatal(err)
	}
}

// TestWatchAway takes the database away from a look that reads its report: the next tick looks at it.
func TestWatchAway(t *testing.T) {
	healthy, weak := servers(t)
	d, database := newDoor(t), realtest.Database(t, server.Use(t))
	d.open(healthy)
	w := newWatchedIn(t, &store.Monitor{Targets: []string{"smtp://" + d.Addr().String()}}, database)
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w.look(0)
	d.open(weak)
	w.look(11 * time.Minute)
	w.scan(confirmAfter)
	before := w.watches()[0]
	hideReports(t, db)
	if err := w.queue.watcher.tick(t.Context(), w.now); !store.Away(err) {
		t.Errorf("error %v", err)
	}
	if got := w.watches()[0]; got != before {
		t.Errorf("looked at while the database is away: %+v, want %+v", got, before)
	}
	if _, err := db.ExecContext(t.Context(), "DROP VIEW scans; ALTER TABLE kept RENAME TO scans"); err != nil {
		t.Fatal(err)
	}
	w.tick()
	if got := w.watches()[0]; got.Last != before.Scan || len(w.events()) != 1 {
		t.Errorf("looked at later: %+v, %+v", got, w.events())
	}
	w.stop()
}

// TestConfirmAgain has a confirming look be the first to see something: that has a confirming look, too.
func TestConfirmAgain(t *testing.T) {
	healthy, weak := servers(t)
	_, other := servers(t) // as weak, with another certificate
	d := newDoor(t)
	d.open(healthy)
	w := newWatched(t, &store.Monitor{Targets: []string{"smtp://" + d.Addr().String()}})
	w.look(0)
	wait := 11 * time.Minute
	for i, c := range []struct {
		behind string
		again  bool
	}{{weak, true}, {other, true}, {other, false}} {
		d.open(c.behind)
		got := w.look(wait)[0]
		if got.Second != c.again || got.Due.After(w.now.Add(confirmAfter)) == c.again || len(w.events()) != i {
			t.Fatalf("look %d: %+v, %+v", i, got, w.events())
		}
		wait = confirmAfter
	}
	w.stop()
}
