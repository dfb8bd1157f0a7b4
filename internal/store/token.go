package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrNoToken says that there is no such token, or that it has expired.
var ErrNoToken = errors.New("there is no such token")

// MaxTokens is how many an account may have.
const MaxTokens = 50

// usedEvery is how exactly it is kept when a token was last used.
const usedEvery = time.Minute

// Token is what a program shows to act for an account.
type Token struct {
	ID      string
	Account string
	Name    string
	Scopes  []string
	Made    time.Time
	Used    time.Time // zero: never
	Expires time.Time
}

// May reports whether the token is for something.
func (t *Token) May(scope string) bool { return slices.Contains(t.Scopes, scope) }

const tokenColumns = "SELECT id, account, name, scopes, made_ms, used_ms, expires_ms FROM tokens"

func oneToken(r row) (*Token, error) {
	var t Token
	var scopes string
	var made, used, expires int64
	err := r.Scan(&t.ID, &t.Account, &t.Name, &scopes, &made, &used, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoToken
	}
	t.Scopes, t.Made, t.Used, t.Expires = strings.Fields(scopes), moment(made), moment(used), moment(expires)
	return &t, err
}

// AddToken keeps a token, of which hash is the SHA-256, and gives it its ID.
func (s *Store) AddToken(ctx context.Context, t *Token, hash string, now time.Time) error {
	t.ID, t.Made = rand.Text(), now.UTC().Truncate(time.Millisecond)
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.one(ctx, tx, ErrNoAccount, "UPDATE accounts SET made_ms = made_ms WHERE id = ? AND NOT disabled", t.Account); err != nil { // which holds it
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, s.say("SELECT count(*) FROM tokens WHERE account = ?"), t.Account).Scan(&n); err != nil {
			return err
		}
		if n >= MaxTokens {
			return fmt.Errorf("an account has up to %d tokens: %w", MaxTokens, ErrTooMany)
		}
		_, err := tx.ExecContext(ctx, s.say("INSERT INTO tokens(id, hash, account, name, scopes, made_ms, used_ms, expires_ms) VALUES(?, ?, ?, ?, ?, ?, 0, ?)"),
			t.ID, hash, t.Account, storable(t.Name), strings.Join(t.Scopes, " "), t.Made.UnixMilli(), t.Expires.UnixMilli())
		return err
	})
}

// ErrTooMany says that an account has as much of something as it may have.
var ErrTooMany = errors.New("remove one that is not needed")

// Tokens returns those of an account, the latest first, those that have expired among them.
func (s *Store) Tokens(ctx context.Context, account string) ([]Token, error) {
	rows, err := s.query(ctx, tokenColumns+" WHERE account = ? ORDER BY made_ms DESC, id", account)
	return collect(rows, err, oneToken)
}

// Token returns the token of which hash is the SHA-256, with its account, and notes that it is used.
func (s *Store) Token(ctx context.Context, hash string, now time.Time) (*Token, *Account, error) {
	t, err := oneToken(s.queryRow(ctx, tokenColumns+" WHERE hash = ? AND expires_ms > ?", hash, now.UnixMilli()))
	if err != nil {
		return nil, nil, err
	}
	a, err := s.Account(ctx, t.Account)
	switch {
	case errors.Is(err, ErrNoAccount), err == nil && a.Disabled:
		return nil, nil, ErrNoToken
	case err == nil && now.Sub(t.Used) > usedEvery:
		err = s.exec(ctx, "UPDATE tokens SET used_ms = ? WHERE hash = ? AND used_ms < ?", now.UnixMilli(), hash, now.UnixMilli())
	}
	return t, a, err
}

// DeleteToken forgets a token of an account, and returns what it was.
func (s *Store) DeleteToken(ctx context.Context, account, id string) (t *Token, err error) {
	if !validID(id) {
		return nil, ErrNoToken
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		if t, err = oneToken(tx.QueryRowContext(ctx, s.say(tokenColumns+" WHERE account = ? AND id = ?"), account, id)); err != nil {
			return err
		}
		return s.one(ctx, tx, ErrNoToken, "DELETE FROM tokens WHERE account = ? AND id = ?", account, id)
	})
	return t, err
}
