package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/report"
)

// manyDomains measures a scan of generated domains behind servers on loopback that another process runs, so that the memory is the
// scanner's alone. All DNS answers come from a map made for each domain, and nothing is limited but the connections to an address.
func manyDomains(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	folder, err := os.MkdirTemp("", "bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	servers, err := startBulkServers(ctx, opt.endpoints, stderr)
	if err != nil {
		return err
	}
	defer servers.stop()
	m := &bulkMeasurement{opt: opt, servers: servers, scans: new(atomic.Int64)}
	if err := m.run(ctx, filepath.Join(folder, "journal"), stderr); err != nil {
		return err
	}
	connections, err := servers.counts()
	if err != nil {
		return err
	}
	m.connections = connections
	if m.floor, err = servers.floor(ctx, 5*time.Second); err != nil {
		return err
	}
	return m.write(stdout)
}

// bulkMeasurement is what is measured.
type bulkMeasurement struct {
	opt                   options
	servers               *bulkServers
	scans                 *atomic.Int64
	read, scan, join      time.Duration
	known                 journal.Counts
	connections           int
	floor                 float64 // single handshakes in a second
	journalBytes          int64
	afterScan, afterWrite int64 // peak memory
}

func (m *bulkMeasurement) run(ctx context.Context, path string, stderr io.Writer) error {
	stages, err := m.stages(ctx)
	if err != nil {
		return err
	}
	j, err := journal.Create(path, "")
	if err != nil {
		return err
	}
	defer j.Close()
	start := time.Now()
	_, err = bulk.List{}.Read(&nameReader{left: m.opt.domains}, func(l []journal.Entry, read journal.Part) error {
		_, err := j.Add(l, &read)
		return err
	})
	if err != nil {
		return err
	}
	m.read = time.Since(start)
	r := &bulk.Run{Journal: j, Stages: stages, Workers: 50, Progress: func(p bulk.Progress) {
		if int(p.Elapsed.Seconds())%30 == 29 {
			fmt.Fprintf(stderr, "%+v\n", p)
		}
	}}
	start = time.Now()
	if err := r.Scan(ctx); err != nil {
		return err
	}
	m.scan, m.afterScan = time.Since(start), peakMemory()
	if m.known, err = j.Counts(); err != nil {
		return err
	}
	start = time.Now()
	if !m.opt.dnsOnly {
		if left, err := r.WriteJSONL(ctx, io.Discard); err != nil || left > 0 {
			return fmt.Errorf("%d results are missing: %w", left, err)
		}
	}
	m.join, m.afterWrite = time.Since(start), peakMemory()
	if info, err := os.Stat(path); err == nil {
		m.journalBytes = info.Size()
	}
	return nil
}

// stages are those of the library, but for the DNS, and for ports and protocols: the servers are all of port 25, at another one.
func (m *bulkMeasurement) stages(ctx context.Context) (bulk.Stages, error) {
	resolver, err := emptyDNS(ctx)
	if err != nil {
		return bulk.Stages{}, err
	}
	s, err := mailtls.NewStages(ctx, &mailtls.Config{Quick: true, AllowPrivate: true, FactsOnly: true, Resolvers: []string{resolver}, DNSSEC: "off"})
	if err != nil {
		return bulk.Stages{}, err
	}
	targets := func(d *evidence.Domain) []evidence.Target {
		var out []evidence.Target
		for _, t := range s.Targets(d) {
			if t.Protocol == "smtp" && !m.opt.dnsOnly {
				t.Port = m.servers.port
				out = append(out, t)
			}
		}
		return out
	}
	return bulk.Stages{Discover: m.discover, Targets: targets, Scan: func(ctx context.Context, t evidence.Target, admit func(context.Context) (func(), error)) (*evidence.Endpoint, error) {
		m.scans.Add(1)
		return s.ScanTarget(ctx, t, admit)
	}, Report: func(d *evidence.Domain, list []*evidence.Endpoint) (*report.Report, error) { return s.Report(d, list) }}, nil
}

// discover asks a map with the records of one domain: two exchangers, one of which many domains share.
func (m *bulkMeasurement) discover(ctx context.Context, name string, _ bulk.AdmitWeb) (*evidence.Domain, error) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "d"), ".test"))
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	for i, host := range []int{n % m.opt.endpoints, n * 7 % min(m.opt.endpoints, 100)} {
		fmt.Fprintf(&text, "%s. MX %d mx%d.provider%d.test.\nmx%d.provider%d.test. A %s\n", name, 10+i, host, host%500, host, host%500, serverAddress(host))
	}
	fmt.Fprintf(&text, "_smtp._tls.%s. TXT \"v=TLSRPTv1; rua=mailto:a@%s\"\n", name, name)
	w, err := resolve.NewTwin(text.String(), nil, nil)
	if err != nil {
		return nil, err
	}
	return discover.Domain(ctx, name, discover.Config{Resolver: w, Mode: resolve.Off})
}

// nameReader is the list: d0.test, d1.test …
type nameReader struct {
	left, next int
	rest       string
}

func (r *nameReader) Read(b []byte) (int, error) {
	if r.rest == "" {
		if r.left == r.next {
			return 0, io.EOF
		}
		r.rest = fmt.Sprintf("d%d.test\n", r.next)
		r.next++
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// emptyDNS serves a DNS without names, for what asks whether there is one.
func emptyDNS(ctx context.Context) (string, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	s := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) { _ = w.WriteMsg(new(dns.Msg).SetReply(q)) })}
	go func() { _ = s.ActivateAndServe() }()
	return conn.LocalAddr().String(), nil
}

// peakMemory is the most memory that this process has had, in bytes.
func peakMemory() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n << 10
		}
	}
	return 0
}

func (m *bulkMeasurement) write(w io.Writer) error {
	mb := func(n int64) float64 { return float64(n) / 1e6 }
	perSecond := func(n int, d time.Duration) float64 { return float64(n) / d.Seconds() }
	fmt.Fprintf(w, "domains\t%d\nendpoints\t%d\n", m.known.Domains, m.known.Endpoints)
	fmt.Fprintf(w, "list read in\t%.1f s\t%.0f names/s\n", m.read.Seconds(), perSecond(m.known.Domains, m.read))
	fmt.Fprintf(w, "scanned in\t%.1f s\t%.0f domains/s\t%.1f endpoints/s\n", m.scan.Seconds(), perSecond(m.known.Domains, m.scan), perSecond(m.known.Endpoints, m.scan))
	if !m.opt.dnsOnly {
		fmt.Fprintf(w, "written in\t%.1f s\t%.0f domains/s\n", m.join.Seconds(), perSecond(m.known.Domains, m.join))
	}
	fmt.Fprintf(w, "connections\t%d\t%.1f per endpoint\t%.0f/s\n", m.connections, float64(m.connections)/float64(max(m.known.Endpoints, 1)), perSecond(m.connections, m.scan))
	fmt.Fprintf(w, "single handshakes\t%.0f/s\n", m.floor)
	fmt.Fprintf(w, "scanned more than once\t%d\n", int(m.scans.Load())-m.known.Endpoints)
	_, err := fmt.Fprintf(w, "peak memory\t%.0f MB scanning\t%.0f MB in the end\njournal\t%.0f MB\n", mb(m.afterScan), mb(m.afterWrite), mb(m.journalBytes))
	return err
}
