package store

import (
	"context"
)

// Share is how many targets did as well as that when they were last scanned.
type Share struct {
	Verdict, Grade string
	Targets        int
}

// noneSince is true of a scan s that no other of its target that is done came after.
const noneSince = ` NOT EXISTS (SELECT 1 FROM scans t WHERE t.target = s.target AND t.state = 'done'
	AND (t.asked_ms > s.asked_ms OR t.asked_ms = s.asked_ms AND t.id > s.id))`

// Shares counts, among the n scans that were done last, the last of each target.
func (s *Store) Shares(ctx context.Context, n int) ([]Share, error) {
	rows, err := s.query(ctx, `SELECT s.verdict, s.grade, count(*)
		FROM (SELECT id, target, asked_ms, verdict, grade FROM scans WHERE state = 'done' ORDER BY asked_ms DESC LIMIT ?) AS s
		WHERE`+noneSince+` GROUP BY s.verdict, s.grade ORDER BY s.verdict, s.grade`, n)
	return collect(rows, err, func(r row) (*Share, error) {
		var one Share
		return &one, r.Scan(&one.Verdict, &one.Grade, &one.Targets)
	})
}

// LastOfTargets returns the IDs of the last scans of the n targets that were scanned last.
func (s *Store) LastOfTargets(ctx context.Context, n int) ([]string, error) {
	return texts(s.query(ctx, "SELECT s.id FROM scans s WHERE s.state = 'done' AND"+noneSince+" ORDER BY s.asked_ms DESC LIMIT ?", n))
}
