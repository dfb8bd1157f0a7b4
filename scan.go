package mailtls

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/internal/x509lax"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// Config says how to scan. The zero value is a full scan with sensible limits.
type Config struct {
	Timeout        time.Duration       // of each step of a connection; 0: 10 s, and 30 s for the greeting
	MaxConnections int                 // for each address; 0: 500
	Parallel       int                 // connections at once to each address; 0: 5
	Delay          time.Duration       // between the starts of two connections to an address
	IPVersion      int                 // 4, 6 or 0 for both
	IP             string              // dial this address instead of resolving the host
	ServerName     string              // name to send instead of the host
	Helo           string              // name to say in EHLO; empty: the address of our end
	Passive        bool                // leave out what no ordinary client does: reserved values, odd sizes, the fallback signal, commands before TLS
	Quick          bool                // only what the checks need
	Only           []string            // ids of the checks to ask for and to judge by, active ones among them; none: all
	Skip           []string            // ids of checks to leave out; facts that only they need are not sought
	FactsOnly      bool                // leave the observations out of the report
	Policies       []*policy.Policy    // that judge beside the policy mail
	Gates          *Gates              // shared by scans that may meet at an address; nil: only this one goes there
	Turn           Turn                // waited for before an address is scanned; nil: it may be at once
	Resolvers      []string            // name servers for [ScanDomain], addresses with or without a port; none: this machine's
	DNSSEC         string              // how ScanDomain validates: "local" (here; also ""), "trust" (by the resolver), or "off"
	NoGuesses      bool                // leave out services of a domain that nothing names, at usual names and ports
	Allow          Allow               // where to connect to; nil: any server that is named, and for ScanDomain what AllowPrivate says
	AllowHost      AllowHost           // whose servers ScanDomain connects to, of those that the DNS names; nil: all
	AllowPrivate   bool                // ScanDomain connects also to addresses that are not public, such as those of one's own network
	TrustAnchors   []string            // DS or DNSKEY records to trust in place of the root's, in presentation form
	Roots          *x509.CertPool      // trusted roots; nil: Mozilla's
	ExtraRoots     []*x509.Certificate // trusted beside them
	Revocation     bool                // ask the authorities whether the certificates are revoked, at the addresses in them
	Lint           Lint                // looks for rules that certificates break; nil: nothing does
	Events         func(Event)         // called as the scan goes on, from one goroutine at a time

	mail *policy.Policy // read once for many scans; nil: not yet
}

// Allow says whether a mail server at an address may be connected to: the error says why not, in a few words. It is asked about
// addresses, not names, right before they are dialled, so that no answer of the DNS leads elsewhere.
type Allow func(netip.AddrPort) error

// AllowHost says whether the mail servers of a host may be connected to: the error says why not, in a few words. It is asked once in a scan
// about each host that the DNS of a domain leads to, and about the names that such a host is an alias of. It may be called by several goroutines.
type AllowHost func(ctx context.Context, host string) error

// Turn waits until this program may scan mail servers at an address, so that programs which know of each other do not meet there. leave
// is called once, when nothing more is asked of the server; until then other scans of this program may be at the address, too, and [Gates]
// hold its limits. The error is that of ctx.
type Turn func(ctx context.Context, address string) (leave func(), err error)

// Lint tells which rules a certificate in DER breaks; public says that it leads to one of Mozilla's roots, whose authorities
// are bound to more. The error says why nothing is known.
type Lint func(der []byte, public bool) ([]evidence.Lint, error)

// Gates make scans that run at the same time keep the limits for an address together: its connections at once, the delay
// between them, and the pauses that it asks for. Else two ports of a server, or two of its names, each get as many
// connections as [Config] allows. The limits are those of the first scan that comes to the address. The zero value is ready,
// and safe for concurrent use.
type Gates struct{ gates probe.Gates }

// Event tells how far the scan of one address is, or the look-up of a domain.
type Event struct {
	Target      evidence.Target // without a protocol: the domain, or the name of the server, that the DNS is asked about
	Text        string          // what is known so far, in a few words
	Connections int
	Elapsed     time.Duration
	Done        bool
}

