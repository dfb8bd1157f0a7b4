package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

// scansAtOnce, scansOfOne, scansOfLab are how many scans run at the same time, of all servers, of one endpoint and of one server of
// the lab: they wait more than they compute, but Dovecot starts a process for each connection.
const scansAtOnce, scansOfOne, scansOfLab = 64, 2, 8

// longestScan is when a scan over a rough path is broken off. What it has not decided by then it counts as not known.
const longestScan = 4 * time.Minute

// roughTimeout is how long a scan over a rough path waits for each reply: longer than any delay, and short where silence is
// what a connection gets.
const roughTimeout = 4 * time.Second

// disturb scans each server once over a smooth path and opt.runs times over rough ones, by the active checks alone, and counts
// what they get wrong. The error says whether that is more than is allowed.
func disturb(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	subjects, stop, err := disturbed(ctx, opt, stderr)
	defer stop()
	if err != nil {
		return err
	}
	t := newTally()
	t.verbose = opt.verbose
	start := time.Now()
	var wg sync.WaitGroup
	all := make(chan struct{}, scansAtOnce)
	for run := range opt.runs + 1 { // the first is the smooth one
		for i := range subjects {
			s := &subjects[i]
			wg.Go(func() {
				s.turn <- struct{}{}
				all <- struct{}{}
				if trial := s.trial(opt, run); ctx.Err() == nil {
					if trial.scan(ctx); ctx.Err() == nil {
						t.add(trial)
					}
				}
				<-all
				<-s.turn
			})
		}
	}
	wg.Wait()
	return errors.Join(t.write(stdout, time.Since(start)), ctx.Err()) // an interrupted run tells what it saw
}

// A trial is one scan of one server.
type trial struct {
	*subject
	seed  uint64
	rtt   time.Duration
	rough bool

	connections int
	findings    []check.Finding
	err         error
}

// trial returns the nth trial of s; the 0th is over a smooth path.
func (s *subject) trial(opt options, n int) *trial {
	t := &trial{subject: s, rough: n > 0}
	if t.rough {
		t.seed = opt.seed + uint64(n) - 1
		t.rtt = opt.rtts[(t.seed+hash(s.name))%uint64(len(opt.rtts))]
	}
	return t
}

func hash(name string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, name)
	return h.Sum64()
}

// scan makes the scan, through a proxy.
func (t *trial) scan(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, longestScan)
	defer cancel()
	addr, stop, err := t.start(ctx)
	if err != nil {
		t.err = err
		return
	}
	defer stop()
	path := wireproxy.Config{Target: addr, RTT: t.rtt}
	cfg := mailtls.Config{Only: t.checks(), Roots: t.roots, IP: "127.0.0.1"}
	if t.rough {
		cfg.Timeout = roughTimeout
		path.Disturb = func(n int) wireproxy.Disturbance { return rough(t.seed^hash(t.name), n, turnedAway(t.protocol)) }
	}
	proxy, err := wireproxy.Listen(ctx, path)
	if err != nil {
		t.err = err
		return
	}
	defer proxy.Close()
	_, port, _ := net.SplitHostPort(proxy.Addr())
	r, err := mailtls.Scan(ctx, t.protocol+"://"+t.host+":"+port, &cfg)
	if err != nil {
		t.err = fmt.Errorf("scanning %s: %w", t.name, err)
		return
	}
	t.connections, t.findings = proxy.Stats().Connections, r.Endpoints[0].Findings
}

// checks are those that s is scanned by: of the lab's servers those that want something of it, of others all active ones.
func (s *subject) checks() []string {
	if s.want == nil {
		return activeChecks()
	}
	return slices.Sorted(maps.Keys(s.want))
}

// activeChecks are the ids of the checks that try an attack.
func activeChecks() []string {
	var ids []string
	for _, c := range check.All() {
		if c.Tries() {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// rough is what befalls the nth connection of a run: one in eighteen is turned away, one in ten reset at any moment, one in a
// hundred not answered, and of a third the pieces come late.
func rough(seed uint64, n int, away wireproxy.Disturbance) wireproxy.Disturbance {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	var d wireproxy.Disturbance
	if r.IntN(3) == 0 {
		d.Delay = func() time.Duration { return time.Duration(r.Int64N(int64(150 * time.Millisecond))) }
	}
	switch x := r.Float64(); {
	case x < 0.055:
		return away
	case x < 0.155:
		d.Reset = 1 + r.IntN(longestExchange)
	case x < 0.165:
		d.Fault = wireproxy.Silence
	case x < 0.175:
		d.Fault = wireproxy.Reset
	}
	return d
}

// longestExchange is about how many bytes the longest handshakes take, both ways: a reset comes anywhere in them.
const longestExchange = 6000

// turnedAway is how a server of that protocol says that it has enough clients.
func turnedAway(protocol string) wireproxy.Disturbance {
	switch family(protocol) {
	case "smtp", "lmtp":
		return wireproxy.Disturbance{Instead: "421 4.7.0 mail.test Error: too many connections from you\r\n"}
	case "imap":
		return wireproxy.Disturbance{Instead: "* BYE Too many connections, try again later\r\n"}
	case "pop3":
		return wireproxy.Disturbance{Instead: "-ERR [SYS/TEMP] Too many connections, try again later\r\n"}
	case "sieve":
		return wireproxy.Disturbance{Instead: "BYE (TRYLATER) \"Too many connections, try again later\"\r\n"}
	}
	return wireproxy.Disturbance{Fault: wireproxy.Hangup}
}
