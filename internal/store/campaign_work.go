package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// packed is a value as compressed JSON.
func (s *Store) packed(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.pack.EncodeAll(text, nil), nil
}

// unpack reads what packed made.
func (s *Store) unpack(b []byte, v any) error {
	text, err := s.open.DecodeAll(b, nil)
	if err == nil {
		err = json.Unmarshal(text, v)
	}
	if err != nil {
		return fmt.Errorf("what is stored of a campaign: %w", err)
	}
	return nil
}

// Evidence returns what was found out about a domain that can be judged.
func (s *Store) Evidence(b *Begun) (*evidence.Domain, error) {
	d := new(evidence.Domain)
	return d, s.unpack(b.packed, d)
}

// errNotMine says that a worker is not at it any more: others are, or its campaign is deleted.
var errNotMine = errors.New("others are at it")

// mineOr does something whole, or nothing if another has taken over.
func (s *Store) mineOr(ctx context.Context, do func(*sql.Tx) error) error {
	if err := s.inTx(ctx, do); !errors.Is(err, errNotMine) {
		return err
	}
	return nil
}

// changeMine is an UPDATE of one row that a worker is at.
func (s *Store) changeMine(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	r, err := tx.ExecContext(ctx, s.say(statement), args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errNotMine
}

// mineDomain are the domains that a worker is at.
const mineDomain = " WHERE campaign = ? AND n = ? AND worker = ? AND state IN ('asking', 'joining')"

// PutOffDomain notes that the DNS gave no answer about a domain, and that it may be asked again later.
func (s *Store) PutOffDomain(ctx context.Context, w *Work, b *Begun, worker string, after time.Duration) error {
	return s.exec(ctx, "UPDATE campaign_domains SET state = 'waiting', worker = '', tries = 0, unanswered = unanswered + 1, not_before_ms = "+s.now+" + ?"+mineDomain,
		after.Milliseconds(), w.Campaign.ID, b.N, worker)
}

// Place is a target of a domain, and who provides it.
type Place struct {
	evidence.Target
	Provider string
}

// FoundDomain keeps what the DNS says of a domain, and adds the endpoints that it leads to, but for those that are there.
func (s *Store) FoundDomain(ctx context.Context, w *Work, worker string, d *evidence.Domain, places []Place) error {
	packed, err := s.packed(d)
	if err != nil {
		return err
	}
	return s.mineOr(ctx, func(tx *sql.Tx) error {
		if err := s.changeMine(ctx, tx, "UPDATE campaign_domains SET state = 'found', worker = '', tries = 0, evidence = ?"+mineDomain,
			packed, w.Campaign.ID, w.Ask.N, worker); err != nil {
			return err
		}
		return s.await(ctx, tx, w.Campaign.ID, w.Ask.N, places, s.addPlaces)
	})
}

// Await puts a domain back that cannot be judged, since some of its endpoints are not scanned.
func (s *Store) Await(ctx context.Context, w *Work, b *Begun, worker string, places []Place) error {
	return s.mineOr(ctx, func(tx *sql.Tx) error {
		if err := s.changeMine(ctx, tx, "UPDATE campaign_domains SET state = 'found', worker = '', tries = 0"+mineDomain, w.Campaign.ID, b.N, worker); err != nil {
			return err
		}
		return s.await(ctx, tx, w.Campaign.ID, b.N, places, nil)
	})
}
