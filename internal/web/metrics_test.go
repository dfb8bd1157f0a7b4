package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMetrics wants requests by route and status, scans that ended since the start, and well-formed lines, whatever was asked for.
func TestMetrics(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	s.get(t, "/checks/rc4", http.StatusOK)
	s.get(t, "/checks/%22%0a%5c", http.StatusNotFound)
	s.get(t, "/nothing%22", http.StatusNotFound)
	text := s.get(t, "/metrics", http.StatusOK)
	for _, want := range []string{`mailtls_service_requests_total{route="GET /checks/{id}",code="200"} 1`, `mailtls_service_requests_total{route="GET /checks/{id}",code="404"} 1`,
		`mailtls_service_requests_total{route="/",code="404"} 1`, `mailtls_service_request_seconds_count{route="GET /checks/{id}"} 2`,
		`mailtls_service_scans{state="waiting"} 0`, "mailtls_service_scans_removed_total 0", `mailtls_service_campaigns{state="paused"} 0`,
		"mailtls_service_campaign_domains_left 0", "mailtls_service_campaign_endpoints_left 0", "mailtls_service_monitored 0", "mailtls_service_monitors_late_seconds 0", `mailtls_service_scan_seconds_bucket{le="+Inf"} 0`, `mailtls_service_info{version="test",go="go`} {
		if !strings.Contains(text, want) {
			t.Errorf("does not say %q:\n%s", want, text)
		}
	}
	line := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? [0-9.e+-]+)$`)
	for l := range strings.Lines(text) {
		if !line.MatchString(strings.TrimSuffix(l, "\n")) {
			t.Errorf("not well-formed: %q", l)
		}
	}
}

// TestMeasureScans counts each scan once, whenever it is looked.
func TestMeasureScans(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	rep := reportOn(t, "strong")
	start := time.Now().Add(-time.Minute)
	m := newMeasures(start)
	key := [2]string{"done", "quick"}
	s.keep(t, "smtp://one.example:25", rep)
	for _, look := range []struct {
		at   time.Time
		want int
	}{{start, 0}, {time.Now().Add(settled + time.Second), 1}, {time.Now().Add(settled + time.Second), 1}, {time.Now().Add(time.Hour), 1}} {
		if err := m.catchUp(t.Context(), s.store, look.at); err != nil || m.ended[key] != look.want {
			t.Errorf("at %v: %v, %v", look.at, m.ended, err)
		}
	}
	if want := rep.Endpoints[0].Cost.Connections; m.connections != want || m.scans.counts[len(m.scans.bounds)] != 0 {
		t.Errorf("%d connections, want %d; %+v", m.connections, want, m.scans)
	}
}

// TestStrangers wants metrics told to this machine and to the networks that were named, and not to a proxy, which asks for strangers.
func TestStrangers(t *testing.T) {
	s := &server{Config: Config{Measurers: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}}
	for _, c := range []struct {
		from, host, forwarded string
		want                  bool
	}{
		{"127.0.0.1:5000", "localhost:8080", "", true},
		{"[::1]:5000", "[::1]:8080", "", true},
		{"[::ffff:127.0.0.1]:5000", "127.0.0.1", "", true},
		{"127.0.0.1:5000", "mailtls.example.org", "", false},
		{"127.0.0.1:5000", "localhost:8080", "192.0.2.1", false},
		{"192.0.2.1:5000", "localhost:8080", "", false},
		{"10.1.2.3:5000", "10.1.0.1:8080", "", true},
		{"10.2.2.3:5000", "10.1.0.1:8080", "", false},
		{"junk", "localhost:8080", "", false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
		r.RemoteAddr, r.Host = c.from, c.host
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := s.mayMeasure(r); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
