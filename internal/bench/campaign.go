package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

// campaigns measures how long a campaign takes with several numbers of workers, each a program of its own with the usual settings: real programs, a
// real PostgreSQL, and servers of another process behind proxies that make each round trip last. By that, waiting is what takes time, as it is on
// the internet.
func campaigns(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	b := &campaignBench{opt: opt, program: filepath.Join(folder, "mailtls"), stderr: stderr}
	build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "github.com/mailtls/mailtls/cmd/mailtls")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, said)
	}
	if b.servers, err = startBulkServers(ctx, opt.endpoints, stderr); err != nil {
		return err
	}
	defer b.servers.stop()
	stop, err := b.proxies(ctx)
	defer stop()
	if err != nil {
		return err
	}
	if b.dns, err = dnstest.Answers(ctx, b.zone); err != nil {
		return err
	}
	if b.postgres, err = (realtest.PostgreSQL{}).Start(ctx); err != nil {
		return err
	}
	defer b.postgres.Close()
	fmt.Fprintf(stdout, "%d domains, %d servers, %v round trips\n", opt.domains, opt.endpoints, opt.rtts[0])
	first := 0.0
	for _, field := range strings.Split(opt.workers, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return fmt.Errorf("-workers: %q is no number of programs", field)
		}
		r, err := b.run(ctx, n)
		if err != nil {
			return fmt.Errorf("%d workers: %w", n, err)
		}
		if first == 0 {
			first = r.took.Seconds() * float64(n)
		}
		r.write(stdout, opt, first)
	}
	return nil
}

// campaignBench is what all runs share.
type campaignBench struct {
	opt      options
	program  string
	servers  *bulkServers
	dns      string
	postgres *realtest.Server
	stderr   io.Writer
}

// proxyAddress is that of the proxy before a server, of the same port.
func proxyAddress(n int) netip.Addr {
	a := serverAddress(n).As4()
	a[1] += 100
	return netip.AddrFrom4(a)
}

func (b *campaignBench) proxies(ctx context.Context) (stop func(), err error) {
	var list []*wireproxy.Proxy
	stop = func() {
		for _, p := range list {
			p.Close()
		}
	}
	for i := range b.opt.endpoints {
		port := uint16(b.servers.port)
		p, err := wireproxy.Listen(ctx, wireproxy.Config{Target: netip.AddrPortFrom(serverAddress(i), port).String(), Listen: netip.AddrPortFrom(proxyAddress(i), port).String(),
			RTT: b.opt.rtts[0]})
		if err != nil {
			return stop, err
		}
		list = append(list, p)
	}
	return stop, nil
}

// zone leads the users of each domain to a server, which another domain shares, of a provider of its own.
func (b *campaignBench) zone(name, kind string) []string {
	var n int
	domain, service := strings.CutPrefix(name, "_submission._tcp.")
	if _, err := fmt.Sscanf(domain, "d%d.test.", &n); err == nil && service && kind == "SRV" {
		k := n % b.opt.endpoints
		return []string{fmt.Sprintf("SRV 0 1 %d mail%d.p%d.test.", b.servers.port, k, k)}
	} else if err == nil && !service && kind == "MX" {
		return []string{"MX 0 ."}
	}
	if _, err := fmt.Sscanf(name, "mail%d.", &n); err == nil && kind == "A" {
		return []string{"A " + proxyAddress(n).String()}
	}
	return nil
}

// run does one campaign with n workers, in a database of its own.
func (b *campaignBench) run(ctx context.Context, n int) (r *campaignRun, err error) {
	database, err := realtest.NewDatabase(ctx, b.postgres)
	if err != nil {
		return nil, err
	}
	ctx, end := context.WithCancel(ctx)
	defer end()
	args := []string{"--database", database, "--allow-private", "127.0.0.0/8", "--allow-port", strconv.Itoa(b.servers.port), "--resolver", b.dns, "--dnssec", "off"}
	serves, err := b.begin(ctx, append([]string{"serve", "--listen", "127.0.0.1:0", "--workers", "0"}, args...))
	if err != nil {
		return nil, err
	}
	r = &campaignRun{workers: n, before: busySeconds()}
	programs := []*benchProgram{serves}
	for range n {
		p, err := b.begin(ctx, append([]string{"worker"}, args...))
		if err != nil {
			return nil, err
		}
		programs = append(programs, p)
	}
	connections, err := b.servers.counts()
	if err != nil {
		return nil, err
	}
	if err := b.whole(ctx, serves, r, database); err != nil {
		return nil, err
	}
	after, err := b.servers.counts()
	r.made = after - connections
	r.after = busySeconds()
	for _, p := range programs {
		took, ended := p.end()
		r.cpu, err = r.cpu+took, errors.Join(err, ended)
	}
	return r, err
}

// whole submits the list, waits until the campaign is done, and looks what came of it.
func (b *campaignBench) whole(ctx context.Context, serves *benchProgram, r *campaignRun, database string) error {
	service := strings.TrimSuffix(strings.TrimPrefix(serves.first, "mailtls serves "), "; Ctrl-C ends it.")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, service+"/api/v1/campaigns?name=bench", &nameReader{left: b.opt.domains})
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/plain")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var c struct{ Events string }
	if err := json.NewDecoder(res.Body).Decode(&c); err != nil || res.StatusCode != http.StatusCreated {
		return fmt.Errorf("submitting: %s: %w", res.Status, err)
	}
	for over := false; !over; {
		text, err := get(ctx, service+c.Events)
		if err != nil {
			return err
		}
		over = strings.Contains(text, "event: over")
	}
	db, err := sql.Open("pgx", database)
	if err != nil {
		return err
	}
	defer db.Close()
	var took float64
	err = db.QueryRowContext(ctx, `SELECT (max(s.ended_ms) - min(c.begun_ms)) / 1000.0, count(*), count(DISTINCT s.target), sum(s.connections),
		(SELECT count(*) FROM campaign_endpoints WHERE state = 'done' AND connections > 0), (SELECT count(*) FROM campaign_endpoints)
		FROM scans s JOIN campaigns c ON c.id = s.campaign WHERE s.state = 'done'`).Scan(&took, &r.scans, &r.targets, &r.told, &r.scanned, &r.endpoints)
	r.took = time.Duration(took * float64(time.Second))
	return err
}

func get(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return string(text), err
}
