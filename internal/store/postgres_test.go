package store

import (
	"context"
	"database/sql"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/realtest"
)

// databaseOf is an empty database of PostgreSQL.
func databaseOf(t *testing.T) string {
	t.Helper()
	return realtest.Database(t, server.Use(t))
}

// awaitBlocked waits until somebody waits for a lock in the database.
func awaitBlocked(t *testing.T, db *sql.DB) {
	t.Helper()
	for n := 0; n == 0; {
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAskMeanwhile has another program ask for a scan that is just being kept: it waits, and is led to it.
func TestAskMeanwhile(t *testing.T) {
	database := databaseOf(t)
	s, other := open(t, database), open(t, database)
	led := make(chan *Scan, 1)
	first, fresh, err := s.Ask(t.Context(), "example.org", true, func(*sql.Tx, string) error {
		go func() {
			scan, fresh, err := other.Ask(t.Context(), "example.org", true, nothing)
			if fresh || err != nil {
				t.Errorf("the other: %+v, %v, %v", scan, fresh, err)
			}
			led <- scan
		}()
		awaitBlocked(t, s.read)
		return nil
	})
	if err != nil || !fresh {
		t.Fatalf("the first: %v, %v", fresh, err)
	}
	if scan := <-led; scan == nil || scan.ID != first.ID {
		t.Errorf("the other was led to %+v, not to %s", scan, first.ID)
	}
}

// TestTimeouts wants no lock waited for without end, unless the URL of the database says how long, nor a transaction of a program that
// stands still.
func TestTimeouts(t *testing.T) {
	database := databaseOf(t)
	for url, want := range map[string]string{database: "10s 20s", database + "?lock_timeout=2s": "2s 20s"} {
		var got string
		if err := open(t, url).queryRow(t.Context(), "SELECT current_setting('lock_timeout') || ' ' || current_setting('idle_in_transaction_session_timeout')").
			Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, error %v; want %q", url, got, err, want)
		}
	}
	s := open(t, database+"?lock_timeout=1ms")
	tx, err := open(t, database).write.BeginTx(t.Context(), nil)
	if err == nil {
		_, err = tx.ExecContext(t.Context(), "LOCK TABLE workers")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddWorker(t.Context()); !Away(err) {
		t.Errorf("locked: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Error(err)
	}
}

// TestOpenMeanwhile has a program start while another brings the tables to its version: it waits, longer than for other locks.
func TestOpenMeanwhile(t *testing.T) {
	database := databaseOf(t)
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	lock := func(how string) {
		t.Helper()
		if _, err := conn.ExecContext(t.Context(), "SELECT "+how+"($1)", int64(migrating)); err != nil {
			t.Fatal(err)
		}
	}
	lock("pg_advisory_lock")
	opened := make(chan error, 1)
	go func() {
		s, err := Open(t.Context(), database+"?lock_timeout=20ms")
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	for waited := false; !waited; {
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
			AND clock_timestamp() > query_start + interval '100 ms'`).Scan(&waited); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-opened:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
	}
	var tables int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").Scan(&tables); err != nil || tables > 0 {
		t.Errorf("%d tables, error %v", tables, err)
	}
	lock("pg_advisory_unlock")
	if err := <-opened; err != nil {
		t.Error(err)
	}
}

// TestNoPassword looks for the password in what is said of databases that cannot be opened: all in one line.
func TestNoPassword(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	_ = l.Close()
	there := server.Use(t).Addr("postgresql")
	for _, c := range []struct{ url, want string }{
		{"postgres://me:hush@" + nobody + "/x", "connect"},
		{"postgres://me:hush@" + there + "/x", "password authentication failed"},
		{"postgres://me@" + there + "/x?password=hush", "password authentication failed"},
		{"postgres://me:hush@" + there + "/x?sslmode=sometimes", "sslmode"},
		{"postgres://me:hush@" + there + "/x?sslmode=require", "TLS"},
		{"postgres://me:hu/sh@" + there + "/x", "cannot be read"},
		{"postgres://me:4/hush@" + there + "/x", "cannot be read"},
		{"postgres://me:4?hush@" + there + "/x", "cannot be read"},
		{"postgres://me:4#hush@" + there + "/x", "cannot be read"},
		{"postgres://me:hush@x:port/x", "cannot be read"},
		{"postgres://me:hush@127.0.0.1:70000/x", "look at its port"},
		{"postgres://me:hush@" + there + "/x?target_session_attrs=odd", "cannot be used"},
		{"postgres://me:%zhush@" + there + "/x", "cannot be read"},
	} {
		s, err := Open(t.Context(), c.url)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: it is open", c.url)
			continue
		}
		if text := err.Error(); strings.Contains(text, "hush") || strings.Contains(text, "\n") || !strings.Contains(text, c.want) {
			t.Errorf("%s: %q, want %q", c.url, text, c.want)
		}
	}
}

// TestRedacted looks for the password in what is shown of databases.
func TestRedacted(t *testing.T) {
	for _, given := range []string{"postgres://me:hush@db/x", "postgres://me:4#hush@db/x", "postgres://me:4/hush@db/x", "postgres://me:4?hush@db/x",
		"postgres://me@db/x?password=hush&sslmode=require", "postgresql://me@db/x?sslpassword=hush", "postgres://me:%zhush@db/x"} {
		if got := Redacted(given); strings.Contains(got, "hush") || !strings.HasPrefix(got, "postgres") {
			t.Errorf("%s is shown as %s", given, got)
		}
	}
}

// TestAway takes the database away from those who use it, and gives it back: that is told apart from mistakes, and passes.
func TestAway(t *testing.T) {
	database := databaseOf(t)
	s := open(t, database)
	realtest.TakeAway(t, server.Use(t), database)
	for range 3 {
		if err := s.Ready(t.Context()); !Away(err) {
			t.Errorf("away: error %v", err)
		}
	}
	realtest.GiveBack(t, server.Use(t), database)
	err := s.Ready(t.Context())
	for Away(err) { // on a connection that was cut while nobody used it
		err = s.Ready(t.Context())
	}
	if err != nil {
		t.Errorf("there again: %v", err)
	}
	if err := s.exec(t.Context(), "SELECT nonsense"); err == nil || Away(err) {
		t.Errorf("a mistake: %v", err)
	}
}

// TestStorable wants what servers say kept in any case.
func TestStorable(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		scan, _ := ask(t, s, "example.org", true)
		if err := s.SetStep(t.Context(), scan.ID, Step{Place: "a", Text: "b\x00c\xff?"}); err != nil {
			t.Fatal(err)
		}
		if steps, err := s.Steps(t.Context(), scan.ID, 0); err != nil || len(steps) != 1 || steps[0].Text != "b\uFFFDc\uFFFD?" {
			t.Errorf("got %+v, %v", steps, err)
		}
	})
}

// TestSweepTogether has another program be at a row of a deleted campaign: the others are removed meanwhile, and it with the next sweep.
func TestSweepTogether(t *testing.T) {
	database := databaseOf(t)
	s := open(t, database)
	c := newCampaign(t, s, "", "a.test", "b.test", "c.test")
	do(t, s.DeleteCampaign(t.Context(), "", c.ID))
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), "SELECT n FROM campaign_domains WHERE name = 'b.test' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	hurry, cancel := context.WithTimeout(realtest.Patience(t), time.Minute)
	defer cancel()
	var domains, campaigns int
	left := func() {
		t.Helper()
		do(t, s.queryRow(t.Context(), "SELECT (SELECT count(*) FROM campaign_domains), (SELECT count(*) FROM campaigns)").Scan(&domains, &campaigns))
	}
	if err := s.SweepCampaigns(hurry); err != nil {
		t.Error(err)
	}
	if left(); domains != 1 || campaigns != 1 {
		t.Errorf("%d domains of %d campaigns are left", domains, campaigns)
	}
	do(t, tx.Commit())
	do(t, s.SweepCampaigns(hurry))
	if left(); domains != 0 || campaigns != 0 {
		t.Errorf("%d domains of %d campaigns are left in the end", domains, campaigns)
	}
}

// TestSweepInPortions deletes a campaign that the database takes for a small one, by what it counted before that was there: it goes a portion at
// a time all the same.
func TestSweepInPortions(t *testing.T) {
	s := open(t, databaseOf(t))
	fill := func(c *Campaign, rows int) {
		t.Helper()
		do(t, s.exec(t.Context(), "INSERT INTO campaign_domains(campaign, n, name, line, state) SELECT CAST(? AS TEXT), i, i || '.test', i, 'waiting' FROM generate_series(2, CAST(? AS BIGINT)) AS i", c.ID, rows))
	}
	fill(newCampaign(t, s, "", "a.test"), 40*sweepAt)
	do(t, s.exec(t.Context(), "ANALYZE"))
	c := newCampaign(t, s, "", "a.test")
	fill(c, 3*sweepAt)
	n, err := s.change(t.Context(), s.sweeping()[0], c.ID, c.ID, sweepAt)
	if err != nil || n != sweepAt {
		t.Errorf("%d are removed at once, %v, want %d", n, err, sweepAt)
	}
}
