package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

const (
	tallyEvery = 2 * time.Second  // of one campaign, however many programs would
	paceEvery  = 30 * time.Second // moments that are remembered are so far apart at least
	paceKept   = 2                // of them
	afterwards = 10 * time.Minute // as long as work may last that was under way when a campaign was cancelled
)

// TallyCampaigns counts how far the campaigns are that are not over, or have work under way, those whose last count is not fresh, and notes which are done.
func (s *Store) TallyCampaigns(ctx context.Context) error {
	ids, err := texts(s.query(ctx, "SELECT id FROM campaigns WHERE (state IN ('waiting', 'running', 'paused') OR state = 'cancelled' AND ended_ms > "+s.now+" - ?) AND counted_ms <= "+s.now+" - ?",
		afterwards.Milliseconds(), tallyEvery.Milliseconds()))
	if err != nil {
		return err
	}
	for _, id := range ids {
		n, err := s.change(ctx, "UPDATE campaigns SET counted_ms = "+s.now+" WHERE id = ? AND counted_ms <= "+s.now+" - ?", id, tallyEvery.Milliseconds())
		if err != nil {
			return err
		}
		if n == 0 { // another program counts
			continue
		}
		if err := s.Tally(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// Tally counts how far a campaign is, and notes that it is done if it is.
func (s *Store) Tally(ctx context.Context, id string) error {
	c, err := oneCampaign(s.queryRow(ctx, campaignColumns+" WHERE id = ?", id))
	if err != nil {
		return err
	}
	var t Tally
	if t.At, err = s.Now(ctx); err != nil {
		return err
	}
	if err := s.queryRow(ctx, `SELECT coalesce(sum(n), 0), coalesce(sum(CASE WHEN state = 'done' THEN n ELSE 0 END), 0),
		coalesce(sum(CASE WHEN state IN ('waiting', 'asking') THEN 0 ELSE n END), 0), (SELECT count(*) FROM campaign_domains WHERE campaign = ? AND worst = ?)
		FROM (SELECT state, count(*) AS n FROM campaign_domains WHERE campaign = ? GROUP BY state) AS states`, id, worstFault, id).
		Scan(&t.Names, &t.Finished, &t.Found, &t.Faults); err != nil {
		return err
	}
	if err := s.queryRow(ctx, `SELECT coalesce(sum(n), 0), coalesce(sum(CASE WHEN state = 'done' THEN n ELSE 0 END), 0), coalesce(sum(made), 0)
		FROM (SELECT state, count(*) AS n, sum(connections) AS made FROM campaign_endpoints WHERE campaign = ? GROUP BY state) AS states`, id).
		Scan(&t.Endpoints, &t.Scanned, &t.Connections); err != nil {
		return err
	}
	pace := c.Pace
	if n := len(pace); n == 0 || t.At.Sub(pace[n-1].At) >= paceEvery {
		pace = append(slices.Clone(pace), t)
		pace = pace[max(len(pace)-paceKept, 0):]
	}
	text, err := json.Marshal(pace)
	if err != nil {
		return err
	}
	if err := s.exec(ctx, `UPDATE campaigns SET names = ?, faults = ?, found = ?, finished = ?, endpoints = ?, scanned = ?, connections = ?, pace = ?, counted_ms = ? WHERE id = ?`,
		t.Names, t.Faults, t.Found, t.Finished, t.Endpoints, t.Scanned, t.Connections, string(text), t.At.UnixMilli(), id); err != nil {
		return err
	}
	if t.Finished < t.Names || c.State == CampaignReading {
		return nil
	}
	return s.exec(ctx, "UPDATE campaigns SET state = 'done', ended_ms = "+s.now+" WHERE id = ? AND state IN ('waiting', 'running')", id)
}
