package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is how many may read the file at the same time.
const readers = 4

func sqlite() *dialect {
	return &dialect{migrations: "migrations/sqlite", goose: goose.DialectSQLite3, now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
		queue: func(db *sql.DB) riverdriver.Driver[*sql.Tx] { return riversqlite.New(db) }}
}

// openSQLite opens the file at path.
func (s *Store) openSQLite(ctx context.Context, path string) (err error) {
	s.dialect = sqlite()
	if s.write, err = sql.Open("sqlite", source(path, "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", source(path, "query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return s.migrate(ctx)
}

// source is how the driver is told of a file.
func source(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...), "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// awaySQLite is [Away] for SQLite: another has the file for long, or the disk is full or does not answer.
func awaySQLite(err error) bool {
	var said *driver.Error
	if !errors.As(err, &said) {
		return false
	}
	switch said.Code() & 0xff { // the rest says more of the same
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
		return true
	}
	return false
}
