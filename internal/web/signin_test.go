package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

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

// TestFrom believes proxies of networks that were named, and nobody else, and of what they say the last that is no proxy.
func TestFrom(t *testing.T) {
	var log bytes.Buffer
	s := &server{Config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("172.18.0.0/16")}, Log: slog.New(slog.NewTextHandler(&log, nil))}}
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.9:5", "192.0.2.1", "192.0.2.9"}, {"127.0.0.1:5", "", "127.0.0.1"}, {"127.0.0.1:5", "192.0.2.1", "127.0.0.1"}, {"172.19.0.1:5", "192.0.2.1", "172.19.0.1"},
		{"172.18.0.1:5", "", "172.18.0.1"}, {"172.18.0.1:5", "192.0.2.1", "192.0.2.1"}, {"[::ffff:172.18.0.1]:5", "10.0.0.1, 192.0.2.1", "192.0.2.1"},
		{"172.18.0.1:5", "10.0.0.1, 2001:db8::1", "2001:db8::1"}, {"172.18.0.1:5", "192.0.2.1, <script>", "172.18.0.1"}, {"172.18.0.1:5", ",", "172.18.0.1"},
		{"172.18.0.1:5", "10.0.0.1, 192.0.2.1, 172.18.0.2", "192.0.2.1"}, {"172.18.0.1:5", "junk, 172.18.0.2", "172.18.0.2"}, {"172.18.0.1:5", "172.18.0.3, 172.18.0.2", "172.18.0.3"},
		{"172.18.0.1:5", "192.0.2.1:4711", "192.0.2.1"}, {"172.18.0.1:5", "[2001:db8::1]:4711", "2001:db8::1"}, {"172.18.0.1:5", "[2001:db8::1]", "2001:db8::1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := addressOf(s.from(r)); got != c.want {
			t.Errorf("%s for %s: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if said := log.String(); strings.Count(said, "\n") != 1 || !strings.Contains(said, "proxy=127.0.0.1") {
		t.Errorf("of proxies that are not believed the log says %q", said)
	}
}

// aProxy is the network of this machine, which tests ask from, as one of proxies.
func aProxy() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// TestTries tries 2000 passwords: nearly all are refused without a look, from one address or from many, and then the right one is, too. No time
// passes meanwhile, however long they take.
func TestTries(t *testing.T) {
	s := withAccounts(t, Config{Proxies: aProxy(), clock: func() time.Time { return time.Unix(0, 0) }})
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
	const many = 1000
	count := make(map[int]int)
	for range many {
		count[try("192.0.2.1", form)]++
	}
	if count[http.StatusForbidden] != addressTries || count[http.StatusTooManyRequests] != many-addressTries {
		t.Errorf("from one address: %v", count)
	}
	right := url.Values{"name": {"ann"}, "password": {password}}.Encode()
	if got := try("192.0.2.1", right); got != http.StatusTooManyRequests {
		t.Errorf("the right one after many wrong ones: %d", got)
	}
	if got := try("198.51.100.1", right); got != http.StatusOK {
		t.Errorf("the owner, from elsewhere, meanwhile: %d", got)
	}
	for i := range many {
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
