package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/wireproxy"
	"github.com/mailtls/mailtls/report"
)

// bench is one run of the program.
type bench struct {
	opt    options
	stderr io.Writer
	result Result
}

// measure does what the options ask for, on every endpoint. What fails does not keep the rest from being measured.
func (b *bench) measure(ctx context.Context, endpoints []endpoint) error {
	var errs []error
	for _, e := range endpoints {
		switch {
		case b.opt.memory:
			errs = append(errs, b.measureMemory(ctx, e))
		case b.opt.peers:
			errs = append(errs, b.comparePeers(ctx, e))
		default:
			errs = append(errs, b.measureScans(ctx, e))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// measureScans scans e fully and quickly at each round trip time.
func (b *bench) measureScans(ctx context.Context, e endpoint) error {
	for _, rtt := range b.opt.rtts {
		for _, quick := range []bool{false, true} {
			s, err := measureScan(ctx, e, rtt, mailtls.Config{Quick: quick, Parallel: b.opt.parallel})
			if err != nil {
				return err
			}
			fmt.Fprintf(b.stderr, "%s %v %s: %d connections, %v\n", s.Server, s.RTT, s.Mode, s.Connections, s.Wall.Round(time.Millisecond))
			b.result.Scans = append(b.result.Scans, s)
		}
	}
	return nil
}

// measureScan scans e through a proxy.
func measureScan(ctx context.Context, e endpoint, rtt time.Duration, cfg mailtls.Config) (Scan, error) {
	proxy, err := wireproxy.Listen(ctx, wireproxy.Config{Target: e.addr, RTT: rtt})
	if err != nil {
		return Scan{}, err
	}
	defer proxy.Close()
	start := time.Now()
	r, err := scanAt(ctx, e, proxy.Addr(), cfg)
	wall := time.Since(start)
	if err != nil {
		return Scan{}, err
	}
	s := newScan(r.Endpoints[0].Endpoint)
	s.Server, s.RTT, s.Wall, s.Mode = e.name, rtt, wall, map[bool]string{true: "quick", false: "full"}[cfg.Quick]
	s.Active, s.Attacks = activeConnections(r.Endpoints[0].Observations)
	stats := proxy.Stats()
	s.Connections, s.Peak, s.BytesOut, s.BytesIn = stats.Connections, stats.ClientPeak, stats.ToServer, stats.ToClient
	s.Average = average(proxy.Connections(), wall)
	s.Unwell = r.Endpoints[0].Verdict != report.Pass
	s.Marks = s.judge()
	return s, nil
}

// average is how many connections were open on average during the time wall; what is not yet closed does not count.
func average(list []wireproxy.Connection, wall time.Duration) float64 {
	var open time.Duration
	for _, c := range list {
		if !c.Closed.IsZero() {
			open += c.Closed.Sub(c.Opened)
		}
	}
	return open.Seconds() / wall.Seconds()
}

// scanAt scans what listens at addr as if it were the endpoint e of a mail server with a name.
func scanAt(ctx context.Context, e endpoint, addr string, cfg mailtls.Config) (*report.Report, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("scanning %s: %w", e.name, err)
	}
	if cfg.Roots, err = realtest.Roots(); err != nil {
		return nil, fmt.Errorf("scanning %s: %w", e.name, err)
	}
	cfg.IP = host
	r, err := mailtls.Scan(ctx, e.protocol+"://"+realtest.Host+":"+port, &cfg)
	if err != nil {
		return nil, fmt.Errorf("scanning %s: %w", e.name, err)
	}
	return r, nil
}

// newScan takes from the evidence what the proxy cannot know.
func newScan(ep *evidence.Endpoint) Scan {
	s := Scan{Floor: ep.Cost.Floor, Groups: len(ep.Facts.GroupsTLS13.Value), Claimed: ep.Cost.Connections, Ended: ep.Ended}
	for _, list := range ep.Facts.Suites.Value {
		s.Suites += len(list)
	}
	ids := make([]string, 0, len(ep.Observations))
	for _, o := range ep.Observations {
		ids = append(ids, o.ID)
	}
	s.Questions, s.Repeated, s.Slow = questions(ids), repeated(ep.Observations), slowest(ep.Observations)
	return s
}
