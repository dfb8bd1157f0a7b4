package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
)

// monitored is a service with monitors.
func monitored(t *testing.T) *service {
	t.Helper()
	hooks := channel.NewHooks([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	return run(t, filepath.Join(t.TempDir(), "mailtls.db"), jobs.Config{Workers: 1, Watch: &jobs.Watch{Hooks: hooks}}, Config{Ports: Ports(nil), Hooks: hooks, Mail: true})
}

// send sends a form to a path, and returns the page that it leads to.
func (s *service) send(t *testing.T, path string, form url.Values, status int) (page, at string) {
	t.Helper()
	res, err := s.Client().PostForm(s.URL+path, form)
	page = read(t, res, err, status)
	return page, res.Request.URL.Path
}

func typed(more ...string) url.Values {
	f := url.Values{"targets": {"Example.ORG, smtp://192.0.2.1\n"}, "every": {"24"}, "depth": {"quick"}, "policy": {"mail"}, "mail": {"a@example.org"}}
	for i := 0; i < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}

func (s *service) only(t *testing.T) *store.Monitor {
	t.Helper()
	list, err := s.store.Monitors(t.Context(), "", time.Time{}, 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("monitors %+v, %v", list, err)
	}
	m, err := s.store.Monitor(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMonitor adds a monitor as a person does, and does all there is to do with one.
func TestMonitor(t *testing.T) {
	s := monitored(t)
	if page := s.get(t, "/monitors", http.StatusOK); !strings.Contains(page, "There is none yet") {
		t.Errorf("before there is one:\n%s", page)
	}
	s.get(t, "/monitors/new?target=example.org", http.StatusOK)
	hook := httptest.NewServer(http.NotFoundHandler())
	defer hook.Close()
	page, path := s.send(t, "/monitors", typed("name", "<b>ours", "webhook", hook.URL+"/x"), http.StatusOK)
	m := s.only(t)
	if path != "/monitors/"+m.ID || !slices.Equal(m.Targets, []string{"example.org", "smtp://192.0.2.1:25"}) || m.Every != 24*time.Hour || !m.Quick || !slices.Equal(m.Mail, []string{"a@example.org"}) {
		t.Errorf("at %s: %+v", path, m)
	}
	for _, want := range []string{"&lt;b&gt;ours", "a@example.org", m.Secret, "feed.atom?token=" + m.Feed, "smtp://192.0.2.1:25"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q:\n%s", want, page)
		}
	}
	if page := s.get(t, "/monitors", http.StatusOK); !strings.Contains(page, `<a href="/monitors/`+m.ID) || !strings.Contains(page, "and 1 more") {
		t.Errorf("list:\n%s", page)
	}
	if page := s.get(t, path+"/edit", http.StatusOK); !strings.Contains(page, "example.org\nsmtp://192.0.2.1:25") {
		t.Errorf("form:\n%s", page)
	}
	s.send(t, path, typed("every", "5", "digest", "on", "depth", "full", "policy", "rfc9325"), http.StatusOK)
	if again := s.only(t); again.Every != 5*time.Hour || !again.Digest || again.Quick || again.Policy != "rfc9325" || again.Secret != m.Secret || again.Feed != m.Feed {
		t.Errorf("changed: %+v", again)
	}
	if page := s.get(t, path+"/edit", http.StatusOK); !strings.Contains(page, `<option value="5" selected>every 5 hours`) {
		t.Errorf("form:\n%s", page)
	}
	s.send(t, path+"/pause", nil, http.StatusOK)
	s.send(t, path+"/mute", url.Values{"hours": {"8"}}, http.StatusOK)
	if m := s.only(t); !m.Paused || !m.Muted.After(time.Now()) || !m.Digest {
		t.Errorf("paused and muted: %+v", m)
	}
	s.send(t, path+"/resume", nil, http.StatusOK)
	s.send(t, path+"/unmute", nil, http.StatusOK)
	if m := s.only(t); m.Paused || !m.Muted.IsZero() {
		t.Errorf("neither: %+v", m)
	}
	for _, hours := range []string{"", "x", "-1", "0", "1e9", "2161", "NaN"} {
		s.send(t, path+"/mute", url.Values{"hours": {hours}}, http.StatusUnprocessableEntity)
	}
	s.send(t, path+"/explode", nil, http.StatusNotFound)
	s.send(t, path+"/test", nil, http.StatusOK)
	if list, err := s.store.Deliveries(t.Context(), m.ID, 10); err != nil || len(list) != 1 || list[0].Channel != "mail" {
		t.Errorf("deliveries %+v, %v", list, err)
	}
	if page := s.get(t, path, http.StatusOK); !strings.Contains(page, "Test message of mailtls") {
		t.Errorf("page:\n%s", page)
	}
	s.send(t, path+"/delete", nil, http.StatusOK)
	for _, path := range []string{path, path + "/edit", path + "/feed.atom?token=" + m.Feed, "/monitors/x", "/monitors/%00"} {
		s.get(t, path, http.StatusNotFound)
	}
	s.send(t, path, typed(), http.StatusNotFound)
	s.send(t, path+"/test", nil, http.StatusNotFound)
}

// junk is what is wrong, by field.
func junk() map[string][]string {
	return map[string][]string{
		"targets": {"", " ,\n", "http://example.org", "smtp://127.1", "smtp://example.org:22", "<script>alert(1)</script>.example", "\x00", strings.Repeat("a", 30_000), many(101)},
		"name":    {strings.Repeat("x", 101), "a\nb", "\x1b[31m", "\xff"},
		"every":   {"", "0", "-1", "745", "1h", "9999999999999999999"},
		"depth":   {"", "deep"},
		"policy":  {"", "nobody's", "../mail", "<script>alert(1)</script>"},
		"mail":    {"a", "a@b <c>", "a@example.org\x00", "<script>alert(1)</script>@x", strings.Repeat("a", 5000) + "@example.org", strings.ReplaceAll(many(21), ".", "@")},
		"webhook": {"x", "ftp://example.org", "javascript:alert(1)", "https://", "https://u:p@example.org/", "https://exa mple.org/", "https://example.org/\r\nX: y", "https://example.org/" + strings.Repeat("x", 2000)},
		"slack":   {"x", "file:///etc/passwd", "https://example.org/ <script>"},
	}
}

func many(n int) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("d%d.example", i))
	}
	return strings.Join(out, "\n")
}

