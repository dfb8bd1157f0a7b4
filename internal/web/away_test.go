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
	s.again(t, path)
	s.again(t, "/readyz")
	_, second := s.postAgain(t, url.Values{"target": {target}})
	if last := s.watch(t, second); last != `"done"` || second == path {
		t.Errorf("%s ended with %s", second, last)
	}
}

// again gets a page until the database is no longer said to be away: each connection that was cut while nobody used it says so once.
func (s *service) again(t *testing.T, path string) {
	t.Helper()
	for {
		res, err := s.Client().Get(s.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusServiceUnavailable {
			read(t, res, err, http.StatusOK)
			return
		}
		_ = res.Body.Close()
	}
}

// postAgain sends a form as [service.post] does, until the database is no longer said to be away.
func (s *service) postAgain(t *testing.T, form url.Values) (page, path string) {
	t.Helper()
	for {
		res, err := s.Client().PostForm(s.URL+"/scans", form)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusServiceUnavailable {
			return read(t, res, err, http.StatusOK), res.Request.URL.Path
		}
		_ = res.Body.Close()
	}
}

// TestAccountsAway takes the database away from a service with accounts: nobody is taken for a stranger, and who was signed in is so again.
func TestAccountsAway(t *testing.T) {
	database := realtest.Database(t, postgresql.Use(t))
	s := withAccountsOn(t, database, Config{Closed: true})
	p := s.signed(t, "ann")
	token := p.token("read", "monitor")
	realtest.TakeAway(t, postgresql.Use(t), database)
	for _, path := range []string{"/account", "/monitors", "/"} {
		if text, _ := p.open(path, http.StatusServiceUnavailable); !strings.Contains(text, "does not answer") {
			t.Errorf("%s: %s", path, text)
		}
	}
	text, head := s.call(t, token, http.MethodGet, "/api/v1/monitors", "", http.StatusServiceUnavailable)
	if head.Get("Content-Type") != "application/problem+json" || !strings.Contains(text, "does not answer") {
		t.Errorf("%s: %v", text, head)
	}
	s.person(t).send("/sign-in", url.Values{"name": {"ann"}, "password": {password}}, http.StatusServiceUnavailable)
	realtest.GiveBack(t, postgresql.Use(t), database)
	s.again(t, "/readyz")
	p.again(t, "/account")
}
