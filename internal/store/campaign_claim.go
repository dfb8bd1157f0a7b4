package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

// atOnceOfProvider is how many servers of a provider are scanned for campaigns at the same time, by all workers together. Each has to bear up
// to 5 connections.
const atOnceOfProvider = 4

// joinAtOnce is how many domains are judged as one piece of work.
const joinAtOnce = 16

// Work is a piece of a campaign that a worker has begun: one domain that the DNS is to be asked about, one endpoint that is to be scanned, or some
// domains that can be judged.
type Work struct {
	Campaign Campaign // ID, Quick and Policy alone
	Ask      *Begun
	Scan     *Endpoint
	Join     []Begun
}

// Begun is a domain of a campaign that a worker is at.
type Begun struct {
	N          int
	Name       string
	Line       int
	Tries      int // with this one
	Unanswered int // times that the DNS gave no answer
	packed     []byte
}

// Endpoint is a server of a campaign that a worker is at.
type Endpoint struct {
	ID int64
	evidence.Target
	Tries int // with this one
	Again int // times that it asked to be left alone before all was answered
	Times int // in a row that its address did, of whatever campaign
}

// takeTurn waits until nobody else hands out work in another transaction, and returns a number that no turn had before.
func (s *Store) takeTurn(ctx context.Context, tx *sql.Tx) (turn int64, err error) {
	err = tx.QueryRowContext(ctx, "UPDATE campaign_turn SET turn = turn + 1 RETURNING turn").Scan(&turn)
	return turn, err
}

