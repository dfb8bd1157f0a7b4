package jobs

import (
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// lines are what is logged.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// next waits for a line.
func (l lines) next(t *testing.T) string {
	t.Helper()
	select {
	case line := <-l:
		return line
	case <-realtest.Patience(t).Done():
		t.Fatal("nothing was logged")
		return ""
	}
}

// TestPrune has a program that keeps scans for a while remove the old one when it starts, and say so.
func TestPrune(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		old, young := finished(t, s), finished(t, s)
		driver := "sqlite"
		if store.IsPostgres(database) {
			driver = "pgx"
		}
		db, err := sql.Open(driver, database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), "UPDATE scans SET asked_ms = asked_ms - 7200000, ended_ms = ended_ms - 7200000 WHERE id = '"+old+"'"); err != nil {
			t.Fatal(err)
		}
		said := make(lines, 10)
		q, err := Start(t.Context(), s, Config{Keep: time.Hour, Log: slog.New(slog.NewTextHandler(said, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if line := said.next(t); !strings.Contains(line, "old scans were removed") || !strings.Contains(line, "scans=1") {
			t.Errorf("it said %q", line)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if n := q.Removed(); n != 1 {
			t.Errorf("%d removed", n)
		}
		if _, err := s.Scan(t.Context(), old); !errors.Is(err, store.ErrNone) {
			t.Errorf("the old one: %v", err)
		}
		if _, err := s.Scan(t.Context(), young); err != nil {
			t.Errorf("the last one: %v", err)
		}
	})
}

// TestPruneFails wants a database that cannot be used to be tried again before long.
func TestPruneFails(t *testing.T) {
	s, said := open(t, t.TempDir()+"/x.db"), make(lines, 10)
	p := &pruner{store: s, keep: time.Hour, log: slog.New(slog.NewTextHandler(said, nil))}
	if next := p.prune(t.Context()); next != pruneEvery || len(said) != 0 {
		t.Errorf("nothing to do: again in %v", next)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if next := p.prune(t.Context()); next != pruneAgain || !strings.Contains(said.next(t), "level=WARN") {
		t.Errorf("a database that is closed: again in %v", next)
	}
}

// finished is the ID of a scan with a report.
func finished(t *testing.T, s *store.Store) string {
	t.Helper()
	scan, _, err := s.Ask(t.Context(), "smtp://a.test:25", true, func(*sql.Tx, string) error { return nil })
	if err == nil {
		scan, _, err = s.Begin(t.Context(), scan.ID, newWorker(t, s))
	}
	if err == nil {
		err = s.Finish(t.Context(), scan, new(report.Report))
	}
	if err != nil {
		t.Fatal(err)
	}
	return scan.ID
}
