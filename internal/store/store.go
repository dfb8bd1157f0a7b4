package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"

	"github.com/klauspost/compress/zstd"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // the driver
)

//go:embed migrations/*.sql
var migrations embed.FS

// readers is how many may read the file at the same time.
const readers = 4

// Store is an open database. It is safe for concurrent use.
type Store struct {
	write *sql.DB // one connection: SQLite has one writer at a time, and whoever waits does so in order here
	read  *sql.DB
	pack  *zstd.Encoder
	open  *zstd.Decoder
}

// Open opens the SQLite file at path, and creates it or brings its tables to this program's version. A file of a newer version is an
// error, and stays as it is.
func Open(ctx context.Context, path string) (*Store, error) {
	s := new(Store)
	err := s.connect(path)
	if err == nil {
		err = s.migrate(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("database %s: %w", path, errors.Join(err, s.Close()))
	}
	return s, nil
}

func (s *Store) connect(path string) (err error) {
	if s.pack, err = zstd.NewWriter(nil); err != nil {
		return err
	}
	if s.open, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxReport)); err != nil {
		return err
	}
	if s.write, err = sql.Open("sqlite", source(path, "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if s.read, err = sql.Open("sqlite", source(path, "query_only(1)")); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return nil
}

// source is how the driver is told of a file.
func source(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(10000)"}, pragmas...), "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// migrate brings the tables to this program's version: ours, and those of the queue.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, s.write, steps)
	if err != nil {
		return err
	}
	there, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if there > want {
		return fmt.Errorf("it is of version %d, and this program knows %d: use the program that made it, or a newer one", there, want)
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	m, err := rivermigrate.New(riversqlite.New(s.write), nil)
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return err
}

// Queue is the database as the queue of jobs needs it.
func (s *Store) Queue() *sql.DB { return s.write }

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	var one int
	return s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM scans LIMIT 1)").Scan(&one)
}

// Close closes the database.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.open != nil {
		s.open.Close()
	}
	return errors.Join(errs...)
}
