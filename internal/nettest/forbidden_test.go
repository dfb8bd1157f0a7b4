package nettest

import (
	"bufio"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/testca"
	"github.com/mailtls/mailtls/internal/web"
)

// burst is how many scans one visitor of the service may order at once.
const burst = 10

// TestForbidden orders scans of the web service whose names, records and web servers lead to addresses that are not public and to ports
// that are none of mail, all of which listen. None of them is to be reached.
func TestForbidden(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a small internet")
	}
	network(t, clientAddress, slices.Concat(publicAddresses(), privateAddresses()))
	authority := testca.New(t, "web", testca.NewKey(t), time.Now())
	attempts := attempts()
	doors := listen(t, authority, attempts)
	answerNames(t, attempts)
	var targets []string
	for _, a := range attempts {
		targets = append(targets, a.target)
	}
	t.Logf("%d attempts", len(targets))
	for list := range slices.Chunk(targets, burst) {
		order(t, authority, list)
	}
	if len(targets) < 60 {
		t.Errorf("%d attempts, want 60", len(targets))
	}
	doors.check(t)
}

// order has a service scan targets, and waits for that.
func order(t *testing.T, ca testca.Authority, targets []string) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "mailtls.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ports := web.Ports(nil)
	queue, err := jobs.Start(t.Context(), db, jobs.Config{Workers: burst, Log: log, Scan: mailtls.Config{Allow: web.Allow(nil, ports), Resolvers: []string{"127.0.0.1"},
		DNSSEC: "off", Timeout: 5 * time.Second, ExtraRoots: []*x509.Certificate{ca.Cert}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = queue.Stop(t.Context()) }()
	pages, err := web.New(web.Config{Store: db, Queue: queue, Ports: ports, Version: "test", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(pages)
	defer s.Close()
	var ordered []string
	for _, target := range targets {
		if path := orderOne(t, s, target); path != "" {
			ordered = append(ordered, path)
		}
	}
	for _, path := range ordered {
		watch(t, s, path)
	}
}

// orderOne orders one scan, and returns where it is followed; "" if the service does not make it.
func orderOne(t *testing.T, s *httptest.Server, target string) string {
	t.Helper()
	res, err := s.Client().PostForm(s.URL+"/scans", url.Values{"target": {target}})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	switch ordered := strings.HasPrefix(res.Request.URL.Path, "/scans/"); {
	case ordered && res.StatusCode == http.StatusOK:
		return res.Request.URL.Path
	case res.StatusCode != http.StatusUnprocessableEntity && res.StatusCode != http.StatusBadRequest:
		t.Errorf("%s: %s", target, res.Status)
	}
	return ""
}

// watch waits for the end of a scan.
func watch(t *testing.T, s *httptest.Server, path string) {
	t.Helper()
	res, err := s.Client().Get(s.URL + path + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
	}
	page, err := s.Client().Get(s.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	if text, err := io.ReadAll(page.Body); err != nil || !strings.Contains(string(text), "report.json") {
		t.Errorf("%s: no report, %v", path, err)
	}
}
