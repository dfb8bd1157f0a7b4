package openid

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
)

// TestAdmit wants a provider at a public address, by HTTPS, or in a network that was allowed.
func TestAdmit(t *testing.T) {
	ours := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	for _, c := range []struct {
		address string
		private []netip.Prefix
		plain   bool
		want    string
	}{
		{"1.1.1.1", nil, false, ""}, {"1.1.1.1", nil, true, "needs https"}, {"1.1.1.1", ours, true, "needs https"}, {"10.1.2.3", ours, true, ""}, {"::ffff:10.1.2.3", ours, false, ""},
		{"10.1.2.3", nil, false, "not public"}, {"169.254.169.254", ours, false, "not public"}, {"::1", ours, false, "not public"}, {"127.0.0.2", ours, true, "not public"},
	} {
		err := admit(netip.MustParseAddr(c.address), c.private, c.plain)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.address, err, c.want)
		}
	}
}

// TestGuarded wants the address looked at that is dialled, no way followed elsewhere, and no answer without end.
func TestGuarded(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
			return
		}
		_, _ = w.Write(make([]byte, answerBytes+1000))
	}))
	defer s.Close()
	get := func(private []netip.Prefix, path string) (int, error) {
		p := guarded(private, true)
		res, err := p.Get(s.URL + path)
		if err != nil {
			return 0, err
		}
		defer res.Body.Close()
		n := 0
		for b := make([]byte, 4096); err == nil; {
			var m int
			m, err = res.Body.Read(b)
			n += m
		}
		return n, nil
	}
	here := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if _, err := get(nil, "/"); err == nil || !strings.Contains(err.Error(), "not public") {
		t.Errorf("not allowed: %v", err)
	}
	if n, err := get(here, "/"); err != nil || n != answerBytes {
		t.Errorf("%d bytes, %v", n, err)
	}
	res, err := guarded(here, false).Get(s.URL)
	if err == nil {
		_ = res.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "needs https") {
		t.Errorf("without TLS, where the provider has it: %v", err)
	}
	if _, err := get(here, "/away"); err == nil || !strings.Contains(err.Error(), "elsewhere") {
		t.Errorf("redirected: %v", err)
	}
}

// TestBeginPlain wants nobody sent to an address without TLS by a provider that has it.
func TestBeginPlain(t *testing.T) {
	for page, want := range map[string]bool{"https://id.example.org/auth": true, "http://id.example.org/auth": false, "HTTP://id.example.org/auth": false, "": false, "javascript:x": false} {
		p, err := New(Config{Issuer: "https://id.example.org"})
		if err != nil {
			t.Fatal(err)
		}
		p.known = (&oidc.ProviderConfig{IssuerURL: p.Issuer, AuthURL: page}).NewProvider(t.Context())
		if to, _, err := p.Begin(t.Context()); (err == nil) != want {
			t.Errorf("%q: sent to %q, %v", page, to, err)
		}
	}
}

func TestNew(t *testing.T) {
	here := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for issuer, want := range map[string]bool{"https://id.example.org": true, "https://id.example.org/realms/ours": true, "http://127.0.0.1:1": true,
		"": false, "id.example.org": false, "ftp://id.example.org": false, "https://u:p@id.example.org": false, "https://id.example.org?x": false, "https://id.example.org#x": false} {
		if _, err := New(Config{Issuer: issuer, Private: here}); (err == nil) != want {
			t.Errorf("%s: %v", issuer, err)
		}
	}
	if _, err := New(Config{Issuer: "http://id.example.org"}); err == nil {
		t.Error("a provider in the clear")
	}
}
