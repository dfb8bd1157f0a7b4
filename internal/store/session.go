package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A session ends when it was not used for SessionIdle, and at the latest after SessionLife.
const (
	SessionIdle = 7 * 24 * time.Hour
	SessionLife = 30 * 24 * time.Hour
)

// seenEvery is how exactly it is kept when a session was last used: to write that down with each request would cost more than it tells.
const seenEvery = time.Hour

// AddSession keeps that whoever has what hash is the SHA-256 of is signed in to an account, unless that was disabled or has another password since
// it was read.
func (s *Store) AddSession(ctx context.Context, hash string, a *Account, now time.Time) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		err := s.one(ctx, tx, ErrNoAccount, "UPDATE accounts SET made_ms = made_ms WHERE id = ? AND password = ? AND NOT disabled", a.ID, a.Password) // which holds it
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, s.say("DELETE FROM sessions WHERE expires_ms <= ?"), now.UnixMilli()); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, s.say("INSERT INTO sessions(hash, account, made_ms, seen_ms, expires_ms) VALUES(?, ?, ?, ?, ?)"),
			hash, a.ID, now.UnixMilli(), now.UnixMilli(), now.Add(SessionLife).UnixMilli())
		return err
	})
}

// Session returns who is signed in by what hash is the SHA-256 of, or [ErrNoAccount].
func (s *Store) Session(ctx context.Context, hash string, now time.Time) (*Account, error) {
	var a Account
	var made, seen int64
	err := s.queryRow(ctx, `SELECT a.id, a.name, a.password, a.subject, a.code, a.made_ms, a.disabled, s.seen_ms FROM sessions s JOIN accounts a ON a.id = s.account
		WHERE s.hash = ? AND s.expires_ms > ? AND s.seen_ms > ? AND NOT a.disabled`, hash, now.UnixMilli(), now.Add(-SessionIdle).UnixMilli()).
		Scan(&a.ID, &a.Name, &a.Password, &a.Subject, &a.Code, &made, &a.Disabled, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoAccount
	}
	if err != nil {
		return nil, err
	}
	a.Made = moment(made)
	if now.Sub(moment(seen)) > seenEvery {
		err = s.exec(ctx, "UPDATE sessions SET seen_ms = ? WHERE hash = ? AND seen_ms < ?", now.UnixMilli(), hash, now.UnixMilli())
	}
	return &a, err
}

// EndSession forgets a session, if it is there.
func (s *Store) EndSession(ctx context.Context, hash string) error {
	return s.exec(ctx, "DELETE FROM sessions WHERE hash = ?", hash)
}
