package store

import (
	"context"
	"crypto/rand"
	"time"
)

// auditLife is for how long it is kept who did what.
const auditLife = 365 * 24 * time.Hour

// Deed is what somebody did.
type Deed struct {
	At      time.Time
	Account string // its ID; empty: a stranger, or whoever runs the service
	Name    string // of the account, while it is there
	Origin  string // the address that it came from
	Action  string
	Object  string
}

// Note keeps what somebody did, for a year.
func (s *Store) Note(ctx context.Context, d *Deed) error {
	if err := s.exec(ctx, "INSERT INTO audit(id, at_ms, account, origin, action, object) VALUES(?, ?, ?, ?, ?, ?)",
		rand.Text(), d.At.UnixMilli(), d.Account, storable(d.Origin), d.Action, storable(d.Object)); err != nil {
		return err
	}
	return s.exec(ctx, "DELETE FROM audit WHERE at_ms < ?", d.At.Add(-auditLife).UnixMilli())
}

const deedColumns = "SELECT d.at_ms, d.account, coalesce(a.name, ''), d.origin, d.action, d.object FROM audit d LEFT JOIN accounts a ON a.id = d.account"

func oneDeed(r row) (*Deed, error) {
	var d Deed
	var at int64
	err := r.Scan(&at, &d.Account, &d.Name, &d.Origin, &d.Action, &d.Object)
	d.At = moment(at)
	return &d, err
}

// Deeds returns up to n things that an account did, the latest first.
func (s *Store) Deeds(ctx context.Context, account string, n int) ([]Deed, error) {
	rows, err := s.query(ctx, deedColumns+" WHERE d.account = ? ORDER BY d.at_ms DESC, d.id LIMIT ?", account, n)
	return collect(rows, err, oneDeed)
}

// EachDeed calls do with all that anybody did, from the first.
func (s *Store) EachDeed(ctx context.Context, do func(*Deed) error) error {
	rows, err := s.query(ctx, deedColumns+" ORDER BY d.at_ms, d.id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := oneDeed(rows)
		if err == nil {
			err = do(d)
		}
		if err != nil {
			return err
		}
	}
	return rows.Err()
}
