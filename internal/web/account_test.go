package web

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/store"
)

const password = "four plain words"

// hashed is the password, hashed once for all tests, since that takes a while.
var hashed = sync.OnceValues(func() (string, error) {
	return account.NewHasher().Hash(context.Background(), password)
})

// sayings is a DNS that comes to say something else. One domain of it does not answer.
type sayings struct {
	mu   sync.Mutex
	twin *resolve.Twin
}

func (s *sayings) say(t *testing.T, zone string) {
	t.Helper()
	twin, err := resolve.NewTwin(zone, nil, map[string]string{"_mailtls.dead.example.": "no reply"})
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.twin = twin
}

func (s *sayings) Lookup(ctx context.Context, name string, typ resolve.Type) (*resolve.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.twin.Lookup(ctx, name, typ)
}

// withAccounts is a service with the accounts ann and ben.
func withAccounts(t *testing.T, cfg Config) *service {
	t.Helper()
	return withAccountsOn(t, filepath.Join(t.TempDir(), "mailtls.db"), cfg)
}

func withAccountsOn(t *testing.T, database string, cfg Config) *service {
	t.Helper()
	hooks := channel.NewHooks([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	dns := new(sayings)
	cfg.Auth, cfg.Hooks, cfg.DNS, cfg.Ports, cfg.Mail = true, hooks, dns, Ports(nil), true
	s := run(t, database, jobs.Config{Workers: 1, Watch: &jobs.Watch{Hooks: hooks}}, cfg)
	s.dns = dns
	s.dns.say(t, "")
	hash, err := hashed()
	for _, name := range []string{"Ann", "ben"} {
		if err == nil {
			err = s.store.AddAccount(t.Context(), &store.Account{Name: name, Password: hash}, time.Now())
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// person is a browser of somebody, which keeps its cookies.
type person struct {
	*http.Client
	*service
	t *testing.T
}

func (s *service) person(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{&http.Client{Jar: jar, Transport: s.Client().Transport}, s, t}
}

// signed is the browser of who has signed in.
func (s *service) signed(t *testing.T, name string) *person {
	t.Helper()
	p := s.person(t)
	p.send("/sign-in", url.Values{"name": {name}, "password": {password}}, http.StatusOK)
	return p
}

func (p *person) open(path string, status int) (page, at string) {
	p.t.Helper()
	res, err := p.Get(p.URL + path)
	page = read(p.t, res, err, status)
	return page, res.Request.URL.RequestURI()
}

func (p *person) send(path string, form url.Values, status int) (page, at string) {
	p.t.Helper()
	res, err := p.PostForm(p.URL+path, form)
	page = read(p.t, res, err, status)
	return page, res.Request.URL.RequestURI()
}

// again opens a page until the database is no longer said to be away: each connection that was cut while nobody used it says so once.
func (p *person) again(t *testing.T, path string) {
	t.Helper()
	for {
		res, err := p.Get(p.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != http.StatusServiceUnavailable {
			read(t, res, err, http.StatusOK)
			if got := res.Request.URL.Path; got != path {
				t.Errorf("%s leads to %s", path, got)
			}
			return
		}
		_ = res.Body.Close()
	}
}

// cookie is what the browser has.
func (p *person) cookie() string {
	u, err := url.Parse(p.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range p.Jar.Cookies(u) {
		if c.Name == "mailtls" {
			return c.Value
		}
	}
	return ""
}

// call asks as a program does, which shows a token unless it is "".
func (s *service) call(t *testing.T, token, method, path, body string, status int) (string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	return read(t, res, err, status), res.Header
}

// token makes one on the page of the account.
func (p *person) token(scopes ...string) string {
	p.t.Helper()
	page, _ := p.send("/account/tokens", url.Values{"name": {"test"}, "scope": scopes, "days": {"30"}}, http.StatusOK)
	token := regexp.MustCompile(`mt_[A-Za-z0-9_-]{43}`).FindString(page)
	if token == "" {
		p.t.Fatalf("no token:\n%s", page)
	}
	return token
}

// TestChangePassword wants the password of before, and ends the sessions of other browsers.
func TestChangePassword(t *testing.T) {
	s := withAccounts(t, Config{})
	p, other := s.signed(t, "ann"), s.signed(t, "ann")
	change := func(current, fresh, again string, status int, want string) {
		t.Helper()
		page, _ := p.send("/account/password", url.Values{"current": {current}, "new": {fresh}, "again": {again}}, status)
		if !strings.Contains(page, want) {
			t.Errorf("%q, %q: no %q:\n%s", current, fresh, want, page)
		}
	}
	const fresh = "other words than those"
	change("wrong", fresh, fresh, 422, "This is not the password")
	change(password, "short", "short", 422, "at least 12")
	change(password, strings.Repeat("long ", 60), "", 422, "at most 128")
	change(password, fresh, fresh+"x", 422, "This is not the same")
	change(password, "password1234", "password1234", 422, "among the first")
	before := p.cookie()
	change(password, fresh, fresh, 200, "The password is changed")
	if p.cookie() == before {
		t.Error("the session is the same")
	}
	s.as(t, before, "/account", "/sign-in")
	s.as(t, other.cookie(), "/account", "/sign-in")
	s.as(t, p.cookie(), "/account", "/account")
	s.person(t).send("/sign-in", url.Values{"name": {"ann"}, "password": {password}}, http.StatusForbidden)
	s.person(t).send("/sign-in", url.Values{"name": {"ann"}, "password": {fresh}}, http.StatusOK)
}

// TestForeignForms wants none taken that another site has a browser send.
func TestForeignForms(t *testing.T) {
	s := withAccounts(t, Config{})
	p := s.signed(t, "ann")
	for _, path := range []string{"/sign-in", "/sign-out", "/account/password", "/account/tokens", "/account/tokens/x/revoke", "/monitors", "/monitors/x/delete", "/api/v1/monitors", "/scans"} {
		for name, value := range map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader("name=ann&password="+url.QueryEscape(password)))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(name, value)
			res, err := p.Do(req)
			read(t, res, err, http.StatusForbidden)
			if res.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s: a cookie", path)
			}
		}
	}
	s.as(t, p.cookie(), "/account", "/account")
}
