package web

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/jobs"
)

func TestLimits(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimits(func() time.Time { return now })
	for i := range visitorBurst {
		if no := l.admit("192.0.2.1:5000", fmt.Sprint(i)); no != nil {
			t.Fatalf("order %d: %s", i, no.why)
		}
	}
	now = now.Add(time.Second)
	if no := l.admit("192.0.2.1:5001", "x"); no == nil || no.seconds() != "5" {
		t.Errorf("one visitor has no limit, or another: %+v", no)
	}
	now = now.Add(-time.Second)
	if l.admit("192.0.2.2:5000", "x") != nil {
		t.Error("another visitor is kept out")
	}
	now = now.Add(visitorPause)
	if l.admit("192.0.2.1:5002", "x") != nil {
		t.Error("whoever waits is kept out, too")
	}
	for i := range targetBurst {
		l.admit(fmt.Sprintf("[2001:db8:%d::1]:1", i), "popular")
	}
	if no := l.admit("[2001:db8:99::1]:1", "popular"); no == nil || no.seconds() != "60" {
		t.Errorf("one target has no limit, or another: %+v", no)
	}
}

// TestLimitsBehindProxy has one visitor use up what is his: another that comes by the same proxy orders still, by the page and by the API; and
// none by a proxy that is not believed.
func TestLimitsBehindProxy(t *testing.T) {
	t.Run("believed", func(t *testing.T) { limitsBehind(t, aProxy(), http.StatusSeeOther, http.StatusCreated) })
	t.Run("not believed", func(t *testing.T) { limitsBehind(t, nil, http.StatusTooManyRequests, http.StatusTooManyRequests) })
}

func limitsBehind(t *testing.T, proxies []netip.Prefix, wantPage, wantAPI int) {
	s := run(t, filepath.Join(t.TempDir(), "mailtls.db"), jobs.Config{Workers: 1, Scan: mailtls.Config{Allow: Allow(nil, Ports(nil))}},
		Config{Ports: Ports(nil), Proxies: proxies, clock: func() time.Time { return time.Unix(0, 0) }})
	client := s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	order := func(visitor, path, media, body string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", media)
		req.Header.Set("X-Forwarded-For", "198.51.100.9, "+visitor) // of which the first can be written by anybody
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	page := func(visitor string, n int) int {
		return order(visitor, "/scans", "application/x-www-form-urlencoded", fmt.Sprintf("target=p%d.invalid", n))
	}
	api := func(visitor string, n int) int {
		return order(visitor, "/api/v1/scans", "application/json", fmt.Sprintf(`{"target": "a%d.invalid"}`, n))
	}
	for i := range visitorBurst {
		if got := page("192.0.2.1", i); got != http.StatusSeeOther {
			t.Fatalf("order %d: %d", i, got)
		}
	}
	if one, two := page("192.0.2.1", 100), api("192.0.2.1", 100); one != http.StatusTooManyRequests || two != http.StatusTooManyRequests {
		t.Errorf("beyond what is his, by the page %d, by the API %d", one, two)
	}
	if one, two := page("192.0.2.2", 101), api("192.0.2.2", 101); one != wantPage || two != wantAPI {
		t.Errorf("another by the same proxy, by the page %d, by the API %d", one, two)
	}
}

func TestVisitor(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:1": "192.0.2.1", "[::ffff:192.0.2.1]:1": "192.0.2.1", "[2001:db8::1]:1": "2001:db8::/64", "[2001:db8::2:1]:9": "2001:db8::/64",
		"[fe80::1%eth0]:1": "fe80::/64", "odd": "odd",
	} {
		if got := visitorOf(remote); got != want {
			t.Errorf("%s: %s, want %s", remote, got, want)
		}
	}
}

// TestForgets wants no memory that grows with visitors.
func TestForgets(t *testing.T) {
	now := time.Unix(0, 0)
	l := newLimits(func() time.Time { return now })
	for i := range 3 * maxKnown {
		l.admit(fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255), fmt.Sprint(i))
	}
	for _, b := range []buckets{l.visitors, l.targets} {
		if n := len(b.late) + len(b.early); n > 2*maxKnown || n < maxKnown {
			t.Errorf("%d are remembered", n)
		}
	}
}

// TestTriesForget wants no word that somebody typed kept: a password may be among them, typed in the wrong field.
func TestTriesForget(t *testing.T) {
	tried := newTries(func() time.Time { return time.Unix(0, 0) })
	long := strings.Repeat("a secret ", maxBody/9)
	for i := range accountTries {
		if !tried.admit(fmt.Sprintf("192.0.2.%d:1", i), strings.ToUpper(long)) {
			t.Fatal("too few tries")
		}
	}
	if tried.admit("198.51.100.1:1", long) {
		t.Error("the same name in other letters has tries of its own")
	}
	for key := range tried.names.late {
		if len(key) > sha256.Size || strings.Contains(strings.ToLower(key), "secret") {
			t.Errorf("kept %.100q, of %d bytes", key, len(key))
		}
	}
}
