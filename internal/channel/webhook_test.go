package channel

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/notify"
)

func loopback() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// TestSigned verifies a request as its receiver would, by the words of the documentation.
func TestSigned(t *testing.T) {
	const secret = "a secret"
	ok := false
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(r.Header.Get("Mailtls-Timestamp")))
		mac.Write([]byte("."))
		mac.Write(body)
		ok = r.Header.Get("Mailtls-Signature") == "v1="+hex.EncodeToString(mac.Sum(nil)) && r.Header.Get("Mailtls-Delivery") == "d1" &&
			r.Header.Get("Mailtls-Timestamp") == "1700000000" && string(body) == `{"a":1}` && r.Header.Get("Content-Type") == "application/json"
	}))
	defer s.Close()
	h := NewHooks(loopback())
	if err := h.Signed(t.Context(), s.URL, secret, "d1", time.Unix(1700000000, 0), []byte(`{"a":1}`)); err != nil || !ok {
		t.Errorf("error %v, verified %v", err, ok)
	}
	if err := h.Signed(t.Context(), s.URL, "another", "d1", time.Unix(1700000000, 0), []byte(`{"a":1}`)); err != nil || ok {
		t.Errorf("error %v, verified by another secret: %v", err, ok)
	}
}

// TestSlack wants nothing of a message to be a command of the chat.
func TestSlack(t *testing.T) {
	var got struct{ Text string }
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = json.NewDecoder(r.Body).Decode(&got) }))
	defer s.Close()
	m := notify.Message{Subject: "<!channel> *x* & y", Body: "```<http://evil.example|click>" + strings.Repeat("ü", 5000)}
	if err := NewHooks(loopback()).Slack(t.Context(), s.URL, "d1", m); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(got.Text, "<>") || strings.Count(got.Text, "```") != 2 || !strings.Contains(got.Text, "&lt;!channel&gt; x &amp; y") || len(got.Text) > 5000 {
		t.Errorf("%d bytes: %q", len(got.Text), got.Text)
	}
}

// TestNotPublic sends to this machine in many ways, and wants nothing to arrive.
func TestNotPublic(t *testing.T) {
	var reached atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached.Add(1) }))
	defer s.Close()
	l := s.Listener.Addr().String()
	_, port, err := net.SplitHostPort(l)
	if err != nil {
		t.Fatal(err)
	}
	strangers := NewHooks(nil)
	strangers.client.Transport.(*http.Transport).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "[::1]", "127.1", "2130706433", "0x7f000001", "017700000001", "LOCALHOST."} {
		if err := strangers.Signed(t.Context(), "https://"+host+":"+port+"/", "", "", time.Now(), nil); err == nil {
			t.Errorf("%s: sent", host)
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("reached %d times", n)
	}
	friends := NewHooks(loopback())
	friends.client.Transport.(*http.Transport).TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	if err := friends.Signed(t.Context(), "https://127.0.0.1:"+port+"/", "", "", time.Now(), nil); err != nil || reached.Load() != 1 {
		t.Errorf("where it may: %v", err)
	}
}

// TestRedirect follows what leads to where it may go, and nowhere else, and never without the body.
func TestRedirect(t *testing.T) {
	var bodies atomic.Int32
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if b, err := io.ReadAll(r.Body); err == nil && string(b) == "x" {
			bodies.Add(1)
		}
	}))
	defer target.Close()
	status, to := http.StatusTemporaryRedirect, ""
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to, status)
	}))
	defer first.Close()
	_, port, err := net.SplitHostPort(target.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	h := NewHooks(loopback())
	for _, tc := range []struct {
		status int
		to     string
		arrive bool
	}{
		{307, target.URL, true}, {308, target.URL, true}, {302, target.URL, false}, {303, target.URL, false},
		{307, "http://[::1]:" + port, false}, {307, "http://0.0.0.0:" + port, false}, {307, "ftp://127.0.0.1:" + port, false}, {307, "http://169.254.169.254/latest", false},
		{307, first.URL, false},
	} {
		bodies.Store(0)
		status, to = tc.status, tc.to
		err := h.Signed(t.Context(), first.URL, "", "", time.Now(), []byte("x"))
		if (err == nil) != tc.arrive || (bodies.Load() == 1) != tc.arrive {
			t.Errorf("%d to %s: %v, arrived %d times", tc.status, tc.to, err, bodies.Load())
		}
	}
}

// TestRefused wants the reason told when a server does not take it, without the path, which may be a secret.
func TestRefused(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	url := s.URL + "/secret"
	h := NewHooks(loopback())
	if err := h.Signed(t.Context(), url, "", "", time.Now(), nil); err == nil || !strings.Contains(err.Error(), "404 Not Found") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
	s.Close()
	if err := h.Signed(t.Context(), url, "", "", time.Now(), nil); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}

func TestURL(t *testing.T) {
	for text, want := range map[string]bool{"https://example.org/x?y=z": true, "https://[2001:db8::1]/": true, "http://example.org/": false, "": false, "example.org": false,
		"https://": false, "https:/x": false, "https://u:p@example.org/": false, "https://example.org/a b": false, "https://example.org/\r\nX: y": false,
		"file:///etc/passwd": false, "gopher://example.org/": false, "https://example.org/" + strings.Repeat("x", 3000): false, "mailto:a@example.org": false,
		"https://example.org:8443/": true, "https://example.org:25/": false, "https://example.org:0/": false, "https://example.org:99999/": false, "https://example.org:/": true} {
		if _, err := NewHooks(nil).URL(text); (err == nil) != want {
			t.Errorf("%.60q: %v", text, err)
		}
	}
	if _, err := NewHooks(loopback()).URL("http://127.0.0.1:8065/hook"); err != nil {
		t.Error(err)
	}
}

// TestClear wants nothing sent in the clear to a public address, although networks of one's own may have it so.
func TestClear(t *testing.T) {
	h := NewHooks(loopback())
	if err := h.Signed(t.Context(), "http://93.184.215.14/hook", "s", "d1", time.Now(), nil); err == nil || !strings.Contains(err.Error(), "needs https") {
		t.Errorf("error %v", err)
	}
}
