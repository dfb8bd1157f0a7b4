package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/mailtls/mailtls/evidence"
)

// GiveBackWork lets others begin all that a worker is at. It was no try.
func (s *Store) GiveBackWork(ctx context.Context, worker string) error {
	return s.freeWork(ctx, "tries - 1", "worker = ?", worker)
}

// FreeWork lets others begin all that a worker is at, or does not know that it is. It was a try.
func (s *Store) FreeWork(ctx context.Context, worker string) error {
	return s.freeWork(ctx, "tries", "worker = ?", worker)
}

// gone is true of what workers are at that are gone.
const gone = "NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = worker)"

// TakeOverWork lets others begin what workers are at that are gone, and domains be judged that these were to wake.
func (s *Store) TakeOverWork(ctx context.Context) error {
	return errors.Join(s.freeGone(ctx), s.wakeLeft(ctx))
}

func (s *Store) freeGone(ctx context.Context) error {
	some, err := texts(s.query(ctx, "SELECT worker FROM campaign_domains WHERE worker <> '' AND "+gone+" UNION SELECT worker FROM campaign_endpoints WHERE state = 'scanning' AND "+gone+" LIMIT 1"))
	if err != nil || len(some) == 0 {
		return err
	}
	return s.freeWork(ctx, "tries", gone)
}

// freeWork has work wait again for somebody to begin it.
func (s *Store) freeWork(ctx context.Context, tries, whose string, args ...any) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := s.takeTurn(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.say(fmt.Sprintf(`UPDATE campaign_domains SET state = CASE state WHEN 'asking' THEN 'waiting' ELSE 'found' END, worker = '', tries = %s
			WHERE worker <> '' AND %s`, tries, whose)), args...); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, s.say("SELECT id, campaign, address FROM campaign_endpoints WHERE state = 'scanning' AND "+whose), args...)
		list, err := collect(rows, err, func(r row) (*begunAt, error) {
			var x begunAt
			return &x, r.Scan(&x.id, &x.campaign, &x.address)
		})
		slices.SortFunc(list, func(a, b begunAt) int {
			return cmp.Or(cmp.Compare(a.campaign, b.campaign), cmp.Compare(a.address, b.address))
		}) // as all do who change several
		for _, x := range list {
			if err == nil {
				err = s.freeEndpoint(ctx, tx, tries, x)
			}
		}
		return err
	})
}

// begunAt is an endpoint that somebody is at.
type begunAt struct {
	id                int64
	campaign, address string
}

// freeEndpoint has an endpoint wait again, unless it was finished by now: its address first, as others do.
func (s *Store) freeEndpoint(ctx context.Context, tx *sql.Tx, tries string, x begunAt) error {
	const wait = "UPDATE campaign_addresses SET waiting = waiting + ? WHERE campaign = ? AND address = ?"
	if _, err := tx.ExecContext(ctx, s.say(wait), 1, x.campaign, x.address); err != nil {
		return err
	}
	err := s.changeMine(ctx, tx, fmt.Sprintf("UPDATE campaign_endpoints SET state = 'waiting', worker = '', tries = %s WHERE id = ? AND state = 'scanning'", tries), x.id)
	if errors.Is(err, errNotMine) {
		_, err = tx.ExecContext(ctx, s.say(wait), -1, x.campaign, x.address)
	}
	return err
}

// EachEndpoint calls do with what was found out about each server of a campaign, and who provides it.
func (s *Store) EachEndpoint(ctx context.Context, campaign string, do func(e *evidence.Endpoint, provider string) error) error {
	type one struct {
		id       int64
		provider string
		packed   []byte
	}
	for last := int64(0); ; {
		rows, err := s.query(ctx, "SELECT id, provider, evidence FROM campaign_endpoints WHERE campaign = ? AND id > ? AND state = 'done' AND evidence IS NOT NULL ORDER BY id LIMIT ?",
			campaign, last, membersAt)
		list, err := collect(rows, err, func(r row) (*one, error) {
			var x one
			return &x, r.Scan(&x.id, &x.provider, &x.packed)
		})
		if err != nil || len(list) == 0 {
			return err
		}
		for _, x := range list {
			e := new(evidence.Endpoint)
			if err := s.unpack(x.packed, e); err != nil {
				return err
			}
			if err := do(e, x.provider); err != nil {
				return err
			}
			last = x.id
		}
	}
}
