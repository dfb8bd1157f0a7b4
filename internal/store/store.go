package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/klauspost/compress/zstd"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations
var migrations embed.FS

// Store is an open database. It is safe for concurrent use.
type Store struct {
	*dialect
	write *sql.DB // of SQLite one connection: it has one writer at a time, and whoever waits does so in order here
	read  *sql.DB // of PostgreSQL the same
	asIs  bool    // its tables are left alone
	older bool    // which may be older than this program
	path  string  // of a SQLite file
	lock  func() error
	pack  *zstd.Encoder
	open  *zstd.Decoder
}

// Open opens a database: one of PostgreSQL by its URL, as [IsPostgres] tells, or the SQLite file of that name. It creates what is not
// there, or brings the tables to this program's version. A database of a newer version is an error, and stays as it is. No error has the
// password of the URL.
func Open(ctx context.Context, database string) (*Store, error) {
	return opened(ctx, new(Store), database)
}

// OpenAsIs opens a database and leaves its tables as they are. One of an older version is an error, too, unless older is set: then nothing but
// [Store.Backup] may be asked of it.
func OpenAsIs(ctx context.Context, database string, older bool) (*Store, error) {
	return opened(ctx, &Store{asIs: true, older: older}, database)
}

func opened(ctx context.Context, s *Store, database string) (_ *Store, err error) {
	name, connect := database, (*Store).openSQLite
	if IsPostgres(database) {
		connect = (*Store).openPostgres
		if name, err = nameOf(database); err != nil {
			return nil, err
		}
	}
	if s.pack, err = zstd.NewWriter(nil); err != nil {
		return nil, err
	}
	if s.open, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxReport)); err != nil {
		return nil, err
	}
	if err := connect(s, ctx, database); err != nil {
		return nil, fmt.Errorf("database %s: %w", name, errors.Join(err, s.Close()))
	}
	return s, nil
}

// migrate brings the tables to this program's version: ours, and those of the queue.
func (s *Store) migrate(ctx context.Context) error {
	steps, err := fs.Sub(migrations, s.migrations)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(s.goose, s.write, steps)
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
	if s.asIs {
		if there < want && !s.older {
			return fmt.Errorf("it is of version %d, and this program needs %d: mailtls db migrate brings it there", there, want)
		}
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	m, err := rivermigrate.New(s.Queue(), nil)
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return err
}

// Queue is the database as the queue of jobs needs it.
func (s *Store) Queue() riverdriver.Driver[*sql.Tx] { return s.queue(s.write) }

// Ready reports whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	var one int
	return s.queryRow(ctx, "SELECT count(*) FROM (SELECT 1 FROM scans LIMIT 1) AS one").Scan(&one)
}

func (s *Store) queryRow(ctx context.Context, query string, args ...any) *sql.Row {
	return s.read.QueryRowContext(ctx, s.say(query), args...)
}

func (s *Store) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.read.QueryContext(ctx, s.say(query), args...)
}

func (s *Store) exec(ctx context.Context, statement string, args ...any) error {
	_, err := s.change(ctx, statement, args...)
	return err
}

// change returns how many rows it is about.
func (s *Store) change(ctx context.Context, statement string, args ...any) (int64, error) {
	r, err := s.write.ExecContext(ctx, s.say(statement), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Close closes the database.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock())
	}
	if s.open != nil {
		s.open.Close()
	}
	return errors.Join(errs...)
}
