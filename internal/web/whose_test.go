package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// TestUnknown wants scans open to all, and what is somebody's own to none who is not known; or nothing open at all.
func TestUnknown(t *testing.T) {
	free := map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 200, "/static/site.css": 200, "/static/report.css": 200, "/sign-in": 200}
	open := map[string]int{"/": 200, "/history": 200, "/checks": 200, "/about": 200, "/statistics": 200, "/api/v1/scans": 200, "/openapi.json": 200, "/scans/x": 404, "/scans/x/events": 404,
		"/scans/x/report.json": 404, "/badge/example.org.svg": 200, "/nothing": 404, "/api/v1/nothing": 404, "/diff": 404}
	own := []string{"/monitors", "/monitors/new", "/monitors/x", "/monitors/x/edit", "/campaigns", "/account"}
	ownAPI := []string{"/api/v1/monitors", "/api/v1/monitors/x"}
	programs := []string{"/api/v1/scans", "/api/v1/nothing", "/openapi.json", "/scans/x/events"}
	for _, closed := range []bool{false, true} {
		s := withAccounts(t, Config{Closed: closed})
		for path, want := range free {
			s.call(t, "", http.MethodGet, path, "", want)
		}
		for path, want := range open {
			if closed {
				want = http.StatusSeeOther
				if slices.Contains(programs, path) {
					want = http.StatusUnauthorized
				}
			}
			s.call(t, "", http.MethodGet, path, "", want)
		}
		for _, path := range own {
			if _, head := s.call(t, "", http.MethodGet, path, "", http.StatusSeeOther); !strings.HasPrefix(head.Get("Location"), "/sign-in?to=") {
				t.Errorf("%s leads to %s", path, head.Get("Location"))
			}
			s.call(t, "", http.MethodPost, strings.TrimSuffix(path, "/new"), "name=x", postedBy(path, closed))
		}
		for _, path := range ownAPI {
			text, head := s.call(t, "", http.MethodGet, path, "", http.StatusUnauthorized)
			if head.Get("Content-Type") != "application/problem+json" || !strings.HasPrefix(head.Get("WWW-Authenticate"), "Bearer") || !strings.Contains(text, "send a token") {
				t.Errorf("%s: %s %v", path, text, head)
			}
			s.call(t, "", http.MethodDelete, path, "", map[string]int{"/api/v1/monitors": map[bool]int{false: 404, true: 401}[closed], "/api/v1/monitors/x": 401}[path])
		}
		if !closed {
			continue
		}
		s.call(t, "", http.MethodPost, "/api/v1/scans", `{"target":"example.org"}`, http.StatusUnauthorized)
		s.call(t, "", http.MethodPost, "/scans", "", http.StatusSeeOther)
		for _, path := range []string{"//", "/static/../history", "/sign-in/../history", "/monitors/../history/feed.atom", "/%2e%2e/history", "/sign-in%2f..%2fhistory", "/sign-in/%2e%2e/history", "/monitors/%2e%2e%2fhistory/feed.atom"} {
			if text, head := s.call2(t, path); strings.Contains(text, "<h1>History") {
				t.Errorf("%s: %v", path, head)
			}
		}
		p := s.signed(t, "ann")
		for path, want := range open {
			p.open(path, want)
		}
		token := p.token("read")
		for _, path := range []string{"/history", "/badge/example.org.svg", "/api/v1/scans"} {
			if _, head := s.call(t, token, http.MethodGet, path, "", 200); !strings.Contains(head.Get("Cache-Control"), "private") {
				t.Errorf("a cache may keep %s, which is for accounts: %v", path, head)
			}
		}
	}
}

// postedBy is what comes of a form that a stranger sends to a path.
func postedBy(path string, closed bool) int {
	if path == "/account" && !closed { // which takes none
		return http.StatusNotFound
	}
	return http.StatusSeeOther
}

// call2 asks for a path as it is written, whatever comes of it.
func (s *service) call2(t *testing.T, path string) (string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = strings.TrimPrefix(s.URL, "http:") + path
	res, err := s.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, res, nil, res.StatusCode), res.Header
}

