package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrInUse says that another program serves from a SQLite file.
var ErrInUse = errors.New("another mailtls serve uses this file, and would make its scans by other settings: end it, give this one a file of its own, or have both use PostgreSQL")

// Alone keeps other programs from serving from a SQLite file, by a lock on a file beside it, which ends with this program however that ends, or by
// [Store.Close]. Who only looks, or adds an account, needs none. The error is ErrInUse if another has it. Of PostgreSQL nothing is locked: it is for many.
func (s *Store) Alone() error {
	if s.numbered {
		return nil
	}
	path := s.path + "-lock"
	db, err := sql.Open("sqlite", source(path))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err = db.Exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE"); err != nil {
		_ = db.Close()
		if busy, ok := errors.AsType[*driver.Error](err); ok && busy.Code()&0xff == sqlite3.SQLITE_BUSY {
			return fmt.Errorf("database %s: %w", strings.TrimSuffix(path, "-lock"), ErrInUse)
		}
		return fmt.Errorf("database %s: locking it: %w", s.path, err)
	}
	s.lock = func() error { return errors.Join(db.Close(), os.Remove(path)) }
	return nil
}
