package web

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mailtls/mailtls/internal/channel"
)

// wish is a request that nobody makes who means well.
type wish struct{ method, path, kind, body string }

const (
	jsonKind = "application/json"
	formKind = "application/x-www-form-urlencoded"
)

// answer is what came of a wish.
func (s *service) answer(t *testing.T, w wish) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), w.method, s.URL, strings.NewReader(w.body))
	if err != nil {
		t.Fatal(err)
	}
	path, query, _ := strings.Cut(w.path, "?")
	req.URL.Opaque, req.URL.RawQuery = "//"+req.Host+path, query // as it is, whatever is in it
	if w.kind != "" {
		req.Header.Set("Content-Type", w.kind)
	}
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatalf("%s %.100s: %v", w.method, w.path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(text)
}

// refused wants a wish answered with the reason why it is not granted: nothing that went wrong here, and nothing of what was sent as it is.
func (s *service) refused(t *testing.T, w wish) {
	t.Helper()
	res, text := s.answer(t, w)
	if res.StatusCode < 400 || res.StatusCode > 499 {
		t.Errorf("%s %.80s with %s %.80q: %s", w.method, w.path, w.kind, w.body, res.Status)
	}
	s.harmless(t, w, res, text)
}

// harmless wants an answer with a reason, if it is a refusal, that a browser takes for nothing else.
func (s *service) harmless(t *testing.T, w wish, res *http.Response, text string) {
	t.Helper()
	about := w.method + " " + strconv.Quote(w.path[:min(80, len(w.path))])
	if res.StatusCode > 499 || strings.Contains(text, "<script>alert") && !strings.HasPrefix(res.Header.Get("Content-Type"), "application/") || len(text) > 150_000 || !utf8.ValidString(text) {
		t.Errorf("%s with %.80q: %s, %d bytes: %.200s", about, w.body, res.Status, len(text), text)
	}
	if res.Header.Get("X-Injected") != "" {
		t.Errorf("%s: a header of theirs: %v", about, res.Header)
	}
	if strings.HasPrefix(w.path, "/api/") && res.StatusCode > 399 {
		var problem struct {
			Title, Detail string
			Status        int
		}
		if err := json.Unmarshal([]byte(text), &problem); err != nil || problem.Detail == "" || problem.Status != res.StatusCode || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s with %.80q: %v, %s, %.200q", about, w.body, err, res.Header.Get("Content-Type"), text)
		}
	}
}

// texts are what fits no field.
func texts() []string {
	return []string{"\x00", "a\x00.example", "\xff\xfe", "a\r\nX-Injected: yes", "example.org\r\nBcc: x@example.org", "<script>alert(1)</script>", `"><script>alert(1)</script>`,
		"{{.}}", "${jndi:ldap://127.0.0.1/x}", "../../etc/passwd", "' OR 1=1 --", "\u202egro.elpmaxe", strings.Repeat("a", 3000), strings.Repeat("é", 2000), "-1", "1e400", "99999999999999999999", "NaN"}
}

// bodies are what is no JSON that the API knows, whatever it is sent to.
func bodies() []string {
	deep := strings.Repeat(`[`, 30_000)
	return []string{"", " ", "null", "[]", "5", `"x"`, "{", "{}", "\x00", "\xff", "<a/>", "a=b", deep, strings.Repeat(`{"a":`, 12_000), `{"targets":` + deep, `{"target":` + deep + strings.Repeat("]", 30_000) + "}",
		strings.Repeat("x", 1<<20), `{"target":"` + strings.Repeat("x", 1<<20) + `"}`, `{"targets":["` + strings.Repeat(`x","`, 1<<18) + `"]}`, `{"target":"example.org"} {"target":"example.org"`}
}

