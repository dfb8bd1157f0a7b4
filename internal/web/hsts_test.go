package web

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestHSTS tells browsers to come with HTTPS alone by names that are this service's at every port.
func TestHSTS(t *testing.T) {
	s := &server{Config: Config{Hosts: []string{"a.test", "localhost", "b.localhost"}, Log: slog.New(slog.DiscardHandler)}}
	h := s.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, c := range []struct {
		host       string
		tls, wants bool
	}{
		{"a.test", true, true}, {"A.test.:443", true, true},
		{"a.test", false, false}, {"a.test:8443", true, false}, {"localhost", true, false}, {"localhost:443", true, false}, {"b.localhost", true, false}, {"192.0.2.1", true, false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		if r.Host = c.host; c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Strict-Transport-Security"); w.Code != http.StatusOK || (got != "") != c.wants {
			t.Errorf("%s, TLS %v: %d, %q", c.host, c.tls, w.Code, got)
		}
	}
}
