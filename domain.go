package mailtls

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/delivery"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/report"
)

// ScanDomain looks at the whole mail service of a domain: what the DNS says of it, every address of every mail exchanger, and the
// services that its users are led to; and judges what is promised beside what the servers show. name is a domain, or an address of
// mail in it. A nil cfg is the zero Config.
//
// As with [Scan], what could not be learned is no error but Unknown in the report. The error is for what is no name of a domain, for
// a cfg that does not fit, and where no name server answers at all.
func ScanDomain(ctx context.Context, name string, cfg *Config) (*report.Report, error) {
	if cfg == nil {
		cfg = new(Config)
	}
	if err := cfg.selection(true); err != nil {
		return nil, err
	}
	start := time.Now().UTC()
	pool, trust, roots, err := trustIn(cfg.Roots, cfg.ExtraRoots)
	if err != nil {
		return nil, err
	}
	lookup, err := cfg.lookups(ctx)
	if err != nil {
		return nil, err
	}
	lookup.Fetch.Roots = pool
	d, err := discover.Domain(ctx, name, lookup)
	if err != nil {
		return nil, err
	}
	endpoints, err := scanDomain(ctx, d, cfg, trust)
	if err != nil {
		return nil, err
	}
	if cfg.Revocation {
		askRevocation(ctx, endpoints, cfg, pool)
	}
	if cfg.Lint != nil {
		lintAll(endpoints, cfg, pool)
	}
	d.Hops, d.Held = delivery.Hops(d, endpoints), delivery.Held(d, endpoints)
	return assemble(evidence.Run{Start: start, Wall: time.Since(start), Args: []string{name}, Quick: cfg.Quick, Roots: roots,
		Passive: cfg.Passive, Only: cfg.Only, Skip: cfg.Skip}, []*evidence.Domain{d}, endpoints, cfg)
}

// lookups is how the DNS is asked. The error is that it does not answer, too.
func (c *Config) lookups(ctx context.Context) (discover.Config, error) {
	client, err := resolve.NewClient(resolve.Config{Servers: c.Resolvers, Mode: resolve.Mode(c.DNSSEC), Anchors: c.TrustAnchors})
	if err == nil {
		err = client.Ready(ctx)
	}
	if err != nil {
		return discover.Config{}, err
	}
	return discover.Config{Resolver: client, Named: strings.Join(client.Servers(), ", "), Mode: client.Mode()}, nil
}

// hostsAtOnce is how many hosts of a domain are scanned at the same time.
const hostsAtOnce = 4

// scanDomain scans what there is to scan of a domain. The targets of one host take turns.
func scanDomain(ctx context.Context, d *evidence.Domain, cfg *Config, trust probe.Trust) ([]*evidence.Endpoint, error) {
	c := *cfg
	if c.Gates == nil {
		c.Gates = new(Gates)
	}
	targets := c.wanted(discover.Targets(d))
	endpoints, errs := make([]*evidence.Endpoint, len(targets)), make([]error, len(targets))
	slots := make(chan struct{}, hostsAtOnce)
	var wg sync.WaitGroup
	for _, turn := range byAddress(targets) {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, i := range turn {
				endpoints[i], errs[i] = scanOne(ctx, targets[i], &c, trust)
			}
		})
	}
	wg.Wait()
	return answering(d, endpoints), errors.Join(errs...)
}

func scanOne(ctx context.Context, t evidence.Target, cfg *Config, trust probe.Trust) (*evidence.Endpoint, error) {
	pc, err := probeConfig(t, cfg, trust)
	if err != nil {
		return nil, err
	}
	if cfg.Events != nil {
		pc.Events = func(e probe.Event) { cfg.Events(eventOf(e)) }
	}
	e, err := probe.Scan(ctx, t, pc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Input, err)
	}
	return e, nil
}

// wanted returns the targets of the IP version that c asks for.
func (c *Config) wanted(targets []evidence.Target) []evidence.Target {
	return slices.DeleteFunc(targets, func(t evidence.Target) bool {
		a, err := netip.ParseAddr(t.Address)
		return err == nil && (c.IPVersion == 4 && !a.Is4() || c.IPVersion == 6 && !a.Is6())
	})
}

// byAddress groups the indexes of targets by their address, in the order of the targets.
func byAddress(targets []evidence.Target) [][]int {
	var out [][]int
	place := make(map[string]int)
	for i, t := range targets {
		p, known := place[t.Address]
		if !known {
			p = len(out)
			place[t.Address], out = p, append(out, nil)
		}
		out[p] = append(out[p], i)
	}
	return out
}

// answering leaves out endpoints that were guesses and did not answer, and notes them in d.
func answering(d *evidence.Domain, endpoints []*evidence.Endpoint) []*evidence.Endpoint {
	return slices.DeleteFunc(endpoints, func(e *evidence.Endpoint) bool {
		if e == nil {
			return true
		}
		guess := discover.Guessed(d, e.Target) && evidence.Is(e.Facts.Reachable) != evidence.Yes
		if guess {
			d.Silent = append(d.Silent, e.Target)
		}
		return guess
	})
}
