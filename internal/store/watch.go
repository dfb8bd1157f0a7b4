package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"
)

// Watch is a target of a monitor: when it is looked at, and what came of that.
type Watch struct {
	Monitor string
	Target  string
	Due     time.Time // of the next look; zero: never
	Second  bool      // the look that is due, or under way, is to confirm what the one before saw
	Scan    string    // ordered for the look that is under way; empty: none is
	Last    string    // the last scan that was looked at
	Why     string    // the last scan failed
	State   string    // as [Store.Looked] was given it
}

const watchColumns = "SELECT monitor, target, due_ms, second, scan, last, why, state FROM watches"

func (s *Store) watches(ctx context.Context, query string, args ...any) ([]Watch, error) {
	rows, err := s.query(ctx, query, args...)
	return collect(rows, err, func(r row) (*Watch, error) {
		var w Watch
		var due int64
		err := r.Scan(&w.Monitor, &w.Target, &due, &w.Second, &w.Scan, &w.Last, &w.Why, &w.State)
		w.Due = moment(due)
		return &w, err
	})
}

// Watches returns the targets of a monitor.
func (s *Store) Watches(ctx context.Context, monitor string) ([]Watch, error) {
	return s.watches(ctx, watchColumns+" WHERE monitor = ? ORDER BY target", monitor)
}

// Summary is how all targets of a monitor do.
type Summary struct {
	Targets int
	First   string    // of the targets
	Due     time.Time // of the next look; zero: never
	Amiss   bool      // the last scan of some target failed, or the last message could not be brought
}

// Summary returns how all targets of a monitor do.
func (s *Store) Summary(ctx context.Context, monitor string) (Summary, error) {
	var x Summary
	var due, failed, unsent int64
	err := s.queryRow(ctx, `SELECT count(*), coalesce(min(target), ''), coalesce(min(CASE WHEN due_ms > 0 THEN due_ms END), 0), coalesce(sum(CASE WHEN why <> '' THEN 1 ELSE 0 END), 0)
		FROM watches WHERE monitor = ?`, monitor).Scan(&x.Targets, &x.First, &due, &failed)
	if err == nil {
		err = s.queryRow(ctx, `SELECT count(*) FROM (SELECT why FROM deliveries WHERE monitor = ? ORDER BY at_ms DESC, recipient LIMIT 1) AS last WHERE why <> ''`, monitor).Scan(&unsent)
	}
	x.Due, x.Amiss = moment(due), failed+unsent > 0
	return x, err
}

// dueNow finds what is to be looked at, by the index watches_due.
const dueNow = watchColumns + " WHERE scan = '' AND due_ms > 0 AND due_ms <= ? ORDER BY due_ms LIMIT ?"

// Due returns up to n targets that are to be looked at by now, those first that have waited longest.
func (s *Store) Due(ctx context.Context, now time.Time, n int) ([]Watch, error) {
	return s.watches(ctx, dueNow, now.UnixMilli(), n)
}

// Ordered notes the scan by which a target is looked at.
func (s *Store) Ordered(ctx context.Context, w Watch, scan string) error {
	return s.exec(ctx, "UPDATE watches SET scan = ? WHERE monitor = ? AND target = ? AND scan = ''", scan, w.Monitor, w.Target)
}

// seenNow finds what was scanned, by the index watches_scan.
const seenNow = `SELECT w.monitor, w.target, w.due_ms, w.second, w.scan, w.last, w.why, w.state FROM watches w LEFT JOIN scans s ON s.id = w.scan
	WHERE w.scan <> '' AND (s.id IS NULL OR s.state IN ('done', 'failed') OR s.asked_ms < ? AND s.begun_ms < ?) LIMIT ?`

// Seen returns up to n targets whose scan is over, or never will be, or is there no more.
func (s *Store) Seen(ctx context.Context, now time.Time, n int) ([]Watch, error) {
	horizon := now.Add(-stuckAfter).UnixMilli()
	return s.watches(ctx, seenNow, horizon, horizon, n)
}

// Event is something that was worth telling.
type Event struct {
	ID      string
	Target  string
	At      time.Time
	Scan    string
	Former  string // the scan before; empty: there was none
	Subject string
	Body    string
}

// Look is what came of looking at a target.
type Look struct {
	Watch      // as it was; Last, Why and State as they are now
	Next       time.Time
	Confirm    bool   // the next look is to confirm what this one saw
	Event      *Event // nil: there is nothing to tell. Its ID is given here
	Gather     time.Time
	Deliveries []Delivery // of Event, unless it is told with others at Gather; their IDs are given here
	At         time.Time
}

// Looked keeps what came of a look: all of it, or nothing. If another program has done so before, nothing is done. With deliveries, also is
// called in the same transaction: what it orders is ordered if and only if they are there.
func (s *Store) Looked(ctx context.Context, l *Look, also func(*sql.Tx, []string) error) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if l.Event != nil && !l.Gather.IsZero() {
			if err := s.gatherUntil(ctx, tx, l.Monitor, l.Gather); err != nil {
				return err
			}
		}
		r, err := tx.ExecContext(ctx, s.say(`UPDATE watches SET scan = '', last = ?, why = ?, state = ?, second = ?,
			due_ms = CASE WHEN due_ms = 0 THEN 0 ELSE CAST(? AS BIGINT) END WHERE monitor = ? AND target = ? AND scan = ?`),
			l.Last, storable(l.Why), storable(l.State), l.Confirm, l.Next.UnixMilli(), l.Monitor, l.Target, l.Scan)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || l.Event == nil {
			return err
		} else if n == 0 {
			return errLooked
		}
		if err := s.addEvent(ctx, tx, l); err != nil {
			return err
		}
		return s.addDeliveries(ctx, tx, l.Monitor, l.Deliveries, l.At, also)
	})
	if errors.Is(err, errLooked) {
		return nil
	}
	return err
}

// errLooked says that another program has kept what came of a look.
var errLooked = errors.New("this look is kept already")

// gatherUntil has what gathers of a monitor told at a time, if none is set. While it is being told, this waits for the end of that: it
// changes the row in any case, and by that the row is what the other left.
func (s *Store) gatherUntil(ctx context.Context, tx *sql.Tx, monitor string, at time.Time) error {
	_, err := tx.ExecContext(ctx, s.say("UPDATE monitors SET digest_ms = CASE WHEN digest_ms = 0 THEN CAST(? AS BIGINT) ELSE digest_ms END WHERE id = ?"), at.UnixMilli(), monitor)
	return err
}

// keepFor is how long it is remembered what was told.
const keepFor = 365 * 24 * time.Hour

func (s *Store) addEvent(ctx context.Context, tx *sql.Tx, l *Look) error {
	e := l.Event
	e.ID, e.Target, e.At, e.Scan = rand.Text(), l.Target, l.At, l.Scan
	for _, x := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO events(id, monitor, target, at_ms, scan, former, subject, body, gathered) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
			[]any{e.ID, l.Monitor, e.Target, e.At.UnixMilli(), e.Scan, e.Former, storable(e.Subject), storable(e.Body), !l.Gather.IsZero()}},
		{"DELETE FROM events WHERE monitor = ? AND at_ms < ?", []any{l.Monitor, l.At.Add(-keepFor).UnixMilli()}},
		{"DELETE FROM deliveries WHERE monitor = ? AND at_ms < ?", []any{l.Monitor, l.At.Add(-keepFor).UnixMilli()}},
	} {
		if _, err := tx.ExecContext(ctx, s.say(x.query), x.args...); err != nil {
			return err
		}
	}
	return nil
}