// TestOthersMonitors wants the monitors of another to be as if they were not there.
func TestOthersMonitors(t *testing.T) {
	s := withAccounts(t, Config{})
	ann, ben := s.signed(t, "ann"), s.signed(t, "ben")
	_, path := ann.send("/monitors", typed(), http.StatusOK)
	m, err := s.store.Monitor(t.Context(), strings.TrimPrefix(path, "/monitors/"))
	if err != nil || m.Owner != s.named(t, "ann").ID {
		t.Fatalf("%+v, %v", m, err)
	}
	before := fmt.Sprint(m)
	if err := s.store.AddMonitor(t.Context(), &store.Monitor{Targets: []string{"old.example"}, Name: "of before", Every: time.Hour, Policy: "mail"}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if page, _ := ben.open("/monitors", http.StatusOK); !strings.Contains(page, "There is none yet") {
		t.Errorf("the list of another:\n%s", page)
	}
	for _, p := range []string{path, path + "/edit"} {
		ben.open(p, http.StatusNotFound)
	}
	ben.send(path, typed("name", "mine now"), http.StatusNotFound)
	for _, act := range []string{"pause", "resume", "mute", "unmute", "test", "delete"} {
		ben.send(path+"/"+act, url.Values{"hours": {"8"}}, http.StatusNotFound)
	}
	token, one := ben.token("monitor"), "/api/v1"+path
	s.call(t, token, http.MethodGet, one, "", 404)
	s.call(t, token, http.MethodPut, one, `{"targets":["example.org"]}`, 404)
	s.call(t, token, http.MethodPost, one+"/test", "", 404)
	s.call(t, token, http.MethodDelete, one, "", 404)
	if text, _ := s.call(t, token, http.MethodGet, "/api/v1/monitors", "", 200); strings.TrimSpace(text) != "[]" {
		t.Errorf("the list of another: %s", text)
	}
	if again, err := s.store.Monitor(t.Context(), m.ID); err != nil || fmt.Sprint(again) != before {
		t.Errorf("changed by another: %+v, %v", again, err)
	}
	feed := path + "/feed.atom?token=" + m.Feed
	s.get(t, feed, http.StatusOK)
	ben.open(feed, http.StatusOK)
	page, _ := ann.open("/monitors", http.StatusOK)
	if !strings.Contains(page, path) || strings.Contains(page, "of before") {
		t.Errorf("the list of its owner:\n%s", page)
	}
	s.call(t, ann.token("monitor"), http.MethodDelete, one, "", 204)
}

// TestProofs wants a few targets watched whosever they are, and of others the domain asked.
func TestProofs(t *testing.T) {
	s := withAccounts(t, Config{})
	ann := s.named(t, "ann")
	p := s.signed(t, "ann")
	few := "a.example b.example smtp://192.0.2.1 smtp://mx.c.example imaps://d.example"
	_, path := p.send("/monitors", typed("targets", few), http.StatusOK)
	page, _ := p.send("/monitors", typed("targets", "mail.e.example dead.example smtp://192.0.2.2"), 422)
	for _, want := range []string{"5 targets whosever they are", "_mailtls.e.example. TXT &#34;account=" + ann.Code + "&#34;", "The DNS has no such record for mail.e.example",
		"The DNS did not say whether there is a TXT record of _mailtls.dead.example: ", "192.0.2.2 is an address"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q:\n%s", want, page)
		}
	}
	p.send(path, typed("targets", few+" f.example"), 422)
	p.send(path+"/pause", nil, http.StatusOK)
	token := p.token("monitor")
	text, head := s.call(t, token, http.MethodPost, "/api/v1/monitors", `{"targets":["mail.e.example"]}`, 422)
	if head.Get("Content-Type") != "application/problem+json" || !strings.Contains(text, ann.Code) || !strings.Contains(text, "body.targets") {
		t.Errorf("%s", text)
	}
	s.dns.say(t, "_mailtls.e.example. TXT \"account="+ann.Code+"\"\n_mailtls.g.example. TXT \"account="+s.named(t, "ben").Code+"\"")
	s.call(t, token, http.MethodPost, "/api/v1/monitors", `{"targets":["mail.e.example","smtp://mx.e.example"]}`, 201)
	p.send("/monitors", typed("targets", "mail.e.example, g.example"), 422)
	list, err := s.store.Monitors(t.Context(), ann.ID, time.Time{}, 10)
	if err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// TestDeeds wants what somebody did to be told: to them, and to whoever runs the service.
func TestDeeds(t *testing.T) {
	s := withAccounts(t, Config{})
	s.person(t).send("/sign-in", url.Values{"name": {"ann"}, "password": {"wrong"}}, http.StatusForbidden)
	s.person(t).send("/sign-in", url.Values{"name": {"my secret password"}, "password": {"wrong"}}, http.StatusForbidden)
	p := s.signed(t, "ann")
	token := p.token("monitor")
	_, path := p.send("/monitors", typed("name", "ours"), http.StatusOK)
	p.send(path, typed("name", "theirs"), http.StatusOK)
	p.send(path+"/pause", nil, http.StatusOK)
	for range testBurst - 1 {
		p.send(path+"/test", nil, http.StatusOK)
	}
	s.call(t, token, http.MethodPost, "/api/v1"+path+"/test", "", http.StatusAccepted)
	if page, _ := p.send(path+"/test", nil, http.StatusTooManyRequests); !strings.Contains(page, "Many test messages were sent") {
		t.Errorf("page:\n%s", page)
	}
	if _, head := s.call(t, token, http.MethodPost, "/api/v1"+path+"/test", "", http.StatusTooManyRequests); head.Get("Retry-After") == "" {
		t.Errorf("%v", head)
	}
	s.call(t, token, http.MethodDelete, "/api/v1"+path, "", 204)
	tokens, err := s.store.Tokens(t.Context(), s.named(t, "ann").ID)
	if err != nil {
		t.Fatal(err)
	}
	p.send("/account/tokens/"+tokens[0].ID+"/revoke", nil, http.StatusOK)
	p.send("/account/password", url.Values{"current": {"wrong"}, "new": {"another good one"}, "again": {"another good one"}}, 422)
	p.send("/account/password", url.Values{"current": {password}, "new": {"another good one"}, "again": {"another good one"}}, 200)
	page, _ := p.open("/account", 200)
	p.send("/sign-out", nil, 200)
	var got []string
	if err := s.store.EachDeed(t.Context(), func(d *store.Deed) error {
		if d.Origin != "127.0.0.1" {
			t.Errorf("from %q", d.Origin)
		}
		got = append(got, strings.TrimSpace(d.Name+": "+d.Action+" "+d.Object))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"Ann: sign-in failed", ": sign-in failed a name that is not known", "Ann: signed in", "Ann: token made test", "Ann: monitor made ours", "Ann: monitor changed theirs",
		"Ann: monitor changed theirs", "Ann: test message sent theirs", "Ann: test message sent theirs", "Ann: test message sent theirs", "Ann: monitor deleted theirs", "Ann: token revoked test", "Ann: sign-in failed", "Ann: password changed", "Ann: signed out"}
	if !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) { // some within one millisecond
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, part := range []string{"sign-in failed", "monitor deleted", "theirs", "127.0.0.1"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page of the account does not say %q:\n%s", part, page)
		}
	}
}

// TestNoteOfGone wants noted what was done by somebody who went away meanwhile.
func TestNoteOfGone(t *testing.T) {
	s := withAccounts(t, Config{})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	ann := s.named(t, "ann").ID
	(&server{Config: Config{Store: s.store, Log: slog.New(slog.DiscardHandler)}}).noted(gone, &store.Deed{At: time.Now(), Account: ann, Action: "went"})
	if list, err := s.store.Deeds(t.Context(), ann, 10); err != nil || len(list) != 1 || list[0].Action != "went" {
		t.Errorf("%+v, %v", list, err)
	}
}

// TestAllowance wants an account to have an allowance of its own, wherever it asks from.
func TestAllowance(t *testing.T) {
	s := withAccounts(t, Config{})
	order := func(token string) {
		t.Helper()
		for i := range visitorBurst {
			s.call(t, token, http.MethodPost, "/api/v1/scans", fmt.Sprintf(`{"target":"smtp://192.0.2.%d"}`, i+len(token)), 201)
		}
		s.call(t, token, http.MethodPost, "/api/v1/scans", fmt.Sprintf(`{"target":"smtp://192.0.2.%d"}`, 200+len(token)%50), 429)
	}
	order("")
	order(s.signed(t, "ann").token("scan"))
	s.signed(t, "ben").send("/scans", url.Values{"target": {"smtp://192.0.2.254"}}, http.StatusOK)
}

// TestDescribed wants the description of the API to say which calls need a token of which scope.
func TestDescribed(t *testing.T) {
	for _, c := range []struct {
		cfg  Config
		path string
		want string
	}{{Config{}, "/api/v1/scans", `[{"token":["scan"]},{}]`}, {Config{Closed: true}, "/api/v1/scans", `[{"token":["scan"]}]`}, {Config{}, "/api/v1/monitors", `[{"token":["monitor"]}]`}} {
		s := withAccounts(t, c.cfg)
		text, _ := s.call(t, s.signed(t, "ann").token("read"), http.MethodGet, "/openapi.json", "", 200)
		var d struct {
			Components struct {
				SecuritySchemes map[string]struct{ Type, Scheme string }
			}
			Paths map[string]map[string]struct{ Security json.RawMessage }
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil || d.Components.SecuritySchemes["token"].Scheme != "bearer" {
			t.Fatalf("%v: %+v", err, d.Components)
		}
		if got := string(d.Paths[c.path]["post"].Security); got != c.want {
			t.Errorf("%s: %s, want %s", c.path, got, c.want)
		}
	}
	if strings.Contains(monitored(t).get(t, "/openapi.json", 200), "securitySchemes") {
		t.Error("tokens are described where there are no accounts")
	}
}

// TestCampaignsOfOthers wants an account's campaigns to be there for it alone, and what it does with them to be noted.
func TestCampaignsOfOthers(t *testing.T) {
	s := withAccounts(t, Config{})
	ann, ben := s.signed(t, "ann"), s.signed(t, "ben")
	mine, foreign := ann.token("campaign"), ben.token("campaign")
	list := "example.org\n"
	text, _ := s.call(t, mine, http.MethodPost, "/api/v1/campaigns?name=customers", list, http.StatusCreated)
	var c struct{ ID string }
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for _, path := range []string{"", "/names", "/results.jsonl", "/summary.csv"} {
		s.call(t, mine, http.MethodGet, "/api/v1/campaigns/"+c.ID+path, "", http.StatusOK)
		s.call(t, foreign, http.MethodGet, "/api/v1/campaigns/"+c.ID+path, "", http.StatusNotFound)
		s.call(t, ann.token("read"), http.MethodGet, "/api/v1/campaigns/"+c.ID+path, "", http.StatusForbidden)
	}
	for _, path := range []string{"", "/summary", "/results.csv"} {
		ann.open("/campaigns/"+c.ID+path, http.StatusOK)
		ben.open("/campaigns/"+c.ID+path, http.StatusNotFound)
		s.call(t, "", http.MethodGet, "/campaigns/"+c.ID+path, "", http.StatusSeeOther)
	}
	s.call(t, "", http.MethodPost, "/api/v1/campaigns", list, http.StatusUnauthorized)
	s.call(t, foreign, http.MethodPost, "/api/v1/campaigns/"+c.ID+"/pause", "", http.StatusNotFound)
	s.call(t, mine, http.MethodPost, "/api/v1/campaigns/"+c.ID+"/pause", "", http.StatusOK)
	s.call(t, mine, http.MethodDelete, "/api/v1/campaigns/"+c.ID, "", http.StatusNoContent)
	page, _ := ann.open("/account", http.StatusOK)
	for _, deed := range []string{"campaign submitted", "campaign paused", "campaign deleted"} {
		if !strings.Contains(page, deed) {
			t.Errorf("%q is not noted", deed)
		}
	}
}
