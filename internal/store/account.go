package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"
)

var (
	// ErrNoAccount says that there is no such account, or that it is disabled.
	ErrNoAccount = errors.New("there is no such account")
	// ErrTaken says that an account of that name is there already, whatever the case of its letters.
	ErrTaken = errors.New("there is an account of that name already")
)

// Account is somebody who may have something of their own.
type Account struct {
	ID       string
	Name     string // ASCII
	Password string // hashed; empty: there is none
	Subject  string // who it is at an OpenID provider; empty: nobody
	Code     string // that a domain shows whom it lets watch it by
	Made     time.Time
	Disabled bool
}

const accountColumns = "id, name, password, subject, code, made_ms, disabled"

func oneAccount(r row) (*Account, error) {
	var a Account
	var made int64
	err := r.Scan(&a.ID, &a.Name, &a.Password, &a.Subject, &a.Code, &made, &a.Disabled)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoAccount
	}
	a.Made = moment(made)
	return &a, err
}

// AddAccount keeps an account, and gives it its ID and its code.
func (s *Store) AddAccount(ctx context.Context, a *Account, now time.Time) error {
	a.ID, a.Code, a.Made = rand.Text(), rand.Text(), now.UTC().Truncate(time.Millisecond)
	n, err := s.change(ctx, "INSERT INTO accounts("+accountColumns+") VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		a.ID, a.Name, a.Password, a.Subject, a.Code, a.Made.UnixMilli(), a.Disabled)
	if err == nil && n == 0 {
		return ErrTaken
	}
	return err
}

// Account returns the account of that ID.
func (s *Store) Account(ctx context.Context, id string) (*Account, error) {
	if !validID(id) {
		return nil, ErrNoAccount
	}
	return oneAccount(s.queryRow(ctx, "SELECT "+accountColumns+" FROM accounts WHERE id = ?", id))
}

// AccountNamed returns the account of that name, whatever the case of its letters.
func (s *Store) AccountNamed(ctx context.Context, name string) (*Account, error) {
	return oneAccount(s.queryRow(ctx, "SELECT "+accountColumns+" FROM accounts WHERE lower(name) = lower(?)", storable(name)))
}

// AccountOf returns the account of who is subject at an OpenID provider.
func (s *Store) AccountOf(ctx context.Context, subject string) (*Account, error) {
	return oneAccount(s.queryRow(ctx, "SELECT "+accountColumns+" FROM accounts WHERE subject = ? AND subject <> ''", storable(subject)))
}

// Accounts returns all of them by name.
func (s *Store) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := s.query(ctx, "SELECT "+accountColumns+" FROM accounts ORDER BY lower(name)")
	return collect(rows, err, oneAccount)
}

// SetPassword gives an account another password, and ends its sessions.
func (s *Store) SetPassword(ctx context.Context, id, hash string) error {
	return s.onAccount(ctx, id, "UPDATE accounts SET password = ? WHERE id = ?", []any{hash, id}, "DELETE FROM sessions WHERE account = ?")
}

// Disable keeps an account from everything: its sessions end, its tokens are refused, its monitors and campaigns pause, lists that are being read
// are forgotten, and nothing is told that has gathered.
func (s *Store) Disable(ctx context.Context, id string) error {
	return s.onAccount(ctx, id, "UPDATE accounts SET disabled = ? WHERE id = ?", []any{true, id}, "DELETE FROM sessions WHERE account = ?",
		"UPDATE monitors SET paused = (1 = 1) WHERE owner = ?", "UPDATE watches SET due_ms = 0 WHERE monitor IN (SELECT id FROM monitors WHERE owner = ?)", // in the order of SetMonitor
		"UPDATE campaigns SET state = 'deleted' WHERE owner = ? AND state = 'reading'",
		"UPDATE campaigns SET state = 'paused', pace = '' WHERE owner = ? AND state IN ('waiting', 'running')")
}

// Enable undoes [Store.Disable], but for the monitors and campaigns: they stay paused.
func (s *Store) Enable(ctx context.Context, id string) error {
	return s.onAccount(ctx, id, "UPDATE accounts SET disabled = ? WHERE id = ?", []any{false, id})
}

// RemoveAccount forgets an account, and what is its own. The scans stay, and what is noted of what it did.
func (s *Store) RemoveAccount(ctx context.Context, id string) error {
	return s.onAccount(ctx, id, "DELETE FROM accounts WHERE id = ?", []any{id}, "DELETE FROM monitors WHERE owner = ?", "UPDATE campaigns SET state = 'deleted' WHERE owner = ?")
}

// hold keeps an account as it is until the end of a transaction, unless it is disabled. Who changes what is of an account, too, does this first:
// so one waits for another, and never both. What is of the account "" is of nobody who could be disabled.
func (s *Store) hold(ctx context.Context, tx *sql.Tx, id string) error {
	if id == "" {
		return nil
	}
	return s.one(ctx, tx, ErrNoAccount, "UPDATE accounts SET made_ms = made_ms WHERE id = ? AND NOT disabled", id)
}

// holdOwner is [Store.hold] for the account that a row of a table is of; none is the error where there is no such row.
func (s *Store) holdOwner(ctx context.Context, tx *sql.Tx, table, id string, none error) (owner string, err error) {
	err = tx.QueryRowContext(ctx, s.say("SELECT owner FROM "+table+" WHERE id = ?"), id).Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		return "", none
	}
	if err == nil {
		err = s.hold(ctx, tx, owner)
	}
	return owner, err
}

// onAccount changes an account, and with it what belongs to it by statements that take its ID.
func (s *Store) onAccount(ctx context.Context, id, statement string, args []any, with ...string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.one(ctx, tx, ErrNoAccount, statement, args...); err != nil {
			return err
		}
		for _, also := range with {
			if _, err := tx.ExecContext(ctx, s.say(also), id); err != nil {
				return err
			}
		}
		return nil
	})
}

// one changes one row; none is the error where there is no such row.
func (s *Store) one(ctx context.Context, tx *sql.Tx, none error, statement string, args ...any) error {
	r, err := tx.ExecContext(ctx, s.say(statement), args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); n != 1 || err != nil {
		return errors.Join(none, err)
	}
	return nil
}
