package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	servers   *regexp.Regexp
	rtts      []time.Duration
	parallel  int
	peers     bool
	memory    bool
	disturb   bool
	opinions  bool
	runs      int
	seed      uint64
	bulk      bool
	serve     bool
	dnsOnly   bool
	pages     bool
	live      bool
	postgres  bool
	reports   int
	monitors  int
	period    time.Duration
	campaign  bool
	workers   string
	domains   int
	endpoints int
	verbose   bool
	json      bool
}

// run is the whole program. The error is also for servers that could not be measured; figures above their limits are
// marked, and no error.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opt, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	switch {
	case opt.serve:
		return serveBulk(opt.endpoints, os.Stdin, stdout)
	case opt.campaign:
		return campaigns(ctx, opt, stdout, stderr)
	case opt.bulk:
		return manyDomains(ctx, opt, stdout, stderr)
	case opt.monitors > 0:
		return manyMonitors(ctx, opt, stdout, stderr)
	case opt.live:
		return liveScan(ctx, stdout, stderr)
	case opt.pages:
		return manyPages(ctx, opt, stdout, stderr)
	}
	if opt.disturb {
		return disturb(ctx, opt, stdout, stderr)
	}
	if opt.opinions {
		return opinions(ctx, opt, stdout, stderr)
	}
	endpoints, stop, err := startServers(ctx, opt.servers, stderr)
	defer stop()
	if err != nil {
		return err
	}
	b := &bench{opt: opt, stderr: stderr, result: Result{At: time.Now().UTC(), Machine: machine()}}
	measureErr := b.measure(ctx, endpoints)
	if opt.json {
		return errors.Join(measureErr, writeJSON(stdout, b.result))
	}
	return errors.Join(measureErr, writeText(stdout, b.result, opt.verbose))
}

func parseFlags(args []string, stderr io.Writer) (options, error) {
	var opt options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	servers := f.String("servers", "", "measure only the endpoints whose `name` matches this regular expression")
	rtts := f.String("rtt", "", "round trip `times` to measure at (default 0,50ms,200ms; with -peers and -campaign 50ms; with -disturb one of 0,200ms per run)")
	f.IntVar(&opt.parallel, "parallel", 0, "connections at once (default the scanner's; with -peers nmap's)")
	f.BoolVar(&opt.peers, "peers", false, "measure testssl.sh, sslscan and nmap too (default server postfix/smtp)")
	f.BoolVar(&opt.memory, "memory", false, "measure memory and the size of the evidence (default server postfix/smtp)")
	f.BoolVar(&opt.disturb, "disturb", false, "count what active checks get wrong over rough paths, on real servers and the lab's (lab/NAME)")
	f.BoolVar(&opt.opinions, "opinions", false, "compare what testssl.sh says of attacks, on real servers and the lab's (lab/NAME)")
	f.IntVar(&opt.runs, "runs", 5, "with -disturb: scans of each server over rough paths, beside one over a smooth one")
	f.Uint64Var(&opt.seed, "seed", 1, "with -disturb: what the first run is made from, the others follow")
	f.BoolVar(&opt.bulk, "bulk", false, "measure a scan of many generated domains")
	f.BoolVar(&opt.campaign, "campaign", false, "measure a campaign of the web service, on PostgreSQL, with several programs that make its scans")
	f.StringVar(&opt.workers, "workers", "1,2,4", "with -campaign: `numbers` of those programs, one after the other")
	f.IntVar(&opt.domains, "domains", 0, "with -bulk and -campaign: how many domains (default 10000; with -campaign twice the servers)")
	f.IntVar(&opt.endpoints, "endpoints", 0, "with -bulk and -campaign: how many servers they share (default 500; with -campaign 400)")
	f.BoolVar(&opt.dnsOnly, "dns-only", false, "with -bulk: ask the DNS alone, and scan nothing")
	f.BoolVar(&opt.serve, "bulk-serve", false, "run the servers of -bulk, as it does itself")
	f.BoolVar(&opt.pages, "pages", false, "measure how soon the web service shows one of many stored reports")
	f.BoolVar(&opt.live, "live", false, "measure how soon the web service shows the first line of a scan that is ordered, and its report")
	f.IntVar(&opt.reports, "reports", 100_000, "with -pages: how many reports")
	f.BoolVar(&opt.postgres, "postgres", false, "with -pages: in PostgreSQL instead of SQLite")
	f.IntVar(&opt.monitors, "monitors", 0, "measure whether so many monitors of the web service keep their schedule")
	f.DurationVar(&opt.period, "period", 10*time.Minute, "with -monitors: for how long")
	f.BoolVar(&opt.verbose, "v", false, "list the questions that the connections were made for; with -disturb what was not known, and why")
	f.BoolVar(&opt.json, "json", false, "print JSON")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	if f.NArg() > 0 {
		return opt, fmt.Errorf("unexpected argument %q: want only flags", f.Arg(0))
	}
	var err error
	if opt.servers, err = regexp.Compile(orDefault(*servers, opt.defaultServers())); err != nil {
		return opt, fmt.Errorf("-servers: %w", err)
	}
	opt.sizes()
	opt.rtts, err = parseTimes(orDefault(*rtts, opt.defaultTimes()))
	return opt, err
}

func (o options) defaultServers() string {
	switch {
	case o.peers || o.memory:
		return "^postfix/smtp$"
	case o.disturb: // what is hardened is the same program
		return "^[a-z]+/"
	}
	return ""
}

func (o options) defaultTimes() string {
	switch {
	case o.peers, o.campaign:
		return "50ms"
	case o.disturb:
		return "0,200ms"
	}
	return "0,50ms,200ms"
}

// sizes fills in those that were not given.
func (o *options) sizes() {
	if o.campaign {
		o.endpoints = cmp.Or(o.endpoints, 400)
		o.domains = cmp.Or(o.domains, 2*o.endpoints)
		return
	}
	o.domains, o.endpoints = cmp.Or(o.domains, 10_000), cmp.Or(o.endpoints, 500)
}

func orDefault(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// parseTimes reads durations separated by commas.
func parseTimes(s string) ([]time.Duration, error) {
	var list []time.Duration
	for _, field := range strings.Split(s, ",") {
		d, err := time.ParseDuration(field)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("-rtt: %q is no round trip time: want one such as 0 or 50ms", field)
		}
		list = append(list, d)
	}
	return list, nil
}
