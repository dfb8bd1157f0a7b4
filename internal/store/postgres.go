package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
)

const (
	connections    = 16 // of one program to the database
	connectTimeout = 10 * time.Second

	// How long a program waits for another's lock, and a transaction for its program, which may have died or stand still, in milliseconds.
	lockTimeout = "10000"
	idleTimeout = "20000"

	// migrating is the number of the lock that whoever brings the tables to its version holds.
	migrating = 0x6d61696c746c73 // "mailtls"
)

func postgres() *dialect {
	return &dialect{migrations: "migrations/postgres", goose: goose.DialectPostgres, numbered: true, share: " FOR SHARE", skip: " FOR UPDATE SKIP LOCKED",
		now:   "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
		queue: func(db *sql.DB) riverdriver.Driver[*sql.Tx] { return riverdatabasesql.New(db) }}
}

// IsPostgres reports whether a database is one of PostgreSQL, by its URL, and no file.
func IsPostgres(database string) bool {
	return strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://")
}

// errURL says nothing of what was given: a password may be anywhere in it.
var errURL = errors.New("the URL of the database cannot be read: want postgres://user:password@host:5432/name, where a / in the password is %2F, " +
	"an @ is %40, a ? is %3F and a # is %23")

// errParameter says no more, either: the driver's own words have the whole URL.
var errParameter = errors.New("the URL of the database cannot be used: look at its port, and at what stands behind the ?")

// parse reads the URL of a database. One in which a password would be where none is looked for is an error.
func parse(database string) (*url.URL, error) {
	u, err := url.Parse(database)
	if err != nil || strings.ContainsAny(u.Path+u.RawQuery, "@") || u.Fragment != "" {
		return nil, errURL
	}
	return u, nil
}

// Redacted is what was given as a database, without a password.
func Redacted(database string) string {
	if !IsPostgres(database) {
		return database
	}
	u, err := parse(database)
	if err != nil {
		return "postgres://xxxxx"
	}
	q := u.Query()
	for _, secret := range []string{"password", "sslpassword"} {
		if q.Has(secret) {
			q.Set(secret, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}

// nameOf is how a database of PostgreSQL is named to people: shortly, and without a password.
func nameOf(database string) (string, error) {
	u, err := parse(database)
	if err != nil {
		return "", err
	}
	named := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if name := u.User.Username(); name != "" {
		named.User = url.User(name)
	}
	return named.String(), nil
}

// openPostgres opens the database at a URL.
func (s *Store) openPostgres(ctx context.Context, database string) error {
	s.dialect = postgres()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		return cmp.Or(errors.Unwrap(err), errParameter) // without the URL
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, connectTimeout)
	for name, value := range map[string]string{"lock_timeout": lockTimeout, "idle_in_transaction_session_timeout": idleTimeout} {
		config.RuntimeParams[name] = cmp.Or(config.RuntimeParams[name], value) // the URL may say another
	}
	s.write = stdlib.OpenDB(*config)
	s.write.SetMaxOpenConns(connections)
	s.write.SetMaxIdleConns(connections)
	s.read = s.write
	return oneLine(s.migrateAlone(ctx))
}

// migrateAlone migrates while no other program does.
func (s *Store) migrateAlone(ctx context.Context) error {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()                                                       // back to the others; a lock that was left would go with the connection
	if _, err := conn.ExecContext(ctx, "SET lock_timeout = 0"); err != nil { // it may take the other long
		return err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrating)); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "RESET lock_timeout"); err != nil {
		return err
	}
	err = s.migrate(ctx)
	_, unlock := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrating))
	return cmp.Or(err, unlock)
}

// oneLine has an error, which may tell of several addresses, tell it in one line.
func oneLine(err error) error {
	if err == nil {
		return nil
	}
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}

// Away reports whether an error says that the database cannot be used now, and may be later: it does not answer, ends, begins, has no
// room, or others do not let go of what is wanted.
func Away(err error) bool {
	var network net.Error
	var connecting *pgconn.ConnectError
	if awaySQLite(err) || errors.As(err, &network) || errors.As(err, &connecting) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	var said *pgconn.PgError
	if !errors.As(err, &said) || len(said.Code) != 5 {
		return false
	}
	switch said.Code {
	case "55P03", "25P03", "40P01": // lock_not_available, idle_in_transaction_session_timeout, deadlock_detected
		return true
	}
	switch said.Code[:2] { // PostgreSQL, Appendix A: connection exception, insufficient resources, operator intervention
	case "08", "53", "57":
		return true
	}
	return false
}
