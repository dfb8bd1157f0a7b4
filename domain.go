package mailtls

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/public"
	"github.com/mailtls/mailtls/report"
)

// ScanDomain looks at the whole mail service of a domain: what the DNS says of it, every address of every mail exchanger, and the
// services that its users are led to; and judges what is promised beside what the servers show. name is a domain, or an address of
// mail in it. A nil cfg is the zero Config.
//
// As with [Scan], what could not be learned is no error but Unknown in the report. The error is for what is no name of a domain, for
// a cfg that does not fit, and where no name server answers at all.
func ScanDomain(ctx context.Context, name string, cfg *Config) (*report.Report, error) {
	s, err := NewStages(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if s.cfg.Gates == nil {
		s.cfg.Gates = new(Gates)
	}
	start := time.Now().UTC()
	s.cfg.tell(evidence.Target{Host: name}, askingDNS, false)
	d, err := s.Discover(ctx, name, nil)
	if err != nil {
		return nil, err
	}
	s.tellTargets(name, d)
	refused := s.refusedHosts(ctx, d)
	endpoints, err := s.scanAll(ctx, d, refused)
	if err != nil {
		return nil, err
	}
	if s.cfg.Revocation {
		askRevocation(ctx, endpoints, &s.cfg, s.pool)
	}
	if s.cfg.Lint != nil {
		lintAll(endpoints, &s.cfg, s.pool)
	}
	r, err := s.report(d, s.answering(d, endpoints, refused), evidence.Run{Start: start, Args: []string{name}})
	if err == nil {
		r.Run.Wall = time.Since(start)
	}
	return r, err
}

// tellTargets makes events of what there is to scan of a domain.
func (s *Stages) tellTargets(name string, d *evidence.Domain) {
	hosts := make(map[string]bool)
	targets := s.Targets(d)
	for _, t := range targets {
		hosts[t.Host] = true
		s.cfg.tell(t, "found", false)
	}
	s.cfg.tell(evidence.Target{Host: name}, found(len(hosts), "host", "hosts")+", "+found(len(targets), "port", "ports"), true)
}

// hostsAtOnce is how many hosts of a domain are scanned at the same time.
const hostsAtOnce = 4

// scanAll scans what there is to scan of a domain, but for hosts that are refused, by their names. The targets of one host take turns.
func (s *Stages) scanAll(ctx context.Context, d *evidence.Domain, refused map[string]string) ([]*evidence.Endpoint, error) {
	targets := s.Targets(d)
	endpoints, errs := make([]*evidence.Endpoint, len(targets)), make([]error, len(targets))
	slots := make(chan struct{}, hostsAtOnce)
	var wg sync.WaitGroup
	for _, turn := range byAddress(targets) {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, i := range turn {
				if why := refused[targets[i].Host]; why != "" {
					endpoints[i] = avoided(targets[i], why)
				} else {
					endpoints[i], errs[i] = s.ScanTarget(ctx, targets[i], nil)
				}
			}
		})
	}
	wg.Wait()
	return endpoints, errors.Join(errs...)
}

// Split returns those of the targets of a domain that may be scanned, and the evidence about those whose hosts [Config.AllowHost] is against: why
// nothing is known of them.
func (s *Stages) Split(ctx context.Context, d *evidence.Domain) (scan []evidence.Target, left []*evidence.Endpoint) {
	refused := s.refusedHosts(ctx, d)
	for _, t := range s.Targets(d) {
		if why := refused[t.Host]; why != "" {
			left = append(left, avoided(t, why))
			continue
		}
		scan = append(scan, t)
	}
	return scan, left
}

// refusedHosts says of each host of a domain that is left alone, by its name, why it is.
func (s *Stages) refusedHosts(ctx context.Context, d *evidence.Domain) map[string]string {
	if s.cfg.AllowHost == nil {
		return nil
	}
	refused := make(map[string]string)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for name, host := range d.Hosts {
		if _, err := netip.ParseAddr(name); err == nil { // an address is looked at before it is dialled
			continue
		}
		wg.Go(func() {
			for _, one := range append([]string{name}, host.Aliases...) {
				if err := s.cfg.AllowHost(ctx, one); err != nil {
					mu.Lock()
					defer mu.Unlock()
					refused[name] = err.Error()
					return
				}
			}
		})
	}
	wg.Wait()
	return refused
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

// answering leaves out endpoints that were guesses and did not answer, and notes them in d if they were asked. Guesses that nobody may ask at, or did, stay:
// whether there is a server is not known; a scan takes time, be it refused. Whoever is not public serves no user, and is none of them.
func (s *Stages) answering(d *evidence.Domain, endpoints []*evidence.Endpoint, refused map[string]string) []*evidence.Endpoint {
	return slices.DeleteFunc(endpoints, func(e *evidence.Endpoint) bool {
		if e == nil {
			return true
		}
		if !discover.Guessed(d, e.Target) || evidence.Is(e.Facts.Reachable) == evidence.Yes {
			return false
		}
		avoided := s.avoids(e.Target) != ""
		if refused[e.Target.Host] != "" || avoided && isPublic(e.Target) || !avoided && e.Cost.Wall == 0 {
			return false
		}
		if !avoided {
			d.Silent = append(d.Silent, e.Target)
		}
		return true
	})
}

// isPublic reports whether a target's address is reached from everywhere.
func isPublic(t evidence.Target) bool {
	a, err := netip.ParseAddr(t.Address)
	return err == nil && public.Address(a)
}
