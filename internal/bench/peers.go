package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

// Comparison is one endpoint, scanned by the peers and by mailtls with as many connections at once as nmap made.
type Comparison struct {
	Server   string        `json:"server"`
	RTT      time.Duration `json:"rtt_ns"`
	Parallel int           `json:"parallel"` // of mailtls
	Scan     Scan          `json:"scan"`
	Quick    Scan          `json:"quick"`
	Peers    []PeerRun     `json:"peers"`
}

// PeerRun is one run of a peer. Connections, Peak and bytes are the proxy's.
type PeerRun struct {
	Peer        string        `json:"peer"`
	Command     []string      `json:"command"`
	Connections int           `json:"connections"`
	Peak        int           `json:"peak"` // connections that the peer held open at once
	Wall        time.Duration `json:"wall_ns"`
	BytesOut    int64         `json:"bytes_out"`
	BytesIn     int64         `json:"bytes_in"`
	Suites      int           `json:"suites"` // in its output: 0 means that it failed, and its time says nothing
	Ratio       float64       `json:"ratio"`  // its wall time in scans of mailtls
	Wanted      float64       `json:"wanted"` // the least ratio
	Error       string        `json:"error,omitempty"`
}

// comparePeers measures the peers at e first: how many connections nmap makes at once decides how many mailtls may.
func (b *bench) comparePeers(ctx context.Context, e endpoint) error {
	for _, rtt := range b.opt.rtts {
		c := Comparison{Server: e.name, RTT: rtt, Parallel: b.opt.parallel}
		for _, p := range peers() {
			run, err := p.measure(ctx, e, rtt)
			if err != nil {
				fmt.Fprintf(b.stderr, "leaving out %s: %v\n", p.name, err)
				continue
			}
			fmt.Fprintf(b.stderr, "%s %v %s: %d connections, %v\n", e.name, rtt, p.name, run.Connections, run.Wall.Round(time.Millisecond))
			c.Peers = append(c.Peers, run)
		}
		if c.Parallel == 0 {
			c.Parallel = fairParallel(c.Peers)
		}
		var err error
		if c.Scan, err = measureScan(ctx, e, rtt, mailtls.Config{Parallel: c.Parallel}); err != nil {
			return err
		}
		if c.Quick, err = measureScan(ctx, e, rtt, mailtls.Config{Parallel: c.Parallel, Quick: true}); err != nil {
			return err
		}
		c.rate()
		b.result.Peers = append(b.result.Peers, c)
	}
	return nil
}

// The number of connections at once that is fair where nmap does not say, and the most that is fair.
const usualParallel, mostParallel = 6, 10

// fairParallel is how many connections nmap held open at once, if that is fair.
func fairParallel(runs []PeerRun) int {
	for _, r := range runs {
		if r.Peer == "nmap" && r.Peak > 0 {
			return min(r.Peak, mostParallel)
		}
	}
	return usualParallel
}

// rate compares the wall times.
func (c *Comparison) rate() {
	for i := range c.Peers {
		c.Peers[i].Ratio = c.Peers[i].Wall.Seconds() / c.Scan.Wall.Seconds()
	}
}

// measure runs p on e through a proxy of its own.
func (p peer) measure(ctx context.Context, e endpoint, rtt time.Duration) (PeerRun, error) {
	proxy, err := wireproxy.Listen(ctx, wireproxy.Config{Target: e.addr, RTT: rtt})
	if err != nil {
		return PeerRun{}, err
	}
	defer proxy.Close()
	command, clean, err := p.command(e.protocol, proxy.Addr())
	if err != nil {
		return PeerRun{}, err
	}
	defer clean()
	start := time.Now()
	output, err := execute(ctx, command)
	run := PeerRun{Peer: p.name, Command: command, Wall: time.Since(start), Suites: len(p.suite.FindAll(output, -1)), Wanted: p.wanted}
	if errors.Is(err, errNotFound) {
		return run, err
	}
	if err != nil {
		run.Error = err.Error()
	}
	stats := proxy.Stats()
	run.Connections, run.Peak, run.BytesOut, run.BytesIn = stats.Connections, stats.ClientPeak, stats.ToServer, stats.ToClient
	return run, nil
}

func writeComparison(w io.Writer, c Comparison) {
	fmt.Fprintf(w, "\n%s at %v round trip, mailtls with %d connections at once\n", c.Server, c.RTT, c.Parallel)
	fmt.Fprintln(w, "tool\tsuites\tconns\tat once\twall\tbytes out\tbytes in\ttool/mailtls\twanted\tlimits")
	for _, s := range []Scan{c.Scan, c.Quick} {
		fmt.Fprintf(w, "mailtls %s\t%d\t%d\t%d\t%s\t%d\t%d\t-\t-\t%s\n", s.Mode, s.Suites, s.Connections, s.Peak, seconds(s.Wall), s.BytesOut, s.BytesIn,
			verdict(s.Marks))
	}
	for _, r := range c.Peers {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t%d\t%d\t%.1f\t%.0f\t%s\n", r.Peer, r.Suites, r.Connections, r.Peak, seconds(r.Wall), r.BytesOut, r.BytesIn,
			r.Ratio, r.Wanted, r.verdict())
	}
}

// verdict says whether mailtls was as much faster as it should be, if the peer found anything.
func (r PeerRun) verdict() string {
	switch {
	case r.Suites == 0:
		return "FAILED: it found no cipher suites. " + r.Error
	case r.Ratio < r.Wanted:
		return "BROKEN"
	}
	return "kept"
}
