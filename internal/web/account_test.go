package web

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
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
	hooks := channel.NewHooks([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
	dns := new(sayings)
	cfg.Auth, cfg.Hooks, cfg.DNS, cfg.Ports, cfg.Mail = true, hooks, dns, Ports(nil), true
	s := run(t, filepath.Join(t.TempDir(), "mailtls.db"), jobs.Config{Workers: 1, Watch: &jobs.Watch{Hooks: hooks}}, cfg)
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

// TestSignIn leads a stranger to the page where one signs in, and from there to where it was to go.
func TestSignIn(t *testing.T) {
	s := withAccounts(t, Config{})
	p := s.person(t)
	page, at := p.open("/monitors/new?target=example.org", http.StatusOK)
	if at != "/sign-in?to=%2Fmonitors%2Fnew%3Ftarget%3Dexample.org" || !strings.Contains(page, `value="/monitors/new?target=example.org"`) {
		t.Fatalf("led to %s:\n%s", at, page)
	}
	for _, c := range []url.Values{{"name": {"ann"}, "password": {"four plain wordz"}}, {"name": {"nobody"}, "password": {password}}, {"name": {""}, "password": {""}}, {}} {
		if page, _ := p.send("/sign-in", c, http.StatusForbidden); !strings.Contains(page, "There is no account with this name and this password") || p.cookie() != "" {
			t.Errorf("%v:\n%s", c, page)
		}
	}
	_, at = p.send("/sign-in", url.Values{"name": {"ANN"}, "password": {password}, "to": {"/monitors/new?target=example.org"}}, http.StatusOK)
	if at != "/monitors/new?target=example.org" {
		t.Errorf("signed in, led to %s", at)
	}
	first := p.cookie()
	if page, _ := p.open("/account", http.StatusOK); !strings.Contains(page, "<h1>Ann</h1>") || strings.Contains(page, "argon2") {
		t.Errorf("account:\n%s", page)
	}
	p.send("/sign-in", url.Values{"name": {"ben"}, "password": {password}}, http.StatusOK)
	if p.cookie() == first {
		t.Error("a browser that signs in again keeps its session")
	}
	s.as(t, first, "/account", "/sign-in")
	second := p.cookie()
	if _, at := p.send("/sign-out", nil, http.StatusOK); at != "/sign-in" || p.cookie() != "" {
		t.Errorf("signed out, led to %s, with %q", at, p.cookie())
	}
	s.as(t, second, "/account", "/sign-in")
	p.send("/sign-out", nil, http.StatusOK)
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

// as opens a page with a cookie, and wants it to lead somewhere.
func (s *service) as(t *testing.T, cookie, path, want string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "mailtls", Value: cookie})
	res, err := s.Client().Do(req)
	read(t, res, err, http.StatusOK)
	if got := res.Request.URL.Path; got != want {
		t.Errorf("the cookie %.10q leads from %s to %s, want %s", cookie, path, got, want)
	}
}

// TestSessions wants no session but of one who signed in lately: not one that somebody else chose, not one that has expired.
func TestSessions(t *testing.T) {
	s := withAccounts(t, Config{})
	ann, err := s.store.AccountNamed(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	for age, want := range map[time.Duration]string{0: "/account", store.SessionIdle - time.Hour: "/account", store.SessionIdle + time.Minute: "/sign-in", store.SessionLife + time.Minute: "/sign-in"} {
		shown := account.NewSession()
		if err := s.store.AddSession(t.Context(), account.Digest(shown), ann, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
		s.as(t, shown, "/account", want)
	}
	chosen := account.NewSession()
	for _, cookie := range []string{chosen, "", "x", strings.Repeat("A", 4000), account.Digest(chosen)} {
		s.as(t, cookie, "/account", "/sign-in")
	}
	p := s.person(t)
	u, _ := url.Parse(s.URL)
	p.Jar.SetCookies(u, []*http.Cookie{{Name: "mailtls", Value: chosen}})
	p.send("/sign-in", url.Values{"name": {"ann"}, "password": {password}}, http.StatusOK)
	if p.cookie() == chosen {
		t.Error("who signs in keeps a session that somebody else chose")
	}
	s.as(t, chosen, "/account", "/sign-in")
}

// TestCookie wants what a browser keeps to be out of reach for scripts and other sites, and to be sent by HTTPS alone where there is that.
func TestCookie(t *testing.T) {
	for base, want := range map[string]string{"": "mailtls=", "http://localhost": "mailtls=", "https://mailtls.example.org": "__Host-mailtls="} {
		s := withAccounts(t, Config{URL: base})
		client := *s.Client()
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		res, err := client.PostForm(s.URL+"/sign-in", url.Values{"name": {"ann"}, "password": {password}})
		read(t, res, err, http.StatusSeeOther)
		got := res.Header.Get("Set-Cookie")
		for _, part := range []string{want, "; Path=/;", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"} {
			if !strings.Contains(got+";", part) {
				t.Errorf("%q: %s: no %q", base, got, part)
			}
		}
		if strings.Contains(got, "; Secure") != strings.HasPrefix(base, "https") || strings.Contains(got, "Domain") || !strings.HasPrefix(got, want) {
			t.Errorf("%q: %s", base, got)
		}
	}
}

// TestInside wants nobody led to another site by way of ours.
func TestInside(t *testing.T) {
	for to, want := range map[string]string{"/monitors": "/monitors", "/history?target=a%2Fb": "/history?target=a%2Fb", "/": "/",
		"": "/account", "//evil.example": "/account", "https://evil.example": "/account", "/\\evil.example": "/account", "\\\\evil.example": "/account", "/\t/evil.example": "/account",
		"/\n/evil.example": "/account", "javascript:alert(1)": "/account", "evil.example": "/account", "/sign-out": "/account", "///evil.example": "/account", "/%zz": "/account", "http:/x": "/account"} {
		if got := inside(to); got != want {
			t.Errorf("%q: %q, want %q", to, got, want)
		}
	}
}

// TestFrom believes a proxy on this machine, and nobody else, and of what that says the last.
func TestFrom(t *testing.T) {
	for _, c := range []struct{ peer, forwarded, want string }{
		{"127.0.0.1:5", "", "127.0.0.1"}, {"127.0.0.1:5", "192.0.2.1", "192.0.2.1"}, {"[::1]:5", "10.0.0.1, 2001:db8::1", "2001:db8::1"}, {"192.0.2.9:5", "192.0.2.1", "192.0.2.9"},
		{"127.0.0.1:5", "192.0.2.1, <script>", "127.0.0.1"}, {"127.0.0.1:5", ",", "127.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := addressOf(from(r)); got != c.want {
			t.Errorf("%s for %s: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}

// TestTries tries 10,000 passwords: nearly all are refused without a look, from one address or from many, and then the right one is, too.
func TestTries(t *testing.T) {
	s := withAccounts(t, Config{})
	form := url.Values{"name": {"ann"}, "password": {"not the password"}}.Encode()
	try := func(address, form string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/sign-in", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("X-Forwarded-For", address)
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	count := make(map[int]int)
	for range 5000 {
		count[try("192.0.2.1", form)]++
	}
	if count[http.StatusForbidden] != addressTries || count[http.StatusTooManyRequests] != 5000-addressTries {
		t.Errorf("from one address: %v", count)
	}
	right := url.Values{"name": {"ann"}, "password": {password}}.Encode()
	if got := try("192.0.2.1", right); got != http.StatusTooManyRequests {
		t.Errorf("the right one after many wrong ones: %d", got)
	}
	if got := try("198.51.100.1", right); got != http.StatusOK {
		t.Errorf("the owner, from elsewhere, meanwhile: %d", got)
	}
	for i := range 5000 {
		count[try(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}).String(), form)]++
	}
	if count[http.StatusForbidden] != accountTries-1 {
		t.Errorf("from many addresses, too: %v", count)
	}
	unknown := url.Values{"name": {"nobody"}, "password": {password}}.Encode()
	clear(count)
	for i := range 100 {
		count[try(netip.AddrFrom4([4]byte{10, 1, 0, byte(i)}).String(), unknown)]++
	}
	if count[http.StatusForbidden] != accountTries { // as of a name that is known
		t.Errorf("of a name that there is none of: %v", count)
	}
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

// TestTokens makes one, uses it, and wants it refused where it is for something else, or is no more.
func TestTokens(t *testing.T) {
	s := withAccounts(t, Config{})
	p := s.signed(t, "ann")
	all := p.token("read", "scan", "monitor", "campaign")
	if page, _ := p.open("/account", http.StatusOK); strings.Contains(page, "mt_"+all[3:10]) || !strings.Contains(page, "read, scan, monitor, campaign") {
		t.Errorf("account:\n%s", page)
	}
	s.call(t, all, http.MethodGet, "/api/v1/monitors", "", 200)
	s.call(t, all, http.MethodPost, "/api/v1/monitors", `{"targets":["example.org"]}`, 201)
	if page, _ := p.open("/monitors", http.StatusOK); !strings.Contains(page, "example.org") {
		t.Errorf("what a token made is not there:\n%s", page)
	}
	calls := map[string][][2]string{
		"read":    {{http.MethodGet, "/api/v1/scans"}, {http.MethodGet, "/history"}},
		"monitor": {{http.MethodGet, "/api/v1/monitors"}, {http.MethodGet, "/monitors"}, {http.MethodDelete, "/api/v1/monitors/x"}, {http.MethodPost, "/monitors/x/delete"}},
		"scan":    {{http.MethodPost, "/api/v1/scans"}, {http.MethodPost, "/scans"}},
		"nothing": {{http.MethodGet, "/account"}, {http.MethodPost, "/account/tokens"}, {http.MethodPost, "/account/password"}, {http.MethodPost, "/sign-in"}, {http.MethodPost, "/sign-out"}},
	}
	for _, scope := range account.Scopes() {
		token := p.token(scope)
		for other, list := range calls {
			for _, c := range list {
				if other == scope {
					continue
				}
				text, head := s.call(t, token, c[0], c[1], "", 403)
				if head.Get("Content-Type") != "application/problem+json" || !strings.Contains(head.Get("WWW-Authenticate"), `error="insufficient_scope"`) || !strings.Contains(text, `"status":403`) {
					t.Errorf("%s for %s: %s %v", scope, c, text, head)
				}
			}
		}
	}
	for _, junk := range []string{"x", "mt_", all + "x", all[:len(all)-1] + "!", account.NewToken(), strings.Repeat("a", 5000), p.cookie()} {
		text, head := s.call(t, junk, http.MethodGet, "/api/v1/scans", "", 401)
		if head.Get("Content-Type") != "application/problem+json" || !strings.Contains(head.Get("WWW-Authenticate"), `error="invalid_token"`) || strings.Contains(text, junk[:1]+"mt_") {
			t.Errorf("%.10s: %s %v", junk, text, head)
		}
	}
	list, err := s.store.Tokens(t.Context(), s.named(t, "ann").ID)
	if err != nil || len(list) != 5 {
		t.Fatalf("%+v, %v", list, err)
	}
	i := slices.IndexFunc(list, func(x store.Token) bool { return len(x.Scopes) == 4 })
	s.signed(t, "ben").send("/account/tokens/"+list[i].ID+"/revoke", nil, http.StatusNotFound)
	p.send("/account/tokens/"+list[i].ID+"/revoke", nil, http.StatusOK)
	s.call(t, all, http.MethodGet, "/api/v1/monitors", "", 401)
	p.send("/account/tokens/"+list[i].ID+"/revoke", nil, http.StatusNotFound)
	for age, want := range map[time.Duration]int{time.Hour: 200, -time.Second: 401} {
		token := account.NewToken()
		if err := s.store.AddToken(t.Context(), &store.Token{Account: s.named(t, "ann").ID, Scopes: []string{"read"}, Expires: time.Now().Add(age)}, account.Digest(token), time.Now()); err != nil {
			t.Fatal(err)
		}
		s.call(t, token, http.MethodGet, "/api/v1/scans", "", want)
	}
	last := p.token("read")
	if err := s.store.Disable(t.Context(), s.named(t, "ann").ID); err != nil {
		t.Fatal(err)
	}
	s.call(t, last, http.MethodGet, "/api/v1/scans", "", 401)
	s.as(t, p.cookie(), "/account", "/sign-in")
	s.person(t).send("/sign-in", url.Values{"name": {"ann"}, "password": {password}}, http.StatusForbidden)
}

func (s *service) named(t *testing.T, name string) *store.Account {
	t.Helper()
	a, err := s.store.AccountNamed(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestTokenJunk types what is no token.
func TestTokenJunk(t *testing.T) {
	s := withAccounts(t, Config{})
	p := s.signed(t, "ann")
	for _, f := range []url.Values{{}, {"name": {""}, "scope": {"read"}, "days": {"30"}}, {"name": {"x"}, "days": {"30"}}, {"name": {"x"}, "scope": {"root"}, "days": {"30"}},
		{"name": {"x"}, "scope": {"read", "root"}, "days": {"30"}}, {"name": {"x"}, "scope": {"read"}}, {"name": {"x"}, "scope": {"read"}, "days": {"9999999999999"}}, {"name": {"x"}, "scope": {"read"}, "days": {"-1"}},
		{"name": {strings.Repeat("x", 101)}, "scope": {"read"}, "days": {"30"}}, {"name": {"<script>alert(1)</script>\x00"}, "scope": {"read"}, "days": {"30"}}} {
		if page, _ := p.send("/account/tokens", f, 422); strings.Contains(page, "<script>alert") || !strings.Contains(page, `class="wrong fail"`) {
			t.Errorf("%v:\n%s", f, page)
		}
	}
	if list, err := s.store.Tokens(t.Context(), s.named(t, "ann").ID); err != nil || len(list) > 0 {
		t.Errorf("made: %+v, %v", list, err)
	}
	page, _ := p.send("/account/tokens", url.Values{"name": {"<b>x"}, "scope": {"read"}, "days": {"30"}}, 200)
	if strings.Contains(page, "<b>x") {
		t.Errorf("page:\n%s", page)
	}
	for _, body := range []string{strings.Repeat("a=b&", 40_000), "%zz", "name=%00&password=%ff"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/sign-in", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := s.Client().Do(req)
		read(t, res, err, http.StatusForbidden)
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
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
