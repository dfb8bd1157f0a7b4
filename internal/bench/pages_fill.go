package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/store"
)

// filling puts many reports into a database: one is made, by a full scan of a server of the lab, and copied by the database itself.
type filling struct {
	database string
	postgres bool
	total    int
	bytes    int // of a report, packed
}

// portion is how many copies are made at once.
const portion = 10_000

// digits has the digits of numbers that IDs of scans do not have, and the letters that stand for them.
const digits, letters = "0189", "ABCD"

// numbered is the ID of a copy.
func numbered(n int) string {
	return strings.NewReplacer("0", "A", "1", "B", "8", "C", "9", "D").Replace(fmt.Sprintf("%026d", n))
}

func (f *filling) fill(ctx context.Context, db *store.Store, stderr io.Writer) error {
	id, err := scanned(ctx, db)
	if err != nil {
		return err
	}
	driver, from, name := "sqlite", "file:"+f.database+"?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)", sqliteNumbers
	if f.postgres {
		driver, from, name = "pgx", f.database, postgresNumbers
	}
	raw, err := sql.Open(driver, from)
	if err != nil {
		return err
	}
	defer raw.Close()
	for first := 0; first < f.total; first += portion {
		if _, err := raw.ExecContext(ctx, name+copied, first, min(first+portion, f.total)-1, id); err != nil {
			return fmt.Errorf("copying reports: %w", err)
		}
		fmt.Fprintf(stderr, "%d reports\n", min(first+portion, f.total))
	}
	if err := raw.QueryRowContext(ctx, "SELECT length(report) FROM scans WHERE id = $1", id).Scan(&f.bytes); err != nil {
		return err
	}
	_, err = raw.ExecContext(ctx, "ANALYZE")
	return err
}

// The numbers from $1 to $2, as IDs.
const (
	postgresNumbers = `WITH numbers AS (SELECT n, translate(lpad(n::text, 26, '0'), '` + digits + `', '` + letters + `') AS id FROM generate_series($1::bigint, $2::bigint) AS n) `
	sqliteNumbers   = `WITH RECURSIVE count(n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM count WHERE n < $2),
		numbers AS (SELECT n, replace(replace(replace(replace(printf('%026d', n), '0', 'A'), '1', 'B'), '8', 'C'), '9', 'D') AS id FROM count) `
)

// copied copies the scan $3: ten of each target, a minute after one another.
const copied = `INSERT INTO scans(id, target, quick, state, asked_ms, begun_ms, ended_ms, verdict, grade, connections, report)
	SELECT numbers.id, 'mx' || n / 10 || '.example.org', quick, state, asked_ms - n * 60000, begun_ms - n * 60000, ended_ms - n * 60000, verdict, grade, connections, report
	FROM scans, numbers WHERE scans.id = $3`

// scanned scans a server of the lab, and keeps the report.
func scanned(ctx context.Context, db *store.Store) (id string, err error) {
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		return "", err
	}
	all := lab.All()
	weak := slices.IndexFunc(all, func(s lab.Server) bool { return s.Name == "weak-client-order" })
	if weak < 0 {
		return "", errors.New("the lab has no server weak-client-order")
	}
	running, err := lab.Start(ctx, all[weak], ca)
	if err != nil {
		return "", err
	}
	defer running.Close()
	rep, err := mailtls.Scan(ctx, "smtp://"+running.Addr, &mailtls.Config{Roots: ca.Pool()})
	if err != nil {
		return "", err
	}
	scan, _, err := db.Ask(ctx, "mx.example.org", false, func(*sql.Tx, string) error { return nil })
	if err != nil {
		return "", err
	}
	if scan, _, err = db.Begin(ctx, scan.ID, "bench"); err != nil {
		return "", err
	}
	return scan.ID, db.Finish(ctx, scan, rep)
}
