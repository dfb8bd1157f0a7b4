package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

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
	s.dialect, s.path = sqlite(), path
	makePrivate(path)
	if s.write, err = sql.Open("sqlite", source(path, "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", source(path, "query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if err = s.ours(ctx); err == nil {
		err = s.migrate(ctx)
	}
	return advised(err)
}

// privateMode is that of files with what is in a database: secrets of webhooks and feeds, and hashes of passwords.
const privateMode = 0o600

// makePrivate makes a file that is not there, for SQLite to fill: it would let all read it. The files beside it get its mode, too. One that is there
// keeps its mode, and is not opened, since closing it would end the locks that this program has on it. What goes wrong here does so for
// SQLite, too, and is told by that.
func makePrivate(path string) {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, privateMode); err == nil {
		_ = f.Close() // nothing was written
	}
}

// errForeign says that a file is better left alone.
var errForeign = errors.New("it has tables of another program, and none of this one: was another file meant?")

// ours reports a file that another program keeps its data in.
func (s *Store) ours(ctx context.Context) error {
	var all, known int
	err := s.read.QueryRowContext(ctx, "SELECT count(*), count(CASE WHEN name = 'goose_db_version' THEN 1 END) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").Scan(&all, &known)
	if err == nil && all > 0 && known == 0 {
		return errForeign
	}
	return err
}

// advised adds to an error of opening a file what can be done about it.
func advised(err error) error {
	var said *driver.Error
	if !errors.As(err, &said) {
		return err
	}
	advice := ""
	switch said.Code() & 0xff {
	case sqlite3.SQLITE_NOTADB:
		advice = "was another file meant?"
	case sqlite3.SQLITE_CANTOPEN:
		advice = "is there such a folder, and may this program write to it?"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		advice = "this program has to be allowed to write to the file and its folder"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		advice = "another program has it for itself: a file is for one mailtls serve alone"
	case sqlite3.SQLITE_CORRUPT:
		advice = "put a copy that mailtls db backup made in its place"
	case sqlite3.SQLITE_FULL:
		advice = "the disk is full"
	}
	if advice == "" {
		return err
	}
	return fmt.Errorf("%w: %s", err, advice)
}

// source is how the driver is told of a file.
func source(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...), "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// awaySQLite is [Away] for SQLite: another has the file for long, or the disk is full, does not answer, or is not to be written to for now.
func awaySQLite(err error) bool {
	var said *driver.Error
	if !errors.As(err, &said) {
		return false
	}
	switch said.Code() & 0xff { // the rest says more of the same
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return true
	}
	return false
}
