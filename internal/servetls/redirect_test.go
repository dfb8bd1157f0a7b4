package servetls

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

// TestRedirect leads to the same page with TLS, and nowhere else, whatever is asked for.
func TestRedirect(t *testing.T) {
	for _, c := range []struct {
		method, host, target, base, port string
		status                           int
		to                               string
	}{
		{"GET", "a.test", "/x?y=%20z", "", "443", 308, "https://a.test/x?y=%20z"},
		{"GET", "a.test", "/badge/smtp:%2F%2Fa.test:25.svg", "", "443", 308, "https://a.test/badge/smtp:%2F%2Fa.test:25.svg"},
		{"HEAD", "A.test.:80", "/", "", "8443", 308, "https://a.test:8443/"},
		{"GET", "b.test", "/x", "https://a.test/service", "8443", 308, "https://a.test/service/x"},
		{"GET", "a.test", "//evil.test/", "", "443", 308, "https://a.test//evil.test/"},
		{"GET", "a.test", "http:.evil.test/", "", "443", 308, "https://a.test/"},
		{"GET", "a.test", "http://evil.test/x", "", "443", 421, ""},
		{"GET", "evil.test", "/", "", "443", 421, ""},
		{"GET", "192.0.2.1", "/", "", "443", 421, ""},
		{"GET", "", "/", "", "443", 421, ""},
		{"POST", "a.test", "/scans", "", "443", 403, ""},
	} {
		u, err := url.ParseRequestURI(c.target) // as a server reads it
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{Method: c.method, URL: u, Host: cmp.Or(u.Host, c.host)}
		w := httptest.NewRecorder()
		Redirect([]string{"a.test", "b.test"}, c.base, c.port).ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Location") != c.to {
			t.Errorf("%s %s of %q: %d, %q; want %d, %q", c.method, c.target, c.host, w.Code, w.Header().Get("Location"), c.status, c.to)
		}
	}
}
