package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// columns reads all of a [Scan] but the report.
const columns = "SELECT id, target, quick, state, why, asked_ms, begun_ms, ended_ms, verdict, grade, at_best, connections, worker FROM scans"

func one(r row) (*Scan, error) {
	var s Scan
	var asked, begun, ended int64
	var verdict string
	err := r.Scan(&s.ID, &s.Target, &s.Quick, &s.State, &s.Why, &asked, &begun, &ended, &verdict, &s.Grade, &s.AtBest, &s.Connections, &s.worker)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNone
	}
	if err == nil && s.State == Done {
		err = s.Verdict.UnmarshalText([]byte(verdict))
	}
	s.Asked, s.Begun, s.Ended = moment(asked), moment(begun), moment(ended)
	return &s, err
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Scan returns the scan of that ID.
func (s *Store) Scan(ctx context.Context, id string) (*Scan, error) {
	if !validID(id) {
		return nil, ErrNone
	}
	return one(s.queryRow(ctx, columns+" WHERE id = ?", id))
}

// underWay finds the scan of a target that is not over.
const underWay = columns + " WHERE target = ? AND quick = ? AND state IN ('waiting', 'running')"

// UnderWay returns the scan of a target that is not over, unless it never will be.
func (s *Store) UnderWay(ctx context.Context, target string, quick bool) (*Scan, error) {
	horizon := time.Now().Add(-stuckAfter).UnixMilli()
	return one(s.queryRow(ctx, underWay+" AND (asked_ms >= ? OR begun_ms >= ?)", target, quick, horizon, horizon))
}

// Waiting is how many scans wait for their turn.
func (s *Store) Waiting(ctx context.Context) (n int, err error) {
	return n, s.queryRow(ctx, "SELECT count(*) FROM scans WHERE state IN ('waiting', 'running') AND state = 'waiting'").Scan(&n)
}

// History returns up to n scans of a target, the latest first.
func (s *Store) History(ctx context.Context, target string, n int) ([]Scan, error) {
	return s.list(ctx, columns+" WHERE target = ? ORDER BY asked_ms DESC LIMIT ?", target, n)
}

// Before returns the scan of the same target that was done before, or [ErrNone]. One of the same depth is preferred, since what the other
// depth asks for besides is no change.
func (s *Store) Before(ctx context.Context, scan *Scan) (*Scan, error) {
	for _, quick := range []bool{scan.Quick, !scan.Quick} {
		before, err := one(s.queryRow(ctx, lastBefore, scan.Target, quick, scan.Asked.UnixMilli()))
		if !errors.Is(err, ErrNone) {
			return before, err
		}
	}
	return nil, ErrNone
}

// lastBefore finds the last scan of a target and depth before a time, by the index scans_done.
const lastBefore = columns + " WHERE target = ? AND quick = ? AND asked_ms < ? AND state = 'done' ORDER BY asked_ms DESC LIMIT 1"

// Latest returns up to n scans that are done, the latest first.
func (s *Store) Latest(ctx context.Context, n int) ([]Scan, error) {
	return s.list(ctx, columns+" WHERE state = 'done' ORDER BY asked_ms DESC LIMIT ?", n)
}

func (s *Store) list(ctx context.Context, query string, args ...any) ([]Scan, error) {
	rows, err := s.query(ctx, query, args...)
	return collect(rows, err, one)
}

// Step is how far a scan is with one server.
type Step struct {
	N           int    // counts the changes of the scan's steps
	Place       string // of the server
	Text        string // what is known so far, in a few words
	Connections int
	Done        bool
}

// SetStep notes how far a scan is with a server.
func (s *Store) SetStep(ctx context.Context, id string, step Step) error {
	return s.exec(ctx, `INSERT INTO steps(scan, place, n, text, connections, done)
		VALUES(?, ?, (SELECT coalesce(max(n), 0) + 1 FROM steps WHERE scan = ?), ?, ?, ?)
		ON CONFLICT (scan, place) DO UPDATE SET n = excluded.n, text = excluded.text, connections = excluded.connections, done = excluded.done`,
		id, storable(step.Place), id, storable(step.Text), step.Connections, step.Done)
}

// Steps returns what has changed about a scan's servers since change n, in that order.
func (s *Store) Steps(ctx context.Context, id string, n int) ([]Step, error) {
	rows, err := s.query(ctx, "SELECT n, place, text, connections, done FROM steps WHERE scan = ? AND n > ? ORDER BY n", id, n)
	return collect(rows, err, func(r row) (*Step, error) {
		var step Step
		return &step, r.Scan(&step.N, &step.Place, &step.Text, &step.Connections, &step.Done)
	})
}