// Claim begins up to n pieces of work of campaigns for a worker. The campaigns take turns. In each, domains that can be judged come first, then
// endpoints, then domains that the DNS is to be asked about: so the first results come early. Of endpoints those are left out whose address, or
// enough of whose provider, is being scanned, by other workers or for other campaigns, or whose address has a rest.
func (s *Store) Claim(ctx context.Context, worker string, n int) (list []Work, err error) {
	const open = " WHERE state IN ('waiting', 'running') ORDER BY turn"
	if ids, err := texts(s.query(ctx, "SELECT id FROM campaigns"+open+" LIMIT 1")); err != nil || len(ids) == 0 { // without waiting for anybody
		return nil, err
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		turn, err := s.takeTurn(ctx, tx)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, campaignColumns+open)
		campaigns, err := collect(rows, err, oneCampaign)
		for i := range campaigns {
			if err != nil || len(list) >= n {
				break
			}
			left := len(campaigns) - i
			c := &claim{s, tx, worker, turn, &campaigns[i], nil}
			if err = c.take(ctx, (n-len(list)+left-1)/left); len(c.list) > 0 && err == nil {
				err = c.note(ctx)
			}
			list = append(list, c.list...)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// claim is what a worker begins of one campaign.
type claim struct {
	*Store
	tx       *sql.Tx
	worker   string
	turn     int64
	campaign *Campaign
	list     []Work
}

// note has the campaign go to the end of the queue.
func (c *claim) note(ctx context.Context) error {
	_, err := c.tx.ExecContext(ctx, c.say("UPDATE campaigns SET state = 'running', turn = ?, begun_ms = CASE WHEN begun_ms = 0 THEN "+c.now+" ELSE begun_ms END WHERE id = ? AND state IN ('waiting', 'running')"),
		c.turn, c.campaign.ID)
	return err
}

// take begins up to n pieces of work.
func (c *claim) take(ctx context.Context, n int) error {
	for len(c.list) < n {
		join, err := c.domains(ctx, "found", "joining", joinAtOnce, " AND tries = 0")
		if err == nil && len(join) == 0 { // alone, since it may have been what ended its program
			join, err = c.domains(ctx, "found", "joining", 1, " AND tries > 0")
		}
		if err != nil {
			return err
		}
		if len(join) == 0 {
			break
		}
		c.list = append(c.list, Work{Campaign: *c.campaign, Join: join})
	}
	if err := c.endpoints(ctx, n-len(c.list)); err != nil {
		return err
	}
	if len(c.list) >= n {
		return nil
	}
	ask, err := c.domains(ctx, "waiting", "asking", n-len(c.list), "")
	for i := range ask {
		c.list = append(c.list, Work{Campaign: *c.campaign, Ask: &ask[i]})
	}
	return err
}

// domains begins up to n domains that are in a state, and wait for no endpoint.
func (c *claim) domains(ctx context.Context, state, next string, n int, which string) ([]Begun, error) {
	rows, err := c.tx.QueryContext(ctx, c.say(`UPDATE campaign_domains SET state = ?, worker = ?, tries = tries + 1, begun_ms = CASE WHEN begun_ms = 0 THEN `+c.now+` ELSE begun_ms END
		WHERE campaign = ? AND n IN (SELECT n FROM campaign_domains WHERE campaign = ? AND state = ? AND awaits = 0 AND not_before_ms <= `+c.now+which+` ORDER BY n LIMIT ?)
		RETURNING n, name, line, tries, unanswered, evidence`), next, c.worker, c.campaign.ID, c.campaign.ID, state, n)
	return collect(rows, err, func(r row) (*Begun, error) {
		var b Begun
		return &b, r.Scan(&b.N, &b.Name, &b.Line, &b.Tries, &b.Unanswered, &b.packed)
	})
}

// bearable is true of endpoints whose provider bears one more.
const bearable = "e.provider NOT IN (SELECT provider FROM campaign_endpoints WHERE state = 'scanning' GROUP BY provider HAVING count(*) >= ?)"

// nextAddresses finds those that have endpoints waiting and may be scanned, by the index campaign_addresses_next: those first that waited longest.
const nextAddresses = `SELECT a.address FROM campaign_addresses a WHERE a.campaign = ? AND a.waiting > 0
	AND NOT EXISTS (SELECT 1 FROM held h WHERE h.address = a.address AND h.worker <> ?)
	AND NOT EXISTS (SELECT 1 FROM rests r WHERE r.address = a.address AND r.until_ms > %s)
	AND NOT EXISTS (SELECT 1 FROM campaign_endpoints e WHERE e.state = 'scanning' AND e.address = a.address)
	AND EXISTS (SELECT 1 FROM campaign_endpoints e WHERE e.campaign = a.campaign AND e.address = a.address AND e.state = 'waiting' AND ` + bearable + `)
	ORDER BY a.turn, a.address LIMIT ?`

// endpoints begins up to n endpoints, each of another address.
func (c *claim) endpoints(ctx context.Context, n int) error {
	if n <= 0 {
		return nil
	}
	addresses, err := texts(c.tx.QueryContext(ctx, c.say(fmt.Sprintf(nextAddresses, c.now)), c.campaign.ID, c.worker, atOnceOfProvider, n))
	if err != nil {
		return err
	}
	slices.Sort(addresses) // as all do who change several
	for _, address := range addresses {
		if err := c.endpoint(ctx, address); err != nil {
			return err
		}
	}
	return nil
}

// endpoint begins one at an address, unless enough of the providers of all that wait there are being scanned by now.
func (c *claim) endpoint(ctx context.Context, address string) error {
	var id int64
	err := c.tx.QueryRowContext(ctx, c.say("SELECT e.id FROM campaign_endpoints e WHERE e.campaign = ? AND e.address = ? AND e.state = 'waiting' AND "+bearable+" ORDER BY e.id LIMIT 1"),
		c.campaign.ID, address, atOnceOfProvider).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := c.tx.ExecContext(ctx, c.say("UPDATE campaign_addresses SET waiting = waiting - 1, turn = ? WHERE campaign = ? AND address = ?"), c.turn, c.campaign.ID, address); err != nil {
		return err
	}
	e := new(Endpoint)
	err = c.tx.QueryRowContext(ctx, c.say(`UPDATE campaign_endpoints SET state = 'scanning', worker = ?, tries = tries + 1 WHERE id = ?
		RETURNING id, address, port, protocol, host, input, server_name, resolver, tries, again, coalesce((SELECT times FROM rests WHERE rests.address = campaign_endpoints.address), 0)`),
		c.worker, id).
		Scan(&e.ID, &e.Address, &e.Port, &e.Protocol, &e.Host, &e.Input, &e.ServerName, &e.Resolver, &e.Tries, &e.Again, &e.Times)
	if err != nil {
		return err
	}
	c.list = append(c.list, Work{Campaign: *c.campaign, Scan: e})
	return nil
}