// TestHostileCalls sends the API what it does not know, in every field.
func TestHostileCalls(t *testing.T) {
	s := monitored(t)
	s.answer(t, wish{"POST", "/api/v1/monitors", jsonKind, `{"targets":["smtp://192.0.2.1"],"paused":true}`})
	id := s.only(t).ID
	calls := []wish{{"POST", "/api/v1/scans", jsonKind, ""}, {"POST", "/api/v1/monitors", jsonKind, ""}, {"PUT", "/api/v1/monitors/" + id, jsonKind, ""}}
	for _, w := range calls {
		for _, w.body = range bodies() {
			s.refused(t, w)
		}
		w.body = `{"target":"example.org","targets":["example.org"]}` // of the other call
		s.refused(t, w)
		for _, w.kind = range []string{"text/plain", "text/html", "application/xml", "multipart/form-data; boundary=x", formKind, "application/json; charset=utf-16", "x", jsonKind + ", text/plain"} {
			w.body = "target=example.org"
			s.refused(t, w)
		}
	}
	for _, text := range texts() {
		quoted, _ := json.Marshal(text)
		s.refused(t, wish{"POST", "/api/v1/scans", jsonKind, `{"target":` + string(quoted) + `}`})
		s.refused(t, wish{"POST", "/api/v1/scans", jsonKind, `{"target":"example.org","quick":` + string(quoted) + `}`})
		for _, field := range []string{"policy", "webhook", "slack", "every_hours", "quick", "digest", "paused", "muted_until", "unknown", "mail", "targets"} {
			s.refused(t, wish{"POST", "/api/v1/monitors", jsonKind, `{"targets":["example.org"],"` + field + `":` + string(quoted) + `}`})
		}
		for _, field := range []string{"mail", "targets"} {
			s.refused(t, wish{"PUT", "/api/v1/monitors/" + id, jsonKind, `{"targets":["example.org"],"` + field + `":[` + string(quoted) + `]}`})
		}
	}
	for _, value := range []string{"-1", "0", "745", "1e400", "1.5", "99999999999999999999", "true", "{}", `"24"`} {
		s.refused(t, wish{"POST", "/api/v1/monitors", jsonKind, `{"targets":["example.org"],"every_hours":` + value + `}`})
	}
	s.refused(t, wish{"POST", "/api/v1/scans", jsonKind, `{"target":"example.org","target":"http://example.org"}`}) // the last counts, and is what is looked at
	s.refused(t, wish{"POST", "/api/v1/monitors", jsonKind, `{"targets":["example.org"],"targets":[]}`})
	for _, query := range []string{"limit=-1", "limit=0", "limit=1001", "limit=x", "limit=99999999999999999999", "limit=1e2", "limit=%00", "target=%00", "target=%ff", "target=http://x", "target=" + strings.Repeat("a", 500)} {
		s.refused(t, wish{"GET", "/api/v1/scans?" + query, "", ""})
	}
	for _, query := range []string{"limit=-1", "limit=x", "before=x", "before=2020", "before=%00"} {
		s.refused(t, wish{"GET", "/api/v1/monitors?" + query, "", ""})
	}
	for _, id := range []string{"x", "%00", "%ff", "..", "%2e%2e%2f", strings.Repeat("a", 5000), "%0d%0aX-Injected:%20yes", "<script>alert(1)</script>"} {
		for _, w := range []wish{{"GET", "/api/v1/scans/" + id, "", ""}, {"GET", "/api/v1/monitors/" + id, "", ""}, {"DELETE", "/api/v1/monitors/" + id, "", ""}, {"POST", "/api/v1/monitors/" + id + "/test", "", ""},
			{"PUT", "/api/v1/monitors/" + id, jsonKind, `{"targets":["example.org"]}`}} {
			s.refused(t, w)
		}
	}
	s.unharmed(t, id)
}

