package web

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
)

// TestLocked has another program lock the file for longer than the service waits: what can be read is shown, what is to be written is put off, and
// all goes on when the lock is gone.
func TestLocked(t *testing.T) {
	target, port := weak(t, "strong")
	database := filepath.Join(t.TempDir(), "x.db")
	s := serveOn(t, database, loopback(port), port)
	_, path := s.post(t, url.Values{"target": {target}}, http.StatusOK)
	s.watch(t, path)
	db, err := sql.Open("sqlite", "file:"+database+"?_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, "/history", "/readyz"} {
		s.get(t, p, http.StatusOK)
	}
	if page, _ := s.post(t, url.Values{"target": {target}}, http.StatusServiceUnavailable); !strings.Contains(page, "Nothing is lost") {
		t.Errorf("while it is locked:\n%s", page)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, second := s.post(t, url.Values{"target": {target}}, http.StatusOK); s.watch(t, second) != `"done"` {
		t.Error("no scan once the lock is gone")
	}
}

// TestNoConnections has PostgreSQL grant the service no connection for a while.
func TestNoConnections(t *testing.T) {
	database := realtest.Database(t, postgresql.Use(t))
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	role := "few_" + strings.TrimPrefix(u.Path, "/test_")
	do := func(command string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), strings.ReplaceAll(command, "ROLE", role)); err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE USER ROLE PASSWORD 'few'")
	do("GRANT ALL ON SCHEMA public TO ROLE")
	u.User = url.UserPassword(role, "few")
	target, port := weak(t, "strong")
	s := serveOn(t, u.String(), loopback(port), port)
	_, path := s.post(t, url.Values{"target": {target}}, http.StatusOK)
	s.watch(t, path)
	do("ALTER USER ROLE CONNECTION LIMIT 0")
	do("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE usename = 'ROLE'")
	for _, p := range []string{path, "/history", "/api/v1/scans", "/readyz"} {
		if text := s.get(t, p, http.StatusServiceUnavailable); !strings.Contains(text, "does not answer") {
			t.Errorf("%s: %s", p, text)
		}
	}
	s.post(t, url.Values{"target": {target}}, http.StatusServiceUnavailable)
	do("ALTER USER ROLE CONNECTION LIMIT -1")
	s.again(t, path)
	if _, second := s.postAgain(t, url.Values{"target": {target}}); s.watch(t, second) != `"done"` || second == path {
		t.Error("no scan once there are connections")
	}
}