// TestMonitorJunk types what is no monitor, into the form and the API: each is told what is wrong, and nothing comes back unescaped.
func TestMonitorJunk(t *testing.T) {
	s := monitored(t)
	for field, texts := range junk() {
		for _, text := range texts {
			page, _ := s.send(t, "/monitors", typed(field, text), http.StatusUnprocessableEntity)
			if strings.Contains(page, "<script>alert") || !strings.Contains(page, `class="wrong fail"`) {
				t.Errorf("%s %.50q:\n%.3000s", field, text, page)
			}
		}
	}
	s.send(t, "/monitors", url.Values{}, http.StatusUnprocessableEntity)
	for _, body := range []string{`{}`, `[]`, `{"targets":[]}`, `{"targets":["http://example.org"]}`, `{"targets":["example.org"],"every_hours":0}`, `{"targets":["example.org"],"more":1}`,
		`{"targets":["example.org"],"webhook":"ftp://x"}`, `{"targets":["example.org"],"mail":["a"]}`, `{"targets":["example.org"],"policy":"x"}`,
		`{"targets":["example.org"],"muted_until":"2999-01-01T00:00:00Z"}`, `{"targets":["example.org"],"muted_until":5}`, `{"targets":["example.org"],"name":"\u0000"}`} {
		res, err := s.Client().Post(s.URL+"/api/v1/monitors", "application/json", strings.NewReader(body))
		if text := read(t, res, err, http.StatusUnprocessableEntity); res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s", body, text)
		}
	}
	if list, err := s.store.Monitors(t.Context(), "", time.Time{}, 10); err != nil || len(list) > 0 {
		t.Errorf("kept: %+v, %v", list, err)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// TestMonitorAPI does as a program what TestMonitor does as a person.
func TestMonitorAPI(t *testing.T) {
	s := monitored(t)
	call := func(method, path, body string, status int) (m apiMonitor) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := s.Client().Do(req)
		text := read(t, res, err, status)
		if status < 300 && text != "" {
			if err := json.Unmarshal([]byte(text), &m); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
		}
		return m
	}
	const all = "/api/v1/monitors"
	m := call(http.MethodPost, all, `{"targets":["example.org"]}`, http.StatusCreated)
	if m.Name != "example.org" || m.Hours != 24 || !*m.Quick || m.Policy != "mail" || m.Secret == "" || len(m.Looks) != 1 || m.Looks[0].Due == nil {
		t.Errorf("got %+v", m)
	}
	one := all + "/" + m.ID
	if got := call(http.MethodGet, one, "", http.StatusOK); got.ID != m.ID {
		t.Errorf("got %+v", got)
	}
	id := s.keep(t, "example.org", reportOn(t, "ancient"))
	w := store.Watch{Monitor: m.ID, Target: "example.org", Scan: id}
	if err := s.store.Ordered(t.Context(), w, id); err != nil {
		t.Fatal(err)
	}
	w.Last = id
	if err := s.store.Looked(t.Context(), &store.Look{Watch: w, Next: time.Now().Add(time.Hour), At: time.Now()}, nil); err != nil {
		t.Fatal(err)
	}
	if look := call(http.MethodGet, one, "", http.StatusOK).Looks[0]; look.Last != id || look.Scan == nil || look.Scan.Verdict != "fail" || look.Scan.Grade != "F" {
		t.Errorf("after a look: %+v", look)
	}
	asRead := s.get(t, one, http.StatusOK)
	if same := call(http.MethodPut, one, strings.Replace(asRead, `"every_hours":24`, `"every_hours":12`, 1), http.StatusOK); same.Hours != 12 || same.ID != m.ID || same.Secret != m.Secret {
		t.Errorf("written as it was read, but for the hours: %+v", same)
	}
	got := call(http.MethodPut, one, `{"targets":["smtp://192.0.2.1"],"name":"x","quick":false,"every_hours":1,"paused":true,"mail":["a@example.org"],"muted_until":"2020-01-01T00:00:00Z"}`, http.StatusOK)
	if *got.Quick || got.Hours != 1 || !got.Paused || got.Targets[0] != "smtp://192.0.2.1:25" || got.Secret != m.Secret || got.Muted == nil || got.Looks[0].Due != nil {
		t.Errorf("changed: %+v", got)
	}
	var list []apiMonitor
	if err := json.Unmarshal([]byte(s.get(t, all, http.StatusOK)), &list); err != nil || len(list) != 1 || list[0].Name != "x" || len(list[0].Targets) != 1 {
		t.Errorf("list %+v, %v", list, err)
	}
	call(http.MethodPost, one+"/test", "", http.StatusAccepted)
	call(http.MethodDelete, one, "", http.StatusNoContent)
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		call(method, one, "", http.StatusNotFound)
	}
	call(http.MethodPut, one, `{"targets":["example.org"]}`, http.StatusNotFound)
	call(http.MethodPost, one+"/test", "", http.StatusNotFound)
	var described struct {
		Paths      map[string]any
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(s.get(t, "/openapi.json", http.StatusOK)), &described); err != nil || described.Paths[all+"/{id}"] == nil {
		t.Errorf("the description does not have it: %v", err)
	}
	for _, name := range []string{"ApiMonitor", "ApiWritten"} {
		if p := described.Components.Schemas[name].Properties; p["targets"] == nil || p["id"] == nil || p["watched"] == nil {
			t.Errorf("%s is described with %v", name, slices.Sorted(maps.Keys(p)))
		}
	}
}