// TestHostileForms does the same with what people see.
func TestHostileForms(t *testing.T) {
	s := monitored(t)
	s.answer(t, wish{"POST", "/api/v1/monitors", jsonKind, `{"targets":["smtp://192.0.2.1"],"paused":true}`})
	id := s.only(t).ID
	for _, text := range texts() {
		s.refused(t, wish{"POST", "/scans", formKind, url.Values{"target": {text}}.Encode()})
		s.refused(t, wish{"POST", "/scans", formKind, url.Values{"target": {"example.org"}, "policy": {text}}.Encode()})
		s.refused(t, wish{"POST", "/monitors/" + id + "/mute", formKind, url.Values{"hours": {text}}.Encode()})
		s.refused(t, wish{"POST", "/monitors/" + id + "/" + url.PathEscape(text), formKind, ""})
		for _, field := range []string{"targets", "every", "depth", "policy", "mail", "webhook", "slack"} {
			s.refused(t, wish{"POST", "/monitors/" + id, formKind, typed(field, text).Encode()})
		}
		for _, path := range []string{"/scans/", "/monitors/", "/checks/", "/policies/", "/static/", "/badge/", "/scans/x/"} {
			s.refused(t, wish{"GET", path + url.PathEscape(text), "", ""})
		}
		escaped := url.QueryEscape(text)
		for _, path := range []string{"/diff?old=" + escaped + "&new=" + escaped, "/monitors/" + id + "/feed.atom?token=" + escaped} {
			s.refused(t, wish{"GET", path, "", ""})
		}
		for _, path := range []string{"/history?target=" + escaped, "/monitors/new?target=" + escaped, "/monitors?before=" + escaped, "/?policy=" + escaped, "/" + url.PathEscape(text)} { // some are shown, to be mended
			w := wish{"GET", path, "", ""}
			res, page := s.answer(t, w)
			s.harmless(t, w, res, page)
		}
	}
	for _, body := range []string{"", "target=%zz", "target", ";;;", "=&=&=", "\x00", strings.Repeat("a", 1<<20), "target=" + strings.Repeat("a", 1<<20), "targets=" + strings.Repeat("example.org%0a", 5000), strings.Repeat("a=b&", 15_000)} {
		for _, path := range []string{"/scans", "/monitors", "/monitors/" + id} {
			for _, kind := range []string{formKind, "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", jsonKind, ""} {
				s.refused(t, wish{"POST", path, kind, body})
			}
		}
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "TRACE", "X"} {
		for _, path := range []string{"/", "/scans", "/monitors", "/api/v1/scans", "/metrics", "/static/site.css"} {
			if path == "/api/v1/scans" {
				continue
			}
			s.refused(t, wish{method, path, "", ""})
		}
	}
	s.unharmed(t, id)
}

// unharmed wants the one monitor as it was, no scan, and nothing in the log.
func (s *service) unharmed(t *testing.T, id string) {
	t.Helper()
	m := s.only(t)
	if m.ID != id || len(m.Targets) != 1 || len(m.Mail)+len(m.Webhook)+len(m.Slack) > 0 || !m.Muted.IsZero() || !m.Paused {
		t.Errorf("a monitor has changed: %+v", m)
	}
	if list, err := s.store.Latest(t.Context(), 10); err != nil || len(list) > 0 {
		t.Errorf("scans were ordered: %+v, %v", list, err)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %.2000s", s.log)
	}
}

// FuzzMonitorForm wants whatever is typed about a monitor to be one that can be kept and shown again, or to be told what is wrong with it.
func FuzzMonitorForm(f *testing.F) {
	f.Add("example.org, smtp://192.0.2.1\n", "ours", "24", "quick", "mail", "a@example.org", "https://example.org/x", "")
	f.Add("\x00", "a\r\nb", "-1", "", "", "a@b\r\nc", "javascript:x", "https://[::1]:0/")
	s := &server{Config: Config{Mail: true, Hooks: channel.NewHooks(nil), Ports: Ports(nil)}}
	f.Fuzz(func(t *testing.T, targets, name, every, depth, policy, mail, webhook, slack string) {
		in := monitorForm{Targets: targets, Name: name, Every: every, Depth: depth, Policy: policy, Mail: mail, Webhook: webhook, Slack: slack}
		m, wrong := s.monitorOf(in)
		for field, why := range wrong {
			if why == "" || !utf8.ValidString(why) || strings.ContainsAny(why, "\r\n\x00") {
				t.Errorf("%s: %q", field, why)
			}
		}
		if len(wrong) > 0 {
			return
		}
		for _, text := range append(append([]string{m.Name, m.Policy, m.Webhook, m.Slack}, m.Targets...), m.Mail...) {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n\x00") {
				t.Errorf("kept: %q", text)
			}
		}
		again, wrong := s.monitorOf(formFrom(m))
		if len(wrong) > 0 || strings.Join(again.Targets, " ") != strings.Join(m.Targets, " ") || strings.Join(again.Mail, " ") != strings.Join(m.Mail, " ") || again.Every != m.Every || again.Webhook != m.Webhook {
			t.Errorf("shown and sent again: %v, %+v, was %+v", wrong, again, m)
		}
	})
}
