package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/store"
)

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

// TestNotPacked wants no page packed that has a secret, which its length could tell.
func TestNotPacked(t *testing.T) {
	s := withAccounts(t, Config{})
	p := s.signed(t, "ann")
	for path, want := range map[string]string{"/account": "", "/monitors": "", "/sign-in?to=/account": "", "/checks": "gzip"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Encoding", "gzip")
		res, err := p.Do(req)
		read(t, res, err, http.StatusOK)
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
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
	for _, body := range append(texts(), strings.Repeat("a=b&", 40_000), "%zz", "name=%00&password=%ff") {
		s.refused(t, wish{http.MethodPost, "/sign-in", formKind, body})
		for _, field := range []string{"name", "password", "to"} {
			s.refused(t, wish{http.MethodPost, "/sign-in", formKind, url.Values{field: {body}}.Encode()})
		}
	}
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}
