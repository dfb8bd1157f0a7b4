package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/report"
)

func TestMain(m *testing.M) {
	code := m.Run()
	server.Close()
	os.Exit(code)
}

var server = realtest.Shared{Starter: realtest.PostgreSQL{}}

// onEach calls test for each kind of database, with one that is empty.
func onEach(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "a b%20.db")) })
	if testing.Short() { // for the race detector: what runs at once is the same
		return
	}
	t.Run("PostgreSQL", func(t *testing.T) { test(t, realtest.Database(t, server.Use(t))) })
}

func open(t *testing.T, database string) *Store {
	t.Helper()
	s, err := Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func nothing(*sql.Tx, string) error { return nil }

func ask(t *testing.T, s *Store, target string, quick bool) (*Scan, bool) {
	t.Helper()
	scan, fresh, err := s.Ask(t.Context(), target, quick, nothing)
	if err != nil {
		t.Fatal(err)
	}
	return scan, fresh
}

func worker(t *testing.T, s *Store) string {
	t.Helper()
	id, err := s.AddWorker(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// begin has a worker begin a scan.
func begin(t *testing.T, s *Store, id, worker string) *Scan {
	t.Helper()
	scan, mine, err := s.Begin(t.Context(), id, worker)
	if err != nil || !mine || scan.State != Running {
		t.Fatalf("begun: %+v, %v, %v", scan, mine, err)
	}
	return scan
}

// TestAsk wants one scan of a target at a time, and another when that is over.
func TestAsk(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		first, fresh := ask(t, s, "example.org", true)
		if !fresh || first.State != Waiting {
			t.Errorf("got %+v, fresh %v", first, fresh)
		}
		if again, fresh := ask(t, s, "example.org", true); fresh || again.ID != first.ID {
			t.Errorf("asked for twice: %+v, fresh %v", again, fresh)
		}
		if full, fresh := ask(t, s, "example.org", false); !fresh || full.ID == first.ID {
			t.Error("a full scan is no quick one")
		}
		first = begin(t, s, first.ID, worker(t, s))
		if again, fresh := ask(t, s, "example.org", true); fresh || again.ID != first.ID || again.State != Running {
			t.Errorf("asked for while it goes on: %+v, fresh %v", again, fresh)
		}
		if err := s.Fail(t.Context(), first, "no such name"); err != nil {
			t.Fatal(err)
		}
		if again, fresh := ask(t, s, "example.org", true); !fresh || again.ID == first.ID {
			t.Errorf("asked for when it is over: %+v, fresh %v", again, fresh)
		}
	})
}

// TestStuck wants a scan that nothing can end any more to be in nobody's way.
func TestStuck(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		stuck, _ := ask(t, s, "example.org", true)
		if err := s.exec(t.Context(), "UPDATE scans SET asked_ms = asked_ms - ?", (stuckAfter + time.Minute).Milliseconds()); err != nil {
			t.Fatal(err)
		}
		if _, fresh := ask(t, s, "example.org", true); !fresh {
			t.Error("whoever asks is led to a scan that never ends")
		}
		if got, err := s.Scan(t.Context(), stuck.ID); err != nil || got.State != Failed || got.Why == "" {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

// TestAskFails wants nothing kept of a scan for which nothing was ordered.
func TestAskFails(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		full := errors.New("the queue is full")
		if _, _, err := s.Ask(t.Context(), "example.org", true, func(*sql.Tx, string) error { return full }); !errors.Is(err, full) {
			t.Errorf("error %v", err)
		}
		if list, err := s.History(t.Context(), "example.org", 10); err != nil || len(list) > 0 {
			t.Errorf("history %v, %v", list, err)
		}
	})
}

// TestReport wants back what was kept, by whoever opens the file next, too.
func TestReport(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		scan, _ := ask(t, s, "smtp://192.0.2.1:25", true)
		if _, err := s.Report(t.Context(), scan.ID); !errors.Is(err, ErrNone) {
			t.Errorf("a report before there is one: %v", err)
		}
		scan = begin(t, s, scan.ID, worker(t, s))
		r := report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{Start: time.Now().UTC()}, nil)
		r.Endpoints = []report.Endpoint{{AtBest: "D", Endpoint: new(evidence.Endpoint)}}
		if err := s.Finish(t.Context(), scan, r); err != nil {
			t.Fatal(err)
		}
		if err := s.Fail(t.Context(), scan, "too late"); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t, database)
		got, err := s.Scan(t.Context(), scan.ID)
		if err != nil || got.State != Done || got.Verdict != report.Incomplete || got.Ended.IsZero() || got.Why != "" || got.GradeText() != "D at best" {
			t.Errorf("got %+v, %v", got, err)
		}
		if back, err := s.Report(t.Context(), scan.ID); err != nil || !back.Run.Start.Equal(r.Run.Start) {
			t.Errorf("got %+v, %v", back, err)
		}
		for _, id := range []string{"nobody's", "\x00", strings.Repeat("A", 26), strings.Repeat("\xff", 26)} {
			if _, err := s.Scan(t.Context(), id); !errors.Is(err, ErrNone) {
				t.Errorf("a scan that is not there: %v", err)
			}
		}
	})
}

