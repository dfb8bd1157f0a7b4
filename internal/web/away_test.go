package web

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	postgresql.Close()
	os.Exit(code)
}

var postgresql = realtest.Shared{Starter: realtest.PostgreSQL{}}

// TestAway takes the database away from the service for a while: that is what it says, and then it goes on.
func TestAway(t *testing.T) {
	database := realtest.Database(t, postgresql.Use(t))
	target, port := weak(t, "strong")
	s := serveOn(t, database, loopback(port), port)
	_, path := s.post(t, url.Values{"target": {target}}, http.StatusOK)
	s.watch(t, path)
	realtest.TakeAway(t, postgresql.Use(t), database)
	for _, p := range []string{path, path + "/events", path + "/report.json", "/history", "/api/v1/scans", "/readyz"} {
		if text := s.get(t, p, http.StatusServiceUnavailable); !strings.Contains(text, "does not answer") {
			t.Errorf("%s: %s", p, text)
		}
	}
	s.post(t, url.Values{"target": {target}}, http.StatusServiceUnavailable)
	s.get(t, "/", http.StatusOK)
	s.get(t, "/healthz", http.StatusOK)
	realtest.GiveBack(t, postgresql.Use(t), database)
	s.get(t, path, http.StatusOK)
	s.get(t, "/readyz", http.StatusOK)
	_, second := s.post(t, url.Values{"target": {target}}, http.StatusOK)
	if last := s.watch(t, second); last != `"done"` || second == path {
		t.Errorf("%s ended with %s", second, last)
	}
}
