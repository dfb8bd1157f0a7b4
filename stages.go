package mailtls

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/delivery"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/internal/public"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/report"
)

// Stages are those of [ScanDomain], each for itself: for programs that scan many domains, and each server that several of them share
// only once. They may be used by several goroutines at once.
type Stages struct {
	cfg    Config
	pool   *x509.CertPool
	trust  probe.Trust
	roots  evidence.Roots
	lookup discover.Config
}

// Admit is asked before each connection, and waits until it may be made. leave is called when the connection has ended. The error is
// that of ctx.
type Admit func(ctx context.Context) (leave func(), err error)

// NewStages checks cfg; nil is the zero Config. Revocation and Lint have no part in the stages. The error is also that no name server
// answers at all.
func NewStages(ctx context.Context, cfg *Config) (*Stages, error) {
	s := new(Stages)
	if cfg != nil {
		s.cfg = *cfg
		s.cfg.Events = oneAtATime(cfg.Events)
	}
	err := s.cfg.selection(true)
	if err != nil {
		return nil, err
	}
	if s.pool, s.trust, s.roots, err = trustIn(s.cfg.Roots, s.cfg.ExtraRoots); err != nil {
		return nil, err
	}
	if s.cfg.mail, err = s.cfg.mailPolicy(); err != nil {
		return nil, err
	}
	s.lookup, err = s.cfg.lookups(ctx)
	s.lookup.Fetch = s.cfg.fetcher(s.pool)
	return s, err
}

// Meeting returns the same stages for endpoints that others may scan, too: with [Config.Gates] and [Config.Turn].
func (s *Stages) Meeting(gates *Gates, turn Turn) *Stages {
	own := *s
	own.cfg.Gates, own.cfg.Turn = gates, turn
	return &own
}

// fetcher is how the web servers of a domain are asked.
func (c *Config) fetcher(roots *x509.CertPool) discover.Fetcher {
	f := discover.Fetcher{Roots: roots}
	if !c.AllowPrivate {
		f.Allow = public.Address
	}
	return f
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
	return discover.Config{Resolver: client, Named: strings.Join(client.Servers(), ", "), Mode: client.Mode(), NoGuesses: c.NoGuesses}, nil
}

// AdmitWeb is [Admit] for connections to web servers, which have policies of MTA-STS and documents for mail programs: host is the name
// that the aliases of the server's end in.
type AdmitWeb func(ctx context.Context, host string, address netip.Addr) (leave func(), err error)

// Discover asks the DNS about a domain, or that of an address of mail, and web servers that it leads to. admit may be nil: then there
// are no limits. The error is for what is no name of a domain.
func (s *Stages) Discover(ctx context.Context, name string, admit AdmitWeb) (*evidence.Domain, error) {
	lookup := s.lookup
	lookup.Fetch.Admit = admit
	return discover.Domain(ctx, name, lookup)
}

// Targets returns what there is to scan of a domain, of the IP version that was asked for.
func (s *Stages) Targets(d *evidence.Domain) []evidence.Target {
	return slices.DeleteFunc(discover.Targets(d), func(t evidence.Target) bool {
		a, err := netip.ParseAddr(t.Address)
		return err == nil && (s.cfg.IPVersion == 4 && !a.Is4() || s.cfg.IPVersion == 6 && !a.Is6())
	})
}

// ScanTarget scans one of the targets. admit may be nil: then the limits of the Config are all. When ctx ends, the evidence is what
// was known by then. Of a target at an address that is not public, and that the Config does not allow, the evidence says just that.
func (s *Stages) ScanTarget(ctx context.Context, t evidence.Target, admit Admit) (*evidence.Endpoint, error) {
	if why := s.avoids(t); why != "" {
		return avoided(t, why), nil
	}
	pc, err := probeConfig(t, &s.cfg, s.trust)
	if err != nil {
		return nil, err
	}
	pc.Admit = admit
	if s.cfg.Events != nil {
		s.cfg.tell(t, connecting, false)
		pc.Events = func(e probe.Event) { s.cfg.Events(eventOf(e)) }
	}
	e, err := probe.Scan(ctx, t, pc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Input, err)
	}
	return e, nil
}

// avoids says why a target is left alone, if it is: because its address is not public, unless the Config says otherwise. The DNS of a
// stranger led to it, who may want us to connect to what only we can reach.
func (s *Stages) avoids(t evidence.Target) (why string) {
	switch {
	case s.cfg.Allow != nil:
		return s.cfg.refusal(t)
	case !s.cfg.AllowPrivate && !isPublic(t):
		return "its address " + t.Address + " is not public: --allow-private scans it"
	}
	return ""
}

// refusal is what c says against connecting to a target, if anything.
func (c *Config) refusal(t evidence.Target) string {
	if c.Allow == nil {
		return ""
	}
	a, err := netip.ParseAddr(t.Address)
	if err == nil {
		err = c.Allow(netip.AddrPortFrom(a.Unmap(), uint16(t.Port)))
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// avoided is the evidence about a target to which no connection was made: nothing, and why.
func avoided(t evidence.Target, why string) *evidence.Endpoint {
	e := &evidence.Endpoint{At: time.Now().UTC(), Target: t, Ended: why}
	probe.Derive(e, nil)
	e.Ended = "" // it did not end early, and another try would be no better
	return e
}

// Unscanned is the evidence about a target that there is no other of, and will be none: all is Unknown, for that reason.
func Unscanned(t evidence.Target, why string) *evidence.Endpoint { return avoided(t, why) }

// Report judges a domain with its endpoints; those of its targets that were not scanned are nil, or not among them. It decides what
// senders do with each exchanger, and changes d by that.
func (s *Stages) Report(d *evidence.Domain, endpoints []*evidence.Endpoint) (*report.Report, error) {
	run := evidence.Run{Start: d.At, Args: []string{d.Name}}
	end := d.At
	for _, e := range endpoints {
		if e == nil {
			continue
		}
		if e.At.Before(run.Start) {
			run.Start = e.At
		}
		if last := e.At.Add(e.Cost.Wall); last.After(end) {
			end = last
		}
	}
	run.Wall = max(end.Sub(run.Start), 0)
	return s.report(d, s.answering(d, endpoints, nil), run)
}

func (s *Stages) report(d *evidence.Domain, endpoints []*evidence.Endpoint, run evidence.Run) (*report.Report, error) {
	d.Hops, d.Held = delivery.Hops(d, endpoints), delivery.Held(d, endpoints)
	run.Quick, run.Passive, run.Only, run.Skip, run.Roots = s.cfg.Quick, s.cfg.Passive, s.cfg.Only, s.cfg.Skip, s.roots
	return assemble(run, []*evidence.Domain{d}, endpoints, &s.cfg)
}
