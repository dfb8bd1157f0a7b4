package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// An op is something to write, and who waits for it.
type op struct {
	do   func() error
	done chan error
}

// most is how many ops share a transaction. Under load they come together while the last transaction is being written; else none waits for
// another.
const most = 256

// write has do called by the goroutine that writes, inside a transaction, and returns when that is in the file. If it fails, nothing of the
// transaction is.
func (j *Journal) write(do func() error) error {
	o := op{do, make(chan error, 1)}
	j.ops <- o
	return <-o.done
}

func (j *Journal) writer() {
	defer close(j.ended)
	for o := range j.ops {
		batch := j.gather(o)
		err := j.commit(batch)
		for _, o := range batch {
			o.done <- err
		}
		j.reach(Told)
	}
}

// gather returns first, and what else waits.
func (j *Journal) gather(first op) []op {
	batch := []op{first}
	for len(batch) < most {
		select {
		case o, ok := <-j.ops:
			if !ok {
				return batch
			}
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

func (j *Journal) commit(batch []op) error {
	err := j.exec("BEGIN IMMEDIATE")
	if err != nil {
		return unwritten(err)
	}
	j.reach(Begun)
	for _, o := range batch {
		if err = o.do(); err != nil {
			break
		}
	}
	if err == nil {
		j.reach(Written)
		err = j.exec("COMMIT")
	}
	if err != nil {
		_ = j.exec("ROLLBACK") // SQLite may have done it
		return unwritten(err)
	}
	j.reach(Committed)
	return nil
}

// Error codes of SQLite.
const (
	codeBusy = 5
	codeFull = 13
)

// ErrFull is part of the errors of writing where the disk is full.
var ErrFull = errors.New("the disk is full")

func unwritten(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code()&0xff == codeFull {
		err = ErrFull
	}
	return fmt.Errorf("the journal cannot be written: %w", err)
}

func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == codeBusy
}

// exec runs a statement on the connection that writes. It is for the goroutine that writes, as prepared is.
func (j *Journal) exec(query string, args ...any) error {
	if len(args) == 0 {
		_, err := j.conn.ExecContext(context.Background(), query)
		return err
	}
	_, err := j.changed(query, args...)
	return err
}

// changed is exec for those who want to know how many rows it was about.
func (j *Journal) changed(query string, args ...any) (int, error) {
	s, err := j.prepared(query)
	if err != nil {
		return 0, err
	}
	r, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

func (j *Journal) prepared(query string) (*sql.Stmt, error) {
	if s := j.stmts[query]; s != nil {
		return s, nil
	}
	s, err := j.conn.PrepareContext(context.Background(), query)
	if err == nil {
		j.stmts[query] = s
	}
	return s, err
}
