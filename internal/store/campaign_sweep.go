package store

import (
	"context"
	"errors"
	"time"
)

// sweepAt is how many rows are removed at a time, so that nobody waits long for it, and sweepTime how long one call goes on.
const sweepAt, sweepTime = 1000, 2 * time.Second

// unread is when a list that is still not whole never will be: whoever read it has ended.
const unread = time.Hour

// SweepCampaigns removes what was deleted, and lists whose reading broke off, as much as a few seconds bring; and addresses that need no rest
// any more.
func (s *Store) SweepCampaigns(ctx context.Context) error {
	ids, err := texts(s.query(ctx, "SELECT id FROM campaigns WHERE state = 'deleted' OR state = 'reading' AND made_ms < ?", time.Now().Add(-unread).UnixMilli()))
	end := time.Now().Add(sweepTime)
	for _, id := range ids {
		err = errors.Join(err, s.sweep(ctx, id, end))
	}
	return errors.Join(err, s.exec(ctx, "DELETE FROM rests WHERE until_ms < "+s.now+" - ?", forgetRest.Milliseconds()))
}

// forgetRest is how long it is remembered that an address asked to be left alone, and how often.
const forgetRest = 2 * time.Hour

// sweep removes rows of a campaign until a time, and the campaign once there are none. Several programs may at once: none waits for the rows
// that another is at, which could wait for those of the first.
func (s *Store) sweep(ctx context.Context, id string, end time.Time) error {
	for _, statement := range s.sweeping() {
		for more := true; more; {
			if time.Now().After(end) {
				return nil
			}
			n, err := s.change(ctx, statement, id, id, sweepAt)
			if err != nil {
				return err
			}
			more = n >= sweepAt
		}
	}
	return s.forget(ctx, id)
}

// sweeping are the statements that remove a portion of the rows of a campaign.
func (s *Store) sweeping() []string {
	return []string{
		"DELETE FROM campaign_domains WHERE campaign = ? AND n " + s.among("SELECT n FROM campaign_domains WHERE campaign = ? LIMIT ?"),
		"DELETE FROM campaign_endpoints WHERE campaign = ? AND id " + s.among("SELECT id FROM campaign_endpoints WHERE campaign = ? LIMIT ?"),
		"DELETE FROM campaign_addresses WHERE campaign = ? AND address " + s.among("SELECT address FROM campaign_addresses WHERE campaign = ? LIMIT ?"),
	}
}

// forget removes a campaign that has no rows any more. Another program may be removing some: those that it has are not seen above, but more may
// be left than go in one statement.
func (s *Store) forget(ctx context.Context, id string) error {
	return s.exec(ctx, `DELETE FROM campaigns WHERE id = ? AND NOT EXISTS (SELECT 1 FROM campaign_domains WHERE campaign = campaigns.id)
		AND NOT EXISTS (SELECT 1 FROM campaign_endpoints WHERE campaign = campaigns.id) AND NOT EXISTS (SELECT 1 FROM campaign_addresses WHERE campaign = campaigns.id)`, id)
}
