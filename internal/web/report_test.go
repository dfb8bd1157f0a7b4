package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestReport looks at a stored report in all ways that its page leads to.
func TestReport(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	path := "/scans/" + s.keep(t, "smtp://mail.example.org:25", reportOn(t, "weak-client-order"))
	for _, c := range []struct{ path, want, without string }{
		{path, "What to change", "Policy bsi-tr-03108"},
		{path + "?policy=bsi-tr-03108&policy=mail&policy=bsi-tr-03108", "Policy bsi-tr-03108", "Policy rfc9325"},
		{path + "?policy=bsi-tr-03108", `value="bsi-tr-03108" checked`, `value="rfc9325" checked`},
		{path + "?policy=bsi-tr-03108", `report.json?policy=bsi-tr-03108"`, ""},
		{path + "/report.txt?policy=rfc9325", "rfc9325", "bsi-tr-03108"},
		{path + "/report.txt?verbose=yes", "TLS_ECDHE_RSA_WITH_RC4_128_SHA", ""},
		{path + "/clients", "Sending servers", ""},
		{path + "/clients", "programs</summary>", ""},
		{path + "/transcript", "STARTTLS", "no connection"},
		{path + "/transcript", "server_hello", ""},
	} {
		page := s.get(t, c.path, http.StatusOK)
		if !strings.Contains(page, c.want) || c.without != "" && strings.Contains(page, c.without) {
			t.Errorf("%s: wants %q, and not %q:\n%s", c.path, c.want, c.without, page)
		}
	}
	for _, bad := range []string{path + "?policy=x", path + "/report.json?policy=x"} {
		s.get(t, bad, http.StatusUnprocessableEntity)
	}
	for _, bad := range []string{path + "/transcript?server=1", path + "/transcript?server=-1", path + "/transcript?server=x", "/scans/x/clients", "/scans/x/transcript"} {
		s.get(t, bad, http.StatusNotFound)
	}
	page, at := s.post(t, url.Values{"target": {"example.org"}, "policy": {"x"}}, http.StatusUnprocessableEntity)
	if at != "/scans" || !strings.Contains(page, `role="alert"`) {
		t.Errorf("an unknown policy leads to %s:\n%s", at, page)
	}
}

// TestAgain asks for a page that a browser has: it is told that nothing has changed, unless something has.
func TestAgain(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	rep := reportOn(t, "strong")
	path := "/scans/" + s.keep(t, "smtp://mail.example.org:25", rep)
	ask := func(path, tag string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("If-None-Match", tag)
		req.Header.Set("Accept-Encoding", "gzip")
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = res.Body.Close() })
		return res
	}
	first := ask(path, "")
	tag := first.Header.Get("ETag")
	unzipped, err := gzip.NewReader(first.Body)
	if err != nil {
		t.Fatalf("%v of %v", err, first.Header)
	}
	if page, err := io.ReadAll(unzipped); err != nil || !strings.Contains(string(page), "</html>") {
		t.Errorf("%v: %s", err, page)
	}
	for again, want := range map[string]int{path: http.StatusNotModified, path + "?policy=rfc9325": http.StatusOK} {
		if got := ask(again, `"x", `+tag).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", again, got, want)
		}
	}
}

// TestMade wants what was asked for least lately to go first.
func TestMade(t *testing.T) {
	m := newMade(10)
	m.put("a", "1234")
	m.put("b", "1234")
	m.get("a")
	m.put("c", "1234")
	m.put("large", "12345678901")
	for key, want := range map[string]bool{"a": true, "b": false, "c": true, "large": false} {
		if _, ok := m.get(key); ok != want {
			t.Errorf("%s is kept: %v", key, ok)
		}
	}
	if m.size != 8 || m.order.Len() != 2 || len(m.named) != 2 {
		t.Errorf("%d bytes in %d", m.size, m.order.Len())
	}
}

// TestTurns has reports wait for others that are written: each gives its place back, whether it could be written or not, and who goes away or
// has no time left does not wait.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{writing: make(chan struct{}, 1)}
		s.writing <- struct{}{}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		late, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		never := func() error { t.Error("it is written"); return nil }
		if err := s.inTurn(gone, never); !errors.Is(err, context.Canceled) {
			t.Errorf("who went away is told %v", err)
		}
		if err := s.inTurn(late, never); !errors.Is(err, errBusy) {
			t.Errorf("who has no time is told %v", err)
		}
		failed, got := errors.New("failed"), make(chan error, 2)
		for _, err := range []error{nil, failed} {
			go func() { got <- s.inTurn(t.Context(), func() error { return err }) }()
		}
		synctest.Wait()
		if len(got) > 0 {
			t.Error("more are written than there is room for")
		}
		<-s.writing
		if one, two := <-got, <-got; !errors.Is(errors.Join(one, two), failed) || len(s.writing) != 0 {
			t.Errorf("%v, %v, and %d places are taken", one, two, len(s.writing))
		}
	})
}

// TestBusy says that too much is asked for, and blames no database; of who went away it says nothing.
func TestBusy(t *testing.T) {
	var log bytes.Buffer
	p, err := parsePages()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{Config: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}, pages: p}
	w := httptest.NewRecorder()
	s.broken(w, httptest.NewRequest(http.MethodGet, "/scans/X", http.NoBody), errBusy)
	if page := w.Body.String(); w.Code != http.StatusServiceUnavailable || !strings.Contains(page, "could not be written in time") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d, %s", w.Code, page)
	}
	log.Reset()
	w = httptest.NewRecorder()
	s.broken(w, httptest.NewRequest(http.MethodGet, "/scans/X", http.NoBody), fmt.Errorf("reading: %w", context.Canceled))
	if log.Len() > 0 || w.Code != http.StatusServiceUnavailable {
		t.Errorf("who went away gets %d, and the log says %s", w.Code, log.String())
	}
}