// Scan finds out how the mail server at target speaks TLS, and judges it by the policy mail. The target has the form that
// [ParseTarget] reads; a name is scanned at all its addresses. A domain, such as "example.org", or an address of mail stands for
// all its servers: then Scan is [ScanDomain]. A nil cfg is the zero Config.
//
// What could not be learned is Unknown or Partial in the report, with the reason: a name without an address or an address
// that does not answer is no error, and when ctx ends, the report has what is known by then. The error is for a target that
// cannot be understood.
func Scan(ctx context.Context, target string, cfg *Config) (*report.Report, error) {
	if IsDomain(target) {
		return ScanDomain(ctx, target, cfg)
	}
	t, err := ParseTarget(target)
	if err != nil {
		return nil, err
	}
	cfg, err = ready(cfg)
	if err != nil {
		return nil, err
	}
	start := time.Now().UTC()
	pool, trust, roots, err := trustIn(cfg.Roots, cfg.ExtraRoots)
	if err != nil {
		return nil, err
	}
	addresses, resolver, why := looked(ctx, t.Host, cfg)
	t.Resolver = resolver
	endpoints := []*evidence.Endpoint{unresolved(t, start, why, cfg)}
	if len(addresses) > 0 {
		if endpoints, err = scanAll(ctx, t, addresses, cfg, trust); err != nil {
			return nil, err
		}
	}
	if cfg.Revocation {
		askRevocation(ctx, endpoints, cfg, pool)
	}
	if cfg.Lint != nil {
		lintAll(endpoints, cfg, pool)
	}
	return assemble(evidence.Run{Start: start, Wall: time.Since(start), Args: []string{target}, Quick: cfg.Quick, Roots: roots,
		Passive: cfg.Passive, Only: cfg.Only, Skip: cfg.Skip}, nil, endpoints, cfg)
}

// ready returns a copy of cfg, nil being the zero Config, that chooses among checks as it may and has read the policy mail.
func ready(cfg *Config) (*Config, error) {
	own := new(Config)
	if cfg != nil {
		*own = *cfg
	}
	err := own.selection(false)
	if err == nil {
		own.mail, err = own.mailPolicy()
	}
	return own, err
}

// trustIn returns the roots to go by, Mozilla's if none are given, the function that judges chains by them, and what they
// are.
func trustIn(roots *x509.CertPool, extra []*x509.Certificate) (*x509.CertPool, probe.Trust, evidence.Roots, error) {
	by := evidence.Roots{Name: "given"}
	if roots == nil {
		mozilla, err := x509lax.MozillaRoots()
		if err != nil {
			return nil, nil, by, fmt.Errorf("reading the root certificates: %w", err)
		}
		roots, by = mozilla.Pool, evidence.Roots{Name: "Mozilla", Date: mozilla.Date, SHA256: mozilla.SHA256}
	}
	if len(extra) > 0 {
		roots = roots.Clone()
		for _, c := range extra {
			roots.AddCert(c)
		}
		by.Name = fmt.Sprintf("%s and %d more", by.Name, len(extra))
	}
	return roots, func(chain [][]byte, name string, at time.Time) *evidence.TrustResult {
		var names []string
		if name != "" {
			names = []string{name}
		}
		result := x509lax.Verify(chain, roots, names, at)
		return &result
	}, by, nil
}

