package web

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRequest finds in the log, by what whoever asked was told, why a request failed.
func TestRequest(t *testing.T) {
	var log bytes.Buffer
	p, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Config: Config{Log: slog.New(byRequest{slog.NewTextHandler(&log, nil)}).With("program", "test").WithGroup("about")}, pages: p}
	seen := make(map[string]bool)
	for range 2 {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.Host = "localhost"
		log.Reset()
		s.guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.broken(w, r, errors.New("it is broken")) })).ServeHTTP(w, r)
		id := w.Header().Get("X-Request-Id")
		if id == "" || seen[id] || !strings.Contains(w.Body.String(), id) || !strings.Contains(log.String(), "request="+id) || !strings.Contains(log.String(), "it is broken") {
			t.Errorf("request %q, the log: %s, the page: %s", id, log.String(), w.Body.String())
		}
		seen[id] = true
	}
	log.Reset()
	s.Log.Info("nobody asked")
	if strings.Contains(log.String(), "request=") {
		t.Error(log.String())
	}
}
