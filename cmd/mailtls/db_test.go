package main

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tables "github.com/parquet-go/parquet-go"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
)

// stored makes a database with a report and a scan that failed.
func stored(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	worker, err := s.AddWorker(t.Context())
	for _, target := range []string{"a.test", "b.test"} {
		var scan *store.Scan
		if err == nil {
			scan, _, err = s.Ask(t.Context(), target, true, func(*sql.Tx, string) error { return nil })
		}
		if err == nil {
			scan, _, err = s.Begin(t.Context(), scan.ID, worker)
		}
		if err == nil && target == "a.test" {
			err = s.Finish(t.Context(), scan, &report.Report{Schema: evidence.Schema})
		} else if err == nil {
			err = s.Fail(t.Context(), scan, "it was not to be")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDB exports, copies and prunes a database.
func TestDB(t *testing.T) {
	path := stored(t)
	db := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := execute(&app{stdout: &out, stderr: &out}, t.Context(), append(append([]string{"db"}, args...), "--database", path)...)
		return out.String(), err
	}
	if out, err := db("export"); err != nil || strings.Count(out, "\n") != 1 {
		t.Errorf("%v: %q", err, out)
	} else if _, err := report.ReadJSON(strings.NewReader(out)); err != nil {
		t.Error(err)
	}
	table := filepath.Join(t.TempDir(), "scans.parquet")
	if out, err := db("export", "--format", "parquet", "-o", table); err != nil || out != "" {
		t.Fatalf("%v: %q", err, out)
	}
	rows, err := tables.ReadFile[store.ScanRow](table)
	if err != nil || len(rows) != 2 || rows[0].Target != "a.test" || rows[0].State != "done" || rows[1].Why != "it was not to be" {
		t.Errorf("%v: %+v", err, rows)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if _, err := db("backup", copied); err != nil {
		t.Error(err)
	}
	if _, err := db("backup", copied); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a copy over another: %v", err)
	}
	if info, err := os.Stat(copied); err != nil || info.Size() == 0 {
		t.Errorf("the copy: %+v, %v", info, err)
	}
	if out, err := db("prune", "--days", "1"); err != nil || out != "Removed 0 scans.\n" {
		t.Errorf("%v: %q", err, out)
	}
	if _, err := db("migrate"); err != nil {
		t.Error(err)
	}
	path = filepath.Join(t.TempDir(), "nowhere.db")
	for _, args := range [][]string{{"migrate"}, {"backup", copied}, {"export"}, {"prune"}} {
		if _, err := db(args...); err == nil || exitCode(err, &bytes.Buffer{}) != exitUsage {
			t.Errorf("%q of no database: %v", args, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%q made a database", args)
		}
	}
}
