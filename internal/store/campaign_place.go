package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
)

// sameEndpoint finds that of a target.
const sameEndpoint = " FROM campaign_endpoints WHERE campaign = ? AND address = ? AND port = ? AND protocol = ? AND host = ?"

func (p *Place) key(campaign string) []any {
	return []any{campaign, p.Address, p.Port, storable(p.Protocol), storable(p.Host)}
}

// await has a domain wait for one of its endpoints that is not scanned, the one that will be last, as far as can be told. That one cannot be
// finished before this transaction is: so whoever finishes it sees who waits. One address comes after another, in the order of all who change
// several, and in each its row, if at all, before its endpoints: so nobody waits in a circle.
func (s *Store) await(ctx context.Context, tx *sql.Tx, campaign string, domain int, places []Place, add func(context.Context, *sql.Tx, string, int, []Place) error) error {
	places = slices.Clone(places)
	slices.SortStableFunc(places, func(a, b Place) int { return cmp.Compare(a.Address, b.Address) })
	var last int64
	for at := range byAddress(places) {
		if add != nil {
			if err := add(ctx, tx, campaign, domain, at); err != nil {
				return err
			}
		}
		id, err := s.lastOpen(ctx, tx, campaign, at)
		if err != nil {
			return err
		}
		last = max(last, id)
	}
	_, err := tx.ExecContext(ctx, s.say("UPDATE campaign_domains SET awaits = ? WHERE campaign = ? AND n = ?"), last, campaign, domain)
	return err
}

// byAddress yields what is in order of addresses, those of an address together.
func byAddress(places []Place) func(func([]Place) bool) {
	return func(yield func([]Place) bool) {
		for len(places) > 0 {
			n := 1
			for n < len(places) && places[n].Address == places[0].Address {
				n++
			}
			if !yield(places[:n]) {
				return
			}
			places = places[n:]
		}
	}
}

// lastOpen returns the last of some endpoints that is not scanned, 0 if all are, and has nobody change those before the transaction ends.
func (s *Store) lastOpen(ctx context.Context, tx *sql.Tx, campaign string, places []Place) (last int64, err error) {
	for _, p := range places {
		var id int64
		err := tx.QueryRowContext(ctx, s.say("SELECT id"+sameEndpoint+" AND state <> 'done'"+s.share), p.key(campaign)...).Scan(&id)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, err
		}
		last = max(last, id)
	}
	return last, nil
}

// addPlaces adds the endpoints at one address that are not there. If all are, its row is left alone, which many domains share.
func (s *Store) addPlaces(ctx context.Context, tx *sql.Tx, campaign string, domain int, places []Place) error {
	var fresh []Place
	for _, p := range places {
		var n int
		if err := tx.QueryRowContext(ctx, s.say("SELECT count(*)"+sameEndpoint), p.key(campaign)...).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if _, err := tx.ExecContext(ctx, s.say(`INSERT INTO campaign_addresses(campaign, address, waiting) VALUES(?, ?, 0)
		ON CONFLICT (campaign, address) DO UPDATE SET waiting = campaign_addresses.waiting`), campaign, fresh[0].Address); err != nil {
		return err
	}
	var added int64
	for _, p := range fresh {
		n, err := s.addPlace(ctx, tx, campaign, domain, p)
		if err != nil {
			return err
		}
		added += n
	}
	_, err := tx.ExecContext(ctx, s.say("UPDATE campaign_addresses SET waiting = waiting + ? WHERE campaign = ? AND address = ?"), added, campaign, fresh[0].Address)
	return err
}

// addPlace adds an endpoint, unless another has by now.
func (s *Store) addPlace(ctx context.Context, tx *sql.Tx, campaign string, domain int, p Place) (int64, error) {
	r, err := tx.ExecContext(ctx, s.say(`INSERT INTO campaign_endpoints(campaign, address, port, protocol, host, input, server_name, resolver, provider, domain, state)
		VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT DO NOTHING`), campaign, p.Address, p.Port, storable(p.Protocol), storable(p.Host), storable(p.Input),
		storable(p.ServerName), storable(p.Resolver), storable(p.Provider), domain)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}