// TestFeed reads what has changed as a reader of feeds does, who has to know the token.
func TestFeed(t *testing.T) {
	s := monitored(t)
	_, path := s.send(t, "/monitors", typed(), http.StatusOK)
	m := s.only(t)
	watches, err := s.store.Watches(t.Context(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	w := watches[0]
	nasty := "a <script>alert(1)</script> & ]]> \"'"
	if err := s.store.Ordered(t.Context(), w, "SCAN"); err != nil {
		t.Fatal(err)
	}
	w.Scan = "SCAN"
	l := &store.Look{Watch: w, Next: time.Now().Add(time.Hour), At: time.Now(), Event: &store.Event{Subject: nasty, Body: nasty + "\n" + nasty}}
	if err := s.store.Looked(t.Context(), l, nil); err != nil {
		t.Fatal(err)
	}
	feed := path + "/feed.atom?token="
	for _, token := range []string{"", "x", m.Secret, m.Feed + "x", m.Feed[1:]} {
		s.get(t, feed+token, http.StatusNotFound)
	}
	res, err := s.Client().Get(s.URL + feed + m.Feed)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	var f struct {
		XMLName xml.Name
		Updated time.Time `xml:"updated"`
		Entries []struct {
			Title   string `xml:"title"`
			Content string `xml:"content"`
			ID      string `xml:"id"`
		} `xml:"entry"`
	}
	if err != nil || xml.Unmarshal(text, &f) != nil || f.XMLName.Space != "http://www.w3.org/2005/Atom" || len(f.Entries) != 1 || f.Entries[0].Title != nasty ||
		f.Entries[0].Content != nasty+"\n"+nasty || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/atom+xml") {
		t.Errorf("feed %v, %+v:\n%s", err, f, text)
	}
	if page := s.get(t, path, http.StatusOK); strings.Contains(page, "<script>alert") || !strings.Contains(page, "a &lt;script&gt;") {
		t.Errorf("page:\n%s", page)
	}
}

// TestMonitorGuard wants neither another site's forms taken, nor any where strangers may come.
func TestMonitorGuard(t *testing.T) {
	s := monitored(t)
	for _, path := range []string{"/monitors", "/api/v1/monitors"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(typed().Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "https://evil.example")
		res, err := s.Client().Do(req)
		read(t, res, err, http.StatusForbidden)
	}
	open := serve(t, Allow(nil, Ports(nil)))
	if page := open.get(t, "/monitors", http.StatusOK); !strings.Contains(page, "There are no monitors here") {
		t.Errorf("page:\n%s", page)
	}
	open.send(t, "/monitors", typed(), http.StatusNotFound)
	open.get(t, "/monitors/new", http.StatusNotFound)
	open.get(t, "/api/v1/monitors", http.StatusNotFound)
}

// TestMonitorsBehindProxy wants no monitors for those whom a proxy on this machine asks for.
func TestMonitorsBehindProxy(t *testing.T) {
	s := monitored(t)
	for _, path := range []string{"/monitors", "/monitors/new", "/api/v1/monitors"} {
		for _, forwarded := range []string{"", "192.0.2.1"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			want := http.StatusOK
			if forwarded != "" {
				req.Header.Set("X-Forwarded-For", forwarded)
				want = http.StatusForbidden
			}
			res, err := s.Client().Do(req)
			read(t, res, err, want)
		}
	}
}

// TestMessageToNobody refuses to send a test message of a monitor that tells nobody.
func TestMessageToNobody(t *testing.T) {
	s := monitored(t)
	_, path := s.send(t, "/monitors", typed("mail", ""), http.StatusOK)
	if page, _ := s.send(t, path+"/test", nil, http.StatusUnprocessableEntity); !strings.Contains(page, "Nobody is told of this monitor") {
		t.Errorf("the page: %s", page)
	}
	if text, _ := s.call(t, "", http.MethodPost, "/api/v1"+path+"/test", "", http.StatusUnprocessableEntity); !strings.Contains(text, "nobody is told of this monitor") {
		t.Errorf("the API: %s", text)
	}
}
