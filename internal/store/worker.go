package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"
)

// GoneAfter is when a worker that has not said that it lives is gone: others make its scans then. All times of it are by the clock of the
// database.
const GoneAfter = time.Minute

// maxTries is how often a scan is begun whose worker is gone before it has ended.
const maxTries = 5

// ErrGone says that others take a worker for gone.
var ErrGone = errors.New("this worker was taken for gone")

// AddWorker notes a program that makes scans, and returns its ID.
func (s *Store) AddWorker(ctx context.Context) (id string, err error) {
	id = rand.Text()
	return id, s.exec(ctx, "INSERT INTO workers(id, alive_ms) VALUES(?, "+s.now+")", id)
}

// Alive notes that a worker lives. The error may be ErrGone.
func (s *Store) Alive(ctx context.Context, worker string) error {
	n, err := s.change(ctx, "UPDATE workers SET alive_ms = "+s.now+" WHERE id = ?", worker)
	if err == nil && n == 0 {
		return ErrGone
	}
	return err
}

// RemoveWorker notes that a worker has ended, and holds no address any more.
func (s *Store) RemoveWorker(ctx context.Context, worker string) error {
	return s.exec(ctx, "DELETE FROM workers WHERE id = ?", worker)
}

// removeGone forgets workers that are gone, and that they hold addresses.
const removeGone = "DELETE FROM workers WHERE alive_ms < "

// orphaned are the scans that a worker has begun which is gone.
const orphaned = "state IN ('waiting', 'running') AND state = 'running' AND NOT EXISTS (SELECT 1 FROM workers WHERE workers.id = scans.worker)"

// stuck are the scans that nothing was heard of for so long that their job may be lost: asked for, and begun or taken over, before a time.
const stuck = "state IN ('waiting', 'running') AND asked_ms < ? AND begun_ms < ?"

// TakeOver has the scans made anew whose workers are gone, and those that were not over within stuckAfter: their job may be lost, and if it is
// not, two jobs of a scan do no harm. For each, also is called in the same transaction, as with [Store.Ask]. One that has been begun too often
// has failed instead: it may be what ends the workers.
func (s *Store) TakeOver(ctx context.Context, also func(*sql.Tx, string) error) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		ids, err := s.takeOver(ctx, tx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := also(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// takeOver has scans wait again for somebody to make them, and returns their IDs.
func (s *Store) takeOver(ctx context.Context, tx *sql.Tx) ([]string, error) {
	now := time.Now()
	horizon := now.Add(-stuckAfter).UnixMilli()
	for _, c := range []struct {
		statement string
		args      []any
	}{
		{removeGone + s.now + " - ?", []any{GoneAfter.Milliseconds()}},
		{"UPDATE scans SET state = 'failed', ended_ms = " + s.now + ", why = 'this scan was begun too often without an end' WHERE " + orphaned + " AND tries >= ?",
			[]any{maxTries}},
		{"UPDATE scans SET state = 'failed', ended_ms = " + s.now + ", why = 'the service could not make this scan' WHERE " + stuck + " AND tries >= ?",
			[]any{horizon, horizon, maxTries}},
	} {
		if _, err := tx.ExecContext(ctx, s.say(c.statement), c.args...); err != nil {
			return nil, err
		}
	}
	return texts(tx.QueryContext(ctx, s.say("UPDATE scans SET state = 'waiting', begun_ms = ? WHERE "+orphaned+" OR "+stuck+" RETURNING id"),
		now.UnixMilli(), horizon, horizon)) // so that nobody takes it for stuck again for a while
}

// Hold takes an address of mail servers for a worker, unless another has it, which then learns that somebody waits. wanted reports whether
// somebody waits for what this worker has.
func (s *Store) Hold(ctx context.Context, worker, address string) (held, wanted bool, err error) {
	var holder string
	err = s.write.QueryRowContext(ctx, s.say(`INSERT INTO held(address, worker) VALUES(?, ?)
		ON CONFLICT (address) DO UPDATE SET wanted = (held.wanted OR held.worker <> excluded.worker) RETURNING worker, wanted`),
		address, worker).Scan(&holder, &wanted)
	return err == nil && holder == worker, wanted, err
}

// Release lets others have an address.
func (s *Store) Release(ctx context.Context, worker, address string) error {
	return s.exec(ctx, "DELETE FROM held WHERE address = ? AND worker = ?", address, worker)
}
