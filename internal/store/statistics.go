package store

import (
	"context"
)

// Share is how many targets did as well as that when they were last scanned.
type Share struct {
	Verdict, Grade string
	Targets        int
}

// lastOfTarget restricts scans s to the last of each target that is done.
const lastOfTarget = ` s.state = 'done' AND NOT EXISTS (SELECT 1 FROM scans t WHERE t.target = s.target AND t.state = 'done'
	AND (t.asked_ms > s.asked_ms OR t.asked_ms = s.asked_ms AND t.id > s.id))`

// Shares counts the last scans of all targets. It looks at every scan, and so takes a while where there are many.
func (s *Store) Shares(ctx context.Context) ([]Share, error) {
	rows, err := s.query(ctx, "SELECT s.verdict, s.grade, count(*) FROM scans s WHERE"+lastOfTarget+" GROUP BY s.verdict, s.grade")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Share
	for rows.Next() {
		var one Share
		if err := rows.Scan(&one.Verdict, &one.Grade, &one.Targets); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// LastOfTargets returns the IDs of the last scans of the n targets that were scanned last.
func (s *Store) LastOfTargets(ctx context.Context, n int) ([]string, error) {
	rows, err := s.query(ctx, "SELECT s.id FROM scans s WHERE"+lastOfTarget+" ORDER BY s.asked_ms DESC LIMIT ?", n)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		list = append(list, id)
	}
	return list, rows.Err()
}
