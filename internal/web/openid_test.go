package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/openid"
	"github.com/mailtls/mailtls/internal/store"
)

// issuer is an OpenID provider that signs everybody in who comes, as its claims say.
type issuer struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu     sync.Mutex
	claims map[string]any // what it says otherwise than it should
	codes  map[string]url.Values
	wrong  string // what it does otherwise
}

func startIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key, codes: make(map[string]url.Values)}
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: "k", Algorithm: oidc.ES256}}}
	mux := http.NewServeMux()
	mux.Handle("/keys", keys)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("/auth", i.auth)
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	keys.SetIssuer(i.URL)
	return i
}

// auth sends a browser back with a code.
func (i *issuer) auth(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	q := r.URL.Query()
	code := rand.Text()
	i.codes[code] = q
	back := url.Values{"code": {code}, "state": {q.Get("state")}}
	switch i.wrong {
	case "state":
		back.Set("state", rand.Text())
	case "no state":
		back.Del("state")
	case "issuer":
		back.Set("iss", "https://other.example")
	case "error":
		back = url.Values{"error": {"access_denied <script>"}, "state": back["state"]}
	case "code":
		back.Set("code", "junk")
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token gives a token for a code to who began, by the proof of RFC 7636.
func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	q, sum := i.codes[r.PostFormValue("code")], sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	id, secret, _ := r.BasicAuth()
	if q == nil || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") != base64.RawURLEncoding.EncodeToString(sum[:]) || id != "ours" || secret != "hush" {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	delete(i.codes, r.PostFormValue("code"))
	claims := map[string]any{"iss": i.URL, "aud": "ours", "sub": "248289761001", "nonce": q.Get("nonce"), "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "preferred_username": "cem"}
	for name, value := range i.claims {
		claims[name] = value
	}
	text, err := json.Marshal(claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	key := i.key
	if i.wrong == "key" {
		key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	answer := map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": oidctest.SignIDToken(key, "k", oidc.ES256, string(text))}
	if i.wrong == "no token" {
		delete(answer, "id_token")
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// withProvider is a service at which one can sign in by way of i.
func withProvider(t *testing.T, i *issuer) *service {
	t.Helper()
	cfg := openid.Config{Issuer: i.URL, ClientID: "ours", Secret: "hush", Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
	p, err := openid.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := withAccounts(t, Config{OpenID: p})
	p.Redirect = s.URL + OpenIDReturn
	return s
}

// TestOpenID signs in by way of a provider: an account is made at the first time, and found at the next.
func TestOpenID(t *testing.T) {
	i := startIssuer(t)
	s := withProvider(t, i)
	p := s.person(t)
	if page, _ := p.open("/sign-in?to=/history", http.StatusOK); !strings.Contains(page, `href="/sign-in/openid?to=%2fhistory"`) {
		t.Errorf("page:\n%s", page)
	}
	if _, at := p.open("/sign-in/openid?to=/history", http.StatusOK); at != "/history" {
		t.Errorf("led to %s", at)
	}
	page, at := p.open("/account", http.StatusOK)
	if at != "/account" || !strings.Contains(page, "<h1>cem</h1>") || !strings.Contains(page, "by OpenID") || strings.Contains(page, `name="current"`) {
		t.Errorf("at %s:\n%s", at, page)
	}
	s.person(t).open("/sign-in/openid", http.StatusOK)
	list, err := s.store.Accounts(t.Context())
	if err != nil || len(list) != 3 || list[2].Subject != i.URL+" 248289761001" {
		t.Errorf("accounts %+v, %v", list, err)
	}
	for _, try := range []string{"", password} {
		s.person(t).send("/sign-in", url.Values{"name": {"cem"}, "password": {try}}, http.StatusForbidden)
	}
	i.set("", map[string]any{"sub": "another", "preferred_username": "ANN"})
	if page, _ := s.through(t, http.StatusOK); !strings.Contains(page, "<h1>ANN-2</h1>") {
		t.Errorf("the name of another account:\n%s", page)
	}
	if err := s.store.Disable(t.Context(), list[2].ID); err != nil {
		t.Fatal(err)
	}
	i.set("", nil)
	s.through(t, http.StatusForbidden)
	if s.log.Len() > 0 {
		t.Errorf("logged: %s", s.log)
	}
}

func (i *issuer) set(wrong string, claims map[string]any) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.wrong, i.claims = wrong, claims
}

// through goes to the provider and back with another browser.
func (s *service) through(t *testing.T, status int) (page, at string) {
	t.Helper()
	return s.person(t).open("/sign-in/openid", status)
}

// TestOpenIDHostile wants nobody signed in whom the provider did not sign in for this browser.
func TestOpenIDHostile(t *testing.T) {
	i := startIssuer(t)
	s := withProvider(t, i)
	for _, wrong := range []string{"state", "no state", "issuer", "error", "code", "key", "no token"} {
		i.set(wrong, nil)
		if page, _ := s.through(t, http.StatusForbidden); strings.Contains(page, "<script>") || !strings.Contains(page, "You are not signed in") {
			t.Errorf("%s:\n%s", wrong, page)
		}
	}
	for name, value := range map[string]any{"nonce": "other", "aud": "theirs", "iss": "https://other.example", "exp": time.Now().Add(-time.Hour).Unix(), "sub": "", "preferred_username": 5} {
		i.set("", map[string]any{name: value})
		s.through(t, http.StatusForbidden)
	}
	i.set("", nil)
	p := s.person(t)
	p.open(OpenIDReturn+"?code=x&state=", http.StatusForbidden)
	p.open(OpenIDReturn, http.StatusForbidden)
	if list, err := s.store.Accounts(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("accounts %+v, %v", list, err)
	}
}

// TestOpenIDAway wants a service that goes on without its provider.
func TestOpenIDAway(t *testing.T) {
	i := startIssuer(t)
	i.Close()
	s := withProvider(t, i)
	if page, _ := s.through(t, http.StatusBadGateway); !strings.Contains(page, "does not answer now") {
		t.Errorf("page:\n%s", page)
	}
	s.signed(t, "ann")
	p := s.person(t)
	for range providerTries {
		res, err := p.Get(p.service.URL + OpenIDReturn)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	p.open("/sign-in/openid", http.StatusTooManyRequests)
}

// TestSameNames wants everybody to have an account whose name at the provider is that of others, few of them with numbers.
func TestSameNames(t *testing.T) {
	i := startIssuer(t)
	s := withProvider(t, i)
	for n := range 101 {
		a := &store.Account{Name: "cem", Subject: fmt.Sprint("s", n)}
		if n > 0 {
			a.Name = fmt.Sprintf("cem-%d", n+1)
		}
		if err := s.store.AddAccount(t.Context(), a, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if page, _ := s.through(t, http.StatusOK); !regexp.MustCompile(`<h1>cem-[a-z2-7]{6}</h1>`).MatchString(page) {
			t.Errorf("page:\n%s", page)
		}
	}
	if list, err := s.store.Accounts(t.Context()); err != nil || len(list) != 2+101+1 {
		t.Errorf("%d accounts, %v", len(list), err)
	}
}

func TestAccountName(t *testing.T) {
	for said, want := range map[string]string{"cem": "cem", "Cem Öz <cem@example.org>": "Cemzcem@example.org", "": "user", "\x00": "user", "...": "user", "密码": "user",
		strings.Repeat("x", 200): strings.Repeat("x", 57)} {
		if got := accountName(said); got != want || account.CheckName(got) != nil {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
