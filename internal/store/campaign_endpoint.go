package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// Scanned returns the evidence about a target of a campaign, nil if there is none, and whether there is more to come.
func (s *Store) Scanned(ctx context.Context, campaign string, t evidence.Target) (e *evidence.Endpoint, waiting bool, err error) {
	var packed []byte
	var state string
	err = s.queryRow(ctx, "SELECT evidence, state"+sameEndpoint, campaign, t.Address, t.Port, storable(t.Protocol), storable(t.Host)).Scan(&packed, &state)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil || packed == nil || state != "done":
		return nil, state != "done", err
	}
	e = new(evidence.Endpoint)
	return e, false, s.unpack(packed, e)
}

// Outcome is what came of scanning an endpoint.
type Outcome struct {
	Evidence  *evidence.Endpoint // nil: there is none, and there will be none
	Again     bool               // it is to be tried another time
	Rest      time.Duration      // for which the address is left alone
	Throttled bool               // since it asked for that
}

// FinishEndpoint keeps what came of scanning an endpoint.
func (s *Store) FinishEndpoint(ctx context.Context, w *Work, worker string, o Outcome) error {
	var packed []byte
	connections, state, again := 0, "done", 0
	if o.Evidence != nil {
		var err error
		if packed, err = s.packed(o.Evidence); err != nil {
			return err
		}
		connections = o.Evidence.Cost.Connections
	}
	if o.Again {
		state, again = "waiting", 1
	}
	err := s.mineOr(ctx, func(tx *sql.Tx) error {
		if o.Again { // before the endpoint, as others do
			if _, err := tx.ExecContext(ctx, s.say("UPDATE campaign_addresses SET waiting = waiting + 1 WHERE campaign = ? AND address = ?"), w.Campaign.ID, w.Scan.Address); err != nil {
				return err
			}
		}
		if err := s.changeMine(ctx, tx, `UPDATE campaign_endpoints SET state = ?, worker = '', tries = 0, again = again + ?, connections = connections + ?, evidence = ?
			WHERE id = ? AND worker = ? AND state = 'scanning'`, state, again, connections, packed, w.Scan.ID, worker); err != nil {
			return err
		}
		return s.rest(ctx, tx, w.Scan.Address, o)
	})
	if err != nil || o.Again {
		return err
	}
	return s.wake(ctx, w.Campaign.ID, w.Scan.ID)
}

// rest leaves an address alone for a while.
func (s *Store) rest(ctx context.Context, tx *sql.Tx, address string, o Outcome) error {
	if o.Rest <= 0 && !o.Throttled {
		return nil
	}
	times := "0"
	if o.Throttled {
		times = "rests.times + 1"
	}
	first := 0
	if o.Throttled {
		first = 1
	}
	_, err := tx.ExecContext(ctx, s.say("INSERT INTO rests(address, until_ms, times) VALUES(?, "+s.now+" + ?, ?) ON CONFLICT (address) DO UPDATE SET until_ms = excluded.until_ms, times = "+times),
		address, o.Rest.Milliseconds(), first)
	return err
}