// TestBefore wants the scan of a target that was done before another: of the same depth if there is one, and no later one, none that failed, and
// none of another target.
func TestBefore(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		w := worker(t, s)
		made := func(target string, quick, fails bool) *Scan {
			t.Helper()
			scan, _ := ask(t, s, target, quick)
			if err := s.exec(t.Context(), "UPDATE scans SET asked_ms = (SELECT max(asked_ms) + 1 FROM scans) WHERE id = ?", scan.ID); err != nil {
				t.Fatal(err)
			}
			scan = begin(t, s, scan.ID, w)
			err := s.Finish(t.Context(), scan, &report.Report{Schema: evidence.Schema})
			if fails {
				err = errors.Join(s.exec(t.Context(), "UPDATE scans SET state = 'failed' WHERE id = ?", scan.ID), err)
			}
			if err != nil {
				t.Fatal(err)
			}
			return scan
		}
		first := made("a.test", false, false)
		made("b.test", true, false)
		quick := made("a.test", true, false)
		made("a.test", true, true)
		full := made("a.test", false, false)
		last := made("a.test", true, false)
		for name, test := range map[string]struct{ scan, want *Scan }{
			"the first":         {first, nil},
			"of the other":      {quick, first},
			"of the same depth": {full, first},
			"not what failed":   {last, quick},
		} {
			got, err := s.Before(t.Context(), test.scan)
			if test.want == nil && !errors.Is(err, ErrNone) || test.want != nil && (err != nil || got.ID != test.want.ID) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	})
}

// TestSteps wants each change of a server told once to whoever asks for those after the last, also by a second try.
func TestSteps(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		scan, _ := ask(t, s, "example.org", true)
		note := func(place, text string) {
			t.Helper()
			if err := s.SetStep(t.Context(), scan.ID, Step{Place: place, Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		after := func(n int) (texts string, last int) {
			t.Helper()
			steps, err := s.Steps(t.Context(), scan.ID, n)
			if err != nil {
				t.Fatal(err)
			}
			last = n
			for _, x := range steps {
				texts, last = texts+x.Place+" "+x.Text+";", x.N
			}
			return texts, last
		}
		note("a", "1")
		note("b", "1")
		texts, last := after(0)
		if texts != "a 1;b 1;" {
			t.Errorf("first %q", texts)
		}
		note("a", "2")
		if texts, _ := after(last); texts != "a 2;" {
			t.Errorf("then %q", texts)
		}
		begin(t, s, scan.ID, worker(t, s))
		_, last = after(0)
		note("b", "2")
		if texts, _ := after(last); texts != "b 2;" { // whoever watches has seen the first try
			t.Errorf("begun anew: %q", texts)
		}
	})
}

// TestNewer wants a file of a newer program left as it is.
func TestNewer(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		if err := s.exec(t.Context(), "INSERT INTO goose_db_version(version_id, is_applied) VALUES(9999, true)"); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(context.Background(), database); err == nil || !strings.Contains(err.Error(), "version 9999") {
			t.Errorf("error %v", err)
		}
	})
}
