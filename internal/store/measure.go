package store

import (
	"context"
	"time"
)

// Ended is a scan that is over, for those who measure how it goes.
type Ended struct {
	State       State
	Quick       bool
	Wait, Took  time.Duration // until it was begun, and from then on
	Connections int
}

// Now is the time by the clock of the database, as scans begin and end by it.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	var ms int64
	err := s.queryRow(ctx, "SELECT "+s.now).Scan(&ms)
	return moment(ms), err
}

// longestScan is how long before its end a scan was asked for at most: it waits no longer than until it is given up.
const longestScan = 3 * stuckAfter

// EndedSince returns the scans that ended after one time, and not after another, but for those of campaigns, for which nobody waits.
func (s *Store) EndedSince(ctx context.Context, after, until time.Time) ([]Ended, error) {
	rows, err := s.query(ctx, "SELECT state, quick, asked_ms, begun_ms, ended_ms, connections FROM scans WHERE asked_ms >= ? AND ended_ms > ? AND ended_ms <= ? AND campaign = ''",
		after.Add(-longestScan).UnixMilli(), after.UnixMilli(), until.UnixMilli())
	return collect(rows, err, oneEnded)
}

func oneEnded(r row) (*Ended, error) {
	var one Ended
	var asked, begun, ended int64
	err := r.Scan(&one.State, &one.Quick, &asked, &begun, &ended, &one.Connections)
	if begun > 0 {
		one.Wait = time.Duration(max(begun-asked, 0)) * time.Millisecond // clocks may be set back, and differ between machines
		one.Took = time.Duration(max(ended-begun, 0)) * time.Millisecond
	}
	return &one, err
}

// UnderWayCount is how many scans wait for their turn, and how many are being made.
func (s *Store) UnderWayCount(ctx context.Context) (waiting, running int, err error) {
	rows, err := s.query(ctx, "SELECT state, count(*) FROM scans WHERE state IN ('waiting', 'running') GROUP BY state")
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var state State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return 0, 0, err
		}
		if state == Waiting {
			waiting = n
		} else {
			running = n
		}
	}
	return waiting, running, rows.Err()
}
