package store

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMigrationsAgree wants the same steps for both databases.
func TestMigrationsAgree(t *testing.T) {
	names := func(d *dialect) (names []string) {
		files, err := fs.Glob(migrations, d.migrations+"/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			names = append(names, path.Base(f))
		}
		return names
	}
	if diff := cmp.Diff(names(sqlite()), names(postgres())); diff != "" {
		t.Errorf("other steps for PostgreSQL than for SQLite:\n%s", diff)
	}
}

// TestTablesAgree wants the same columns and indexes in both databases.
func TestTablesAgree(t *testing.T) {
	found := make(map[string][]string)
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		query := `SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'
			UNION SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL`
		if IsPostgres(database) {
			query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()
				UNION SELECT tablename, indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'`
		}
		rows, err := s.query(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var list []string
		for rows.Next() {
			var table, part string
			if err := rows.Scan(&table, &part); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(table, "river_") && !strings.HasPrefix(table, "goose_") && !strings.HasPrefix(table, "sqlite_") {
				list = append(list, table+"."+part)
			}
		}
		slices.Sort(list)
		found[t.Name()] = list
	})
	if a, b := found["TestTablesAgree/SQLite"], found["TestTablesAgree/PostgreSQL"]; b != nil {
		if diff := cmp.Diff(a, b); diff != "" || len(a) == 0 {
			t.Errorf("PostgreSQL has others than SQLite:\n%s", diff)
		}
	}
}

// TestAskAtOnce has two programs asked for the same scan many times at once: there is one.
func TestAskAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		both := []*Store{open(t, database), open(t, database)}
		ids, fresh := make([]string, 40), make([]bool, 40)
		var asking sync.WaitGroup
		for i := range ids {
			asking.Go(func() {
				scan, f, err := both[i%2].Ask(t.Context(), "example.org", true, nothing)
				if err != nil {
					t.Error(err)
					return
				}
				ids[i], fresh[i] = scan.ID, f
			})
		}
		asking.Wait()
		first := slices.Index(fresh, true)
		if first < 0 || slices.Contains(fresh[first+1:], true) || len(slices.Compact(ids)) != 1 {
			t.Errorf("scans %q, fresh %v", ids, fresh)
		}
	})
}
