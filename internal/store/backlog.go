package store

import (
	"context"
	"time"
)

// Backlog is what campaigns and monitors still have to do.
type Backlog struct {
	Waiting, Running, Paused int           // campaigns
	Domains, Endpoints       int           // of those that wait or run, that something more is expected of, when it was last counted
	Watched                  int           // targets that monitors look at
	Late                     time.Duration // since the look was due that is due longest and is not under way
}

// Backlog counts it.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	if err := s.queryRow(ctx, `SELECT coalesce(sum(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'running' THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN state = 'paused' THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'paused' THEN 0 ELSE names - finished END), 0),
		coalesce(sum(CASE WHEN state = 'paused' THEN 0 ELSE endpoints - scanned END), 0)
		FROM campaigns WHERE state IN ('waiting', 'running', 'paused')`).Scan(&b.Waiting, &b.Running, &b.Paused, &b.Domains, &b.Endpoints); err != nil {
		return b, err
	}
	if err := s.queryRow(ctx, "SELECT count(*) FROM watches WHERE due_ms > 0").Scan(&b.Watched); err != nil {
		return b, err
	}
	var late int64
	err := s.queryRow(ctx, "SELECT coalesce(max("+s.now+" - due_ms), 0) FROM watches WHERE scan = '' AND due_ms > 0 AND due_ms <= "+s.now).Scan(&late)
	b.Late = time.Duration(late) * time.Millisecond
	return b, err
}
