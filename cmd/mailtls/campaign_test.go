package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

// campaignNet is a DNS in which the domains d0.test, d1.test … lead their users to servers behind proxies, each at an address of its own.
type campaignNet struct {
	dns     string
	ports   []string
	proxies []*wireproxy.Proxy
}

func newCampaignNet(t *testing.T, servers int, fault func(server, connection int) wireproxy.Fault) *campaignNet {
	t.Helper()
	l, err := newLab()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	x := new(campaignNet)
	for i := range servers {
		server, err := l.start(context.Background(), "strong-submission", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		p, err := wireproxy.Listen(t.Context(), wireproxy.Config{Target: server.Addr, Listen: fmt.Sprintf("127.0.1.%d:0", i+1), Fault: func(n int) wireproxy.Fault { return fault(i, n) }})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		_, port, err := net.SplitHostPort(p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		x.proxies, x.ports = append(x.proxies, p), append(x.ports, port)
	}
	if x.dns, err = dnstest.Answers(t.Context(), x.zone); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *campaignNet) zone(name, kind string) []string {
	var n int
	domain, service := strings.CutPrefix(name, "_submission._tcp.")
	if _, err := fmt.Sscanf(domain, "d%d.test.", &n); err == nil && service && kind == "SRV" {
		k := n % len(x.ports)
		return []string{fmt.Sprintf("SRV 0 1 %s mail%d.p%d.test.", x.ports[k], k, k)}
	} else if err == nil && !service && kind == "MX" {
		return []string{"MX 0 ."}
	}
	if _, err := fmt.Sscanf(name, "mail%d.", &n); err == nil && kind == "A" {
		return []string{fmt.Sprintf("A 127.0.1.%d", n+1)}
	}
	return nil
}

// TestCampaignKilled has a service without scans of its own, and workers. The one that scans for a campaign is killed; another goes on, and each
// domain has one report, though each server is scanned once, but for the one that the worker was at.
func TestCampaignKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("runs three programs, none of them under the race detector")
	}
	database := realtest.Database(t, postgresql.Use(t))
	stuck, once, killed := make(chan struct{}), sync.Once{}, atomic.Bool{}
	x := newCampaignNet(t, 4, func(server, connection int) wireproxy.Fault {
		if server != 2 || connection == 1 || killed.Load() {
			return wireproxy.None
		}
		once.Do(func() { close(stuck) })
		return wireproxy.Silence
	})
	may := []string{"--database", database, "--allow-private", "127.0.0.0/8", "--resolver", x.dns, "--dnssec", "off"}
	for _, port := range x.ports {
		may = append(may, "--allow-port", port)
	}
	serves := begin(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--workers", "0"}, may...)...)
	service := strings.TrimSuffix(strings.TrimPrefix(serves.first, "mailtls serves "), "; Ctrl-C ends it.")
	dies := begin(t, append([]string{"worker"}, may...)...)
	var list strings.Builder
	for i := range 40 {
		fmt.Fprintf(&list, "d%d.test\n", i)
	}
	res, err := http.Post(service+"/api/v1/campaigns?name=x", "text/plain", strings.NewReader(list.String())) //nolint:gosec,noctx // our own, and the test ends anyway
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var c struct{ ID, Events string }
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("%s, %v", res.Status, err)
	}
	<-stuck
	db, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for scanned := 0; scanned < 3; <-time.After(20 * time.Millisecond) { // between looks
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM campaign_endpoints WHERE state = 'done'").Scan(&scanned); err != nil {
			t.Fatal(err)
		}
	}
	if err := dies.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-dies.ended
	killed.Store(true)
	before := x.proxies[2].Stats().Connections
	lives := begin(t, append([]string{"worker"}, may...)...)
	if _, err := db.ExecContext(t.Context(), "UPDATE workers SET alive_ms = alive_ms - 61000 WHERE id = (SELECT worker FROM campaign_endpoints WHERE state = 'scanning' AND address = '127.0.1.3')"); err != nil { // a minute passes
		t.Fatal(err)
	}
	if events := read(t, service, c.Events); !strings.HasSuffix(events, "event: over\ndata: \"done\"\n\n") { // until it is over
		t.Errorf("whoever watched saw:\n%s", events)
	}
	var scans, targets, done, living, connections int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*), count(DISTINCT target), (SELECT count(*) FROM campaign_domains WHERE state = 'done' AND verdict <> ''),
		(SELECT count(*) FROM workers), (SELECT sum(connections) FROM scans) FROM scans WHERE state = 'done' AND campaign <> ''`).
		Scan(&scans, &targets, &done, &living, &connections); err != nil || scans != 40 || targets != 40 || done != 40 || living != 1 {
		t.Errorf("%d scans of %d targets, %d domains, and %d workers; error %v", scans, targets, done, living, err)
	}
	made := -before
	for _, p := range x.proxies {
		made += p.Stats().Connections
	}
	if made != connections {
		t.Errorf("%d connections are told, and there were %d, beside those of the worker that was killed", connections, made)
	}
	lives.end(t)
	serves.end(t)
}