// scanAll scans all addresses at the same time: each has its own limits.
func scanAll(ctx context.Context, t evidence.Target, addresses []netip.Addr, cfg *Config, trust probe.Trust) ([]*evidence.Endpoint, error) {
	var wg sync.WaitGroup
	events := oneAtATime(cfg.Events)
	endpoints, errs := make([]*evidence.Endpoint, len(addresses)), make([]error, len(addresses))
	for i, a := range addresses {
		one := t
		one.Address, one.ServerName = a.String(), sniFor(t.Host, cfg.ServerName)
		if why := cfg.refusal(one); why != "" {
			endpoints[i] = avoided(one, why)
			continue
		}
		pc, err := probeConfig(t, cfg, trust)
		if err != nil {
			return nil, err
		}
		if cfg.Events != nil {
			events(Event{Target: one, Text: connecting})
			pc.Events = func(e probe.Event) { events(eventOf(e)) }
		}
		wg.Go(func() { endpoints[i], errs[i] = probe.Scan(ctx, one, pc) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return endpoints, nil
}

func sniFor(host, override string) string {
	if override != "" {
		return override
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return ""
	}
	return strings.TrimSuffix(host, ".")
}

func probeConfig(t evidence.Target, cfg *Config, trust probe.Trust) (probe.Config, error) {
	goal, err := cfg.needs(policy.RoleOf(t.Protocol, t.Port), time.Now())
	var gates *probe.Gates
	if cfg.Gates != nil {
		gates = &cfg.Gates.gates
	}
	return probe.Config{Gates: gates, Turn: cfg.Turn, Timeout: cfg.Timeout, MaxConnections: cfg.MaxConnections, Parallel: cfg.Parallel, Delay: cfg.Delay,
		Helo: cfg.Helo, Quick: cfg.quick(), Passive: cfg.Passive, Goal: goal, Without: cfg.spared(), Trust: trust}, err
}

// oneAtATime returns events for several goroutines, as [Config] promises to call it.
func oneAtATime(events func(Event)) func(Event) {
	if events == nil {
		return nil
	}
	var mu sync.Mutex
	return func(e Event) {
		mu.Lock()
		defer mu.Unlock()
		events(e)
	}
}

// What events say before a server has answered.
const (
	askingDNS  = "asking the DNS"
	connecting = "connecting"
)

// looked is addressesOf, with events that tell of it where there is a name to look up.
func looked(ctx context.Context, host string, cfg *Config) (addresses []netip.Addr, resolver, why string) {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || cfg.IP != "" {
		return addressesOf(ctx, host, cfg)
	}
	cfg.tell(evidence.Target{Host: host}, askingDNS, false)
	addresses, resolver, why = addressesOf(ctx, host, cfg)
	cfg.tell(evidence.Target{Host: host}, cmp.Or(why, found(len(addresses), "address", "addresses")), true)
	return addresses, resolver, why
}

// tell makes an event of what is known before any connection was made.
func (c *Config) tell(t evidence.Target, text string, done bool) {
	if c.Events != nil {
		c.Events(Event{Target: t, Text: text, Done: done})
	}
}

// found is how many of something there are, as in "2 addresses".
func found(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func eventOf(e probe.Event) Event {
	text := found(e.Suites, "suite", "suites")
	if e.Waiting > 0 {
		text = fmt.Sprintf("the server asks for a pause: going on in %v", e.Waiting.Round(time.Second))
	}
	return Event{Target: e.Target, Text: text, Connections: e.Connections, Elapsed: e.Elapsed, Done: e.Done}
}

// assemble makes the report of domains and endpoints and judges it.
func assemble(run evidence.Run, domains []*evidence.Domain, endpoints []*evidence.Endpoint, cfg *Config) (*report.Report, error) {
	p, err := cfg.mailPolicy()
	if err != nil {
		return nil, err
	}
	if cfg.FactsOnly {
		for _, e := range endpoints {
			e.Observations, e.Blobs.Dialogues, e.Blobs.Staples = nil, nil, nil
		}
	}
	r := report.BuildDomains(evidence.Tool{Name: "mailtls", Version: Version()}, run, p, domains, endpoints)
	if len(cfg.Policies) > 0 {
		r = report.Judge(r, p, cfg.Policies, time.Time{})
	}
	return r, nil
}

// Version is that of this module, as the go command recorded it in the program, or "(devel)".
func Version() string {
	const path = "github.com/mailtls/mailtls"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(devel)"
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == path && m.Version != "" {
			return m.Version
		}
	}
	return "(devel)"
}
