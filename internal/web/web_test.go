package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/store"
)

// authority makes the lab's authority once, since its keys take a while.
var authority = sync.OnceValues(func() (*lab.CA, error) { return lab.NewCA(time.Now()) })

// service is a running web service, which may scan what allow says, at these ports.
type service struct {
	*httptest.Server
	store *store.Store
	log   *bytes.Buffer
	dns   *sayings // of one with accounts
}

func serve(t testing.TB, allow mailtls.Allow, ports ...uint16) *service {
	t.Helper()
	return serveOn(t, filepath.Join(t.TempDir(), "mailtls.db"), allow, ports...)
}

func serveOn(t testing.TB, database string, allow mailtls.Allow, ports ...uint16) *service {
	t.Helper()
	return run(t, database, jobs.Config{Workers: 2, Scan: mailtls.Config{Allow: allow, Timeout: 20 * time.Second}}, Config{Ports: Ports(ports)})
}

// run starts a service that makes scans, and answers, as the two say.
func run(t testing.TB, database string, scans jobs.Config, cfg Config) *service {
	t.Helper()
	s := &service{log: new(bytes.Buffer)}
	cfg.Log, cfg.Version = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelWarn})), "test"
	scans.Log = cfg.Log
	var err error
	if s.store, err = store.Open(t.Context(), database); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close() })
	queue, err := jobs.Start(t.Context(), s.store, scans)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Store, cfg.Queue = s.store, queue
	pages, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(pages)
	t.Cleanup(func() {
		s.Close()
		if err := queue.Stop(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return s
}

// weak starts a lab server, and returns its target and port.
func weak(t testing.TB, name string) (target string, port uint16) {
	t.Helper()
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	server, ok := lab.ByName(name)
	if !ok {
		t.Fatal("there is no such server in the lab")
	}
	r, err := lab.Start(t.Context(), server, ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	_, p, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return "smtp://127.0.0.1:" + p, uint16(n)
}

// loopback may be scanned in tests.
func loopback(port uint16) mailtls.Allow {
	return Allow([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, []uint16{port})
}

// get returns a page, and wants that status of it.
func (s *service) get(t testing.TB, path string, status int) string {
	t.Helper()
	res, err := s.Client().Get(s.URL + path)
	return read(t, res, err, status)
}

// post sends a form, follows to where it leads, and returns the page there.
func (s *service) post(t testing.TB, form url.Values, status int) (page, path string) {
	t.Helper()
	res, err := s.Client().PostForm(s.URL+"/scans", form)
	page = read(t, res, err, status)
	return page, res.Request.URL.Path
}

func read(t testing.TB, res *http.Response, err error, status int) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status {
		t.Fatalf("%s: status %d, want %d:\n%s", res.Request.URL, res.StatusCode, status, b)
	}
	if len(b) > 150_000 && strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("%s has %d bytes", res.Request.URL, len(b))
	}
	return string(b)
}

// watch reads the events of a scan until it is over, and returns the last of them.
func (s *service) watch(t testing.TB, path string) (last string) {
	t.Helper()
	res, err := s.Client().Get(s.URL + path + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = text
		}
	}
	return last
}

// TestScan orders a scan as a person does: the form, the page that tells how far it is, and the report in its place, then its
// history, and what has changed.
func TestScan(t *testing.T) {
	target, port := weak(t, "weak-client-order")
	s := serve(t, loopback(port), port)
	_, path := s.post(t, url.Values{"target": {" " + strings.ToUpper(target) + "/ "}}, http.StatusOK)
	if last := s.watch(t, path); last != `"done"` {
		t.Errorf("the last event is %s", last)
	}
	page := s.get(t, path, http.StatusOK)
	for _, want := range []string{"What a mail server owes its users", "RC4", "Test again", "/history?target="} {
		if !strings.Contains(page, want) {
			t.Errorf("the report does not say %q:\n%s", want, page)
		}
	}
	for _, f := range reportForms() {
		if text := s.get(t, path+"/report."+f.name, http.StatusOK); text == "" {
			t.Errorf("%s: empty", f.name)
		}
	}
	s.get(t, path+"/report.doc", http.StatusNotFound)
	_, second := s.post(t, url.Values{"target": {target}, "depth": {"quick"}}, http.StatusOK)
	if second == path {
		t.Fatal("the second order led to the first scan, which is over")
	}
	s.watch(t, second)
	if h := s.get(t, "/history?target="+url.QueryEscape(target), http.StatusOK); strings.Count(h, `<td><a href="/scans/`) != 2 {
		t.Errorf("history:\n%s", h)
	}
	d := s.get(t, "/diff?new="+strings.TrimPrefix(path, "/scans/")+"&old="+strings.TrimPrefix(second, "/scans/"), http.StatusOK)
	if !strings.Contains(d, "Nothing that both scans know is different") {
		t.Errorf("diff:\n%s", d)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// TestAPI orders a scan as a program does.
func TestAPI(t *testing.T) {
	target, port := weak(t, "strong")
	s := serve(t, loopback(port), port)
	order := func(body string, status int) (apiScan, *http.Response) {
		t.Helper()
		res, err := s.Client().Post(s.URL+"/api/v1/scans", "application/json", strings.NewReader(body))
		text := read(t, res, err, status)
		var scan apiScan
		if err := json.Unmarshal([]byte(text), &scan); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return scan, res
	}
	scan, res := order(`{"target":"`+target+`"}`, http.StatusCreated)
	if loc := res.Header.Get("Location"); loc != "/api/v1/scans/"+scan.ID {
		t.Errorf("Location %q of %+v", loc, scan)
	}
	s.watch(t, scan.Page)
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/scans/"+scan.ID, http.StatusOK)), &scan); err != nil || scan.State != "done" ||
		scan.Verdict == "" || scan.Grade == "" || scan.Connections == 0 {
		t.Errorf("got %+v, %v", scan, err)
	}
	var list []apiScan
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/scans?target="+url.QueryEscape(target), http.StatusOK)), &list); err != nil || len(list) != 1 {
		t.Errorf("got %+v, %v", list, err)
	}
	for _, path := range []string{"/api/v1/scans/nobody", "/api/nosuch"} {
		if text := s.get(t, path, http.StatusNotFound); !strings.HasPrefix(text, "{") {
			t.Errorf("%s: %s", path, text)
		}
	}
	for _, body := range []string{`{"target":"` + strings.Repeat("a", 500) + `"}`, `{"target":"http://example.org"}`, `{}`, `[]`, `{"target":5}`,
		`{"target":"example.org","more":1}`, `{"target":"smtp://example.org:22"}`} {
		if _, res := order(body, http.StatusUnprocessableEntity); res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", body, res.Header.Get("Content-Type"))
		}
	}
	order(`{`, http.StatusBadRequest)
	if !strings.Contains(s.get(t, "/openapi.json", http.StatusOK), `Absent: the latest of all that are done`) {
		t.Error("the description does not say which scans are listed without a target")
	}
	if !strings.Contains(s.get(t, "/openapi.json", http.StatusOK), `"openapi":"3.1`) {
		t.Error("there is no description of the API")
	}
}

// TestJunk types what is no target: each is answered with what would be right, and nothing of it comes back unescaped.
func TestJunk(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	for _, text := range []string{"", " ", "x", "<script>alert(1)</script>.example", "http://example.org", "smtp://example.org:22", "smtp://", "smtp://a b",
		"smtp://example.org:99999", strings.Repeat("a.", 300), "\x00.example.org", "smtp://exa\nmple.org", "a@b@", "-.-", "smtp://[::1", "https://example.org/"} {
		page, _ := s.post(t, url.Values{"target": {text}}, http.StatusUnprocessableEntity)
		if strings.Contains(page, "<script>alert") || !strings.Contains(page, `role="alert"`) {
			t.Errorf("%q:\n%s", text, page)
		}
	}
	for _, path := range []string{"/scans/x", "/scans/x/events", "/scans/x/report.json", "/diff", "/diff?old=x&new=y", "/checks/x", "/policies/x", "/policies/..%2fx",
		"/static/x", "/nothing"} {
		s.get(t, path, http.StatusNotFound)
	}
	s.get(t, "/history?target=%00", http.StatusUnprocessableEntity)
}

// TestPages opens every page that explains, and wants no link on them to lead nowhere.
func TestPages(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	seen := make(map[string]bool)
	link := regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	var visit func(string)
	visit = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		for _, m := range link.FindAllStringSubmatch(s.get(t, path, http.StatusOK), -1) {
			visit(m[1])
		}
	}
	visit("/")
	if len(seen) < len(allChecks()) {
		t.Errorf("found %d pages only", len(seen))
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		s.get(t, path, http.StatusOK)
	}
}

// TestGuard asks as browsers do whose page is an attacker's.
func TestGuard(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	for host, want := range map[string]int{"evil.example": 421, "127.0.0.1.evil.example:80": 421, "localhost": 200, "LOCALHOST.:1": 200, "[::1]:8080": 200, "10.1.2.3": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		res, err := s.Client().Do(req)
		read(t, res, err, want)
		if csp := res.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
			t.Errorf("policy %q", csp)
		}
	}
	api, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/api/v1/scans", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	api.Host = "evil.example"
	res, err := s.Client().Do(api)
	if text := read(t, res, err, 421); res.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(text, `"status":421`) {
		t.Errorf("a program is told %s", text)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/scans", strings.NewReader("target=example.org"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "https://evil.example")
	res, err = s.Client().Do(req)
	read(t, res, err, http.StatusForbidden)
}
