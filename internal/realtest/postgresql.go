package realtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// sqlDriver is how database/sql knows PostgreSQL: tests that use one import a driver of that name (github.com/jackc/pgx/v5/stdlib), and others
// need not have it compiled in.
const sqlDriver = "pgx"

// PostgreSQL is one as Debian ships it, with the service postgresql. It asks for a password, and keeps nothing once it has ended.
type PostgreSQL struct {
	// OnDisk has it keep its files there, not in memory as other servers.
	OnDisk bool
}

// The user of the database, who may do anything there.
const databaseUser, databasePassword = "mailtls", "secret-of-the-tests"

// postgresUser is whom it runs as where the tests are root's, which it refuses.
const postgresUser = "postgres"

// Start runs it; see Starter.
func (p PostgreSQL) Start(ctx context.Context) (*Server, error) {
	s, err := start(ctx, func() (launch, error) { return p.prepare(ctx) })
	if err != nil {
		return nil, err
	}
	if err := awaitDatabase(ctx, s.DatabaseURL("postgres")); err != nil {
		log := s.Log()
		s.Close()
		return nil, fmt.Errorf("starting postgresql: %w\n%s", err, log)
	}
	return s, nil
}

func (p PostgreSQL) prepare(ctx context.Context) (launch, error) {
	for _, program := range []string{"postgres", "initdb"} {
		if _, err := Lookup(program); err != nil {
			return launch{}, err
		}
	}
	inside := folder
	if p.OnDisk {
		inside = folderOnDisk
	}
	dir, services, err := prepareIn(inside, "postgresql", loopback, func(dir string, _ map[string]string) error { return initialise(ctx, dir) }, "postgresql")
	if err != nil {
		return launch{}, err
	}
	program, args, err := unprivileged("postgres", "-D", filepath.Join(dir, "data"), "-h", loopback, "-p", port(services["postgresql"]), "-k", "", "-F",
		"-c", "max_connections=200", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "dynamic_shared_memory_type=mmap")
	return launch{name: "postgresql", program: program, args: args, dir: dir, services: services, quit: os.Interrupt}, err
}

// initialise makes the files of an empty server.
func initialise(ctx context.Context, dir string) error {
	data, password := filepath.Join(dir, "data"), filepath.Join(dir, "password")
	if err := os.Mkdir(data, 0o700); err != nil {
		return fmt.Errorf("making a folder for postgresql: %w", err)
	}
	if err := os.WriteFile(password, []byte(databasePassword), 0o644); err != nil { //nolint:gosec // another user reads it, and it guards nothing
		return fmt.Errorf("configuring postgresql: %w", err)
	}
	if os.Geteuid() == 0 {
		uid, err := userID("postgres", postgresUser)
		if err != nil {
			return err
		}
		if err := os.Chown(data, uid, -1); err != nil {
			return fmt.Errorf("making a folder for postgresql: %w", err)
		}
	}
	program, args, err := unprivileged("initdb", "-D", data, "-U", databaseUser, "--auth=scram-sha-256", "--pwfile="+password, "-E", "UTF8", "--locale=C",
		"--no-sync", "--no-instructions")
	if err != nil {
		return err
	}
	return tool(ctx, program, args...)
}

// unprivileged is how to run a program that refuses to be root's; in any case it ends when this process does.
func unprivileged(program string, args ...string) (name string, all []string, err error) {
	path, err := Lookup(program)
	if err != nil || os.Geteuid() != 0 {
		return program, args, err
	}
	return "setpriv", append([]string{"--reuid=" + postgresUser, "--regid=" + postgresUser, "--clear-groups", "--pdeathsig=QUIT", path}, args...), nil
}

// DatabaseURL is where a database of a PostgreSQL is, with the password; "postgres" is there from the beginning.
func (s *Server) DatabaseURL(name string) string {
	return (&url.URL{Scheme: "postgres", User: url.UserPassword(databaseUser, databasePassword), Host: s.Addr("postgresql"), Path: "/" + name}).String()
}

// awaitDatabase asks until the server answers: it listens before it does.
func awaitDatabase(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		err := execute(ctx, url, "SELECT 1")
		if err == nil {
			return nil
		}
		var said interface{ SQLState() string }
		if !errors.As(err, &said) || said.SQLState() != "57P03" { // cannot_connect_now
			return err
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Database makes an empty database in a PostgreSQL, and returns where it is.
func Database(t TB, s *Server) (url string) {
	t.Helper()
	url, err := NewDatabase(t.Context(), s)
	if err != nil {
		t.Fatalf("making a database: %v", err)
	}
	return url
}

// NewDatabase is Database for what is no test.
func NewDatabase(ctx context.Context, s *Server) (url string, err error) {
	name := "test_" + strings.ToLower(rand.Text())
	return s.DatabaseURL(name), s.sql(ctx, "CREATE DATABASE "+name)
}

// TakeAway cuts all connections to a database, and lets nobody connect to it until GiveBack.
func TakeAway(t TB, s *Server, database string) {
	t.Helper()
	for _, command := range []string{"ALTER DATABASE %s ALLOW_CONNECTIONS false",
		"SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = '%s'"} {
		s.about(t, command, database)
	}
}

// GiveBack lets connect to a database again.
func GiveBack(t TB, s *Server, database string) {
	t.Helper()
	s.about(t, "ALTER DATABASE %s ALLOW_CONNECTIONS true", database)
}

// about does something about the database at a URL.
func (s *Server) about(t TB, command, database string) {
	t.Helper()
	if err := s.sql(t.Context(), fmt.Sprintf(command, path.Base(database))); err != nil {
		t.Fatalf("%s: %v", command, err)
	}
}

// sql has a PostgreSQL do something, as one who may do anything.
func (s *Server) sql(ctx context.Context, command string) error {
	return execute(ctx, s.DatabaseURL("postgres"), command)
}

func execute(ctx context.Context, url, command string) error {
	db, err := sql.Open(sqlDriver, url)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, command)
	return errors.Join(err, db.Close())
}
