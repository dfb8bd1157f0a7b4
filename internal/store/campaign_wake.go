package store

import (
	"context"
	"errors"
)

// wakeAt is how many domains are woken at a time, so that nobody waits long for it.
const wakeAt = 1000

// wake lets domains be judged that await an endpoint, if that is scanned.
func (s *Store) wake(ctx context.Context, campaign string, endpoint int64) error {
	for {
		n, err := s.change(ctx, `UPDATE campaign_domains SET awaits = 0 WHERE campaign = ? AND n `+s.among(`SELECT n FROM campaign_domains
			WHERE campaign = ? AND state = 'found' AND awaits = ? AND EXISTS (SELECT 1 FROM campaign_endpoints WHERE id = ? AND state = 'done') ORDER BY n LIMIT ?`),
			campaign, campaign, endpoint, endpoint, wakeAt)
		if err != nil || n < wakeAt {
			return err
		}
	}
}

// wakeLeft wakes what still awaits an endpoint that is scanned, since the program that finished that one ended before it had woken all.
func (s *Store) wakeLeft(ctx context.Context) error {
	type left struct {
		campaign string
		endpoint int64
	}
	rows, err := s.query(ctx, `SELECT campaign, awaits FROM (SELECT DISTINCT campaign, awaits FROM campaign_domains
		WHERE state = 'found' AND awaits > 0 AND campaign IN (SELECT id FROM campaigns WHERE state IN ('waiting', 'running'))) AS awaited
		WHERE EXISTS (SELECT 1 FROM campaign_endpoints WHERE id = awaits AND state = 'done') LIMIT ?`, wakeAt)
	list, err := collect(rows, err, func(r row) (*left, error) {
		var x left
		return &x, r.Scan(&x.campaign, &x.endpoint)
	})
	for _, x := range list {
		err = errors.Join(err, s.wake(ctx, x.campaign, x.endpoint))
	}
	return err
}
