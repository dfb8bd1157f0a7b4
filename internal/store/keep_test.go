package store

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// made returns the ID of a scan of target that was asked for, and ended, at a time; without a report it failed.
func made(t *testing.T, s *Store, target string, at time.Time, r *report.Report) string {
	t.Helper()
	scan, _ := ask(t, s, target, true)
	scan, _, err := s.Begin(t.Context(), scan.ID, worker(t, s))
	if err == nil && r != nil {
		err = s.Finish(t.Context(), scan, r)
	} else if err == nil {
		err = s.Fail(t.Context(), scan, "it was not to be")
	}
	if err == nil {
		err = s.exec(t.Context(), "UPDATE scans SET asked_ms = ?, ended_ms = ? WHERE id = ?", at.UnixMilli(), at.UnixMilli(), scan.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return scan.ID
}

func allOf(t *testing.T, s *Store) (ids []string) {
	t.Helper()
	if err := s.Each(t.Context(), func(scan *Scan) error {
		ids = append(ids, scan.ID)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestPrune removes what is old, and leaves the last report of each target, and what is under way.
func TestPrune(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s, now := open(t, database), time.Now()
		day := func(n int) time.Time { return now.Add(-time.Duration(n) * 24 * time.Hour) }
		r := &report.Report{}
		made(t, s, "a.test", day(400), r)
		made(t, s, "a.test", day(400), nil)
		keep := []string{made(t, s, "b.test", day(300), r), made(t, s, "a.test", day(200), r)}
		made(t, s, "a.test", day(150), nil) // it says less than the report before
		keep = append(keep, made(t, s, "a.test", day(20), nil), made(t, s, "c.test", day(1), nil))
		made(t, s, "d.test", day(101), r)
		keep = append(keep, made(t, s, "d.test", day(2), r))
		ask(t, s, "a.test", true)
		for i, want := range []int64{4, 0} {
			if n, err := s.Prune(t.Context(), day(100)); err != nil || n != want {
				t.Errorf("%d. time: %d removed, %v; want %d", i+1, n, err, want)
			}
		}
		left := allOf(t, s)
		slices.Sort(left)
		slices.Sort(keep)
		if !slices.Equal(left, keep) {
			t.Errorf("%q are left, want %q", left, keep)
		}
		if n, err := s.Waiting(t.Context()); n != 1 || err != nil {
			t.Errorf("%d wait, %v", n, err)
		}
	})
}

// TestEach wants every scan once, in order, though many were asked for at the same time.
func TestEach(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		for i := range 2*walkAt + 3 {
			if err := s.exec(t.Context(), "INSERT INTO scans(id, target, quick, state, asked_ms) VALUES(?, 'x', ?, 'failed', ?)", string(rune('A'+i%26))+time.Unix(int64(i), 0).Format("150405"), true, i/400); err != nil {
				t.Fatal(err)
			}
		}
		ids := allOf(t, s)
		slices.Sort(ids)
		if n := len(slices.Compact(ids)); n != 2*walkAt+3 || len(ids) != n {
			t.Errorf("%d scans, %d of them different", len(ids), n)
		}
	})
}

// TestBackup opens the copy.
func TestBackup(t *testing.T) {
	s, copied := open(t, filepath.Join(t.TempDir(), "x.db")), filepath.Join(t.TempDir(), "it's a copy.db")
	id := made(t, s, "a.test", time.Now(), &report.Report{Schema: evidence.Schema})
	if err := s.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, copied).Report(t.Context(), id); err != nil {
		t.Error(err)
	}
	if err := s.Backup(t.Context(), copied); err == nil {
		t.Error("the copy before is lost")
	}
}

// TestOpenAsIs leaves a database of an older version as it is, and copies it so.
func TestOpenAsIs(t *testing.T) {
	path, copied := filepath.Join(t.TempDir(), "x.db"), filepath.Join(t.TempDir(), "copy.db")
	s := open(t, path)
	if err := s.exec(t.Context(), "DELETE FROM goose_db_version WHERE version_id > 1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAsIs(t.Context(), path, false); err == nil || !strings.Contains(err.Error(), "mailtls db migrate") {
		t.Errorf("an older version: %v", err)
	}
	old, err := OpenAsIs(t.Context(), path, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(old.Backup(t.Context(), copied), old.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAsIs(t.Context(), copied, false); err == nil {
		t.Error("the copy is of another version than the original")
	}
}

// TestPruneAlone has one program remove old scans at a time, and another when the first has died at it.
func TestPruneAlone(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s, r := open(t, database), &report.Report{}
		old := time.Now().Add(-48 * time.Hour)
		for range 2 {
			made(t, s, "a.test", old, r)
		}
		made(t, s, "a.test", time.Now(), r)
		other := worker(t, s)
		if ok, _, err := s.Hold(t.Context(), other, pruning); err != nil || !ok {
			t.Fatal(ok, err)
		}
		if n, ok, err := s.PruneAlone(t.Context(), 24*time.Hour); n != 0 || ok || err != nil {
			t.Errorf("while another is at it: %d removed, %v, %v", n, ok, err)
		}
		if err := s.exec(t.Context(), "UPDATE workers SET alive_ms = alive_ms - 61000"); err != nil { // a minute passes
			t.Fatal(err)
		}
		for i, c := range []struct {
			keep time.Duration
			want int64
		}{{72 * time.Hour, 0}, {24 * time.Hour, 2}, {24 * time.Hour, 0}} {
			if n, ok, err := s.PruneAlone(t.Context(), c.keep); n != c.want || !ok || err != nil {
				t.Errorf("%d. time: %d removed, %v, %v; want %d", i+1, n, ok, err, c.want)
			}
		}
		if ids := allOf(t, s); len(ids) != 1 {
			t.Errorf("%d scans are left", len(ids))
		}
		var left int
		if err := s.queryRow(t.Context(), "SELECT (SELECT count(*) FROM workers) + (SELECT count(*) FROM held)").Scan(&left); err != nil || left != 0 {
			t.Errorf("%d programs and what they hold are left, %v", left, err)
		}
	})
}
