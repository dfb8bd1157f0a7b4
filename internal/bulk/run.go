package bulk

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/report"
)

// Stages are what is done for a domain and for an endpoint: those of mailtls.Stages.
type Stages struct {
	// Discover asks admit before each connection to a web server.
	Discover func(ctx context.Context, name string, admit AdmitWeb) (*evidence.Domain, error)
	Targets  func(*evidence.Domain) []evidence.Target
	// Scan asks admit before each connection.
	Scan   func(ctx context.Context, t evidence.Target, admit func(context.Context) (leave func(), err error)) (*evidence.Endpoint, error)
	Report func(*evidence.Domain, []*evidence.Endpoint) (*report.Report, error)
}

// AdmitWeb waits until a connection to an address of a host may be made, which lasts until leave.
type AdmitWeb = func(ctx context.Context, host string, a netip.Addr) (leave func(), err error)

// Run is one scan of many domains.
type Run struct {
	Journal  *journal.Journal
	Stages   Stages
	Limits   Limits
	Workers  int            // domains, and endpoints, that are looked at at the same time
	Progress func(Progress) // called now and then, by one goroutine; nil: nobody wants to know

	counts  counts
	limiter *limiter
	busy    busy
	wake    chan struct{} // there may be something to do
}

// counts are what progress tells.
type counts struct {
	domains, domainsDone, endpoints, endpointsDone, connections atomic.Int64
}

// Scan looks at all that waits in the journal. The error is that of the journal, or of ctx.
func (r *Run) Scan(ctx context.Context) error {
	c, err := r.Journal.Counts()
	if err != nil {
		return err
	}
	r.counts.domains.Store(int64(c.Domains))
	r.counts.domainsDone.Store(int64(c.Domains - c.DomainsWaiting))
	r.counts.endpoints.Store(int64(c.Endpoints))
	r.counts.endpointsDone.Store(int64(c.Endpoints - c.EndpointsWaiting))
	r.limiter, r.wake = newLimiter(r.Limits), make(chan struct{}, 1)
	r.busy = busy{addresses: map[string]bool{}, providers: map[string]int{}}

	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	stop := r.tell()
	defer stop()
	var discovered atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := r.discover(ctx); err != nil {
			fail(err)
		}
		discovered.Store(true)
		r.awake()
	})
	wg.Go(func() {
		if err := r.scan(ctx, &discovered); err != nil {
			fail(err)
		}
	})
	wg.Wait()
	return context.Cause(ctx)
}

func (r *Run) awake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// ProviderOf returns who provides a host: the registered domain that it is in (https://publicsuffix.org), or the host itself.
func ProviderOf(host string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(host)); err == nil {
		return domain
	}
	return host
}

// A pool runs a number of jobs at the same time, until one fails.
type pool struct {
	slots chan struct{}
	wg    sync.WaitGroup
	mu    sync.Mutex
	err   error
}

func newPool(n int) *pool { return &pool{slots: make(chan struct{}, max(n, 1))} }

// run waits for a place and has job done there. The error is that of ctx, or of a job before.
func (p *pool) run(ctx context.Context, job func() error) error {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := p.failed(nil); err != nil {
		<-p.slots
		return err
	}
	p.wg.Go(func() {
		defer func() { <-p.slots }()
		_ = p.failed(job())
	})
	return nil
}

// failed keeps the first error, and returns it.
func (p *pool) failed(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
	return p.err
}

func (p *pool) wait() error {
	p.wg.Wait()
	return p.failed(nil)
}

// Progress tells how far a scan is.
type Progress struct {
	Domains, DomainsDone     int // names of the list; those of them that the DNS was asked about, or that are none
	Endpoints, EndpointsDone int // known so far
	Connections              int // of this run
	Elapsed                  time.Duration
}

// tell calls Progress every second, and once more at the end.
func (r *Run) tell() (stop func()) {
	if r.Progress == nil {
		return func() {}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	start := time.Now()
	now := func() Progress {
		c := &r.counts
		return Progress{Domains: int(c.domains.Load()), DomainsDone: int(c.domainsDone.Load()), Endpoints: int(c.endpoints.Load()),
			EndpointsDone: int(c.endpointsDone.Load()), Connections: int(c.connections.Load()), Elapsed: time.Since(start)}
	}
	wg.Go(func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				r.Progress(now())
			case <-done:
				r.Progress(now())
				return
			}
		}
	})
	return func() { close(done); wg.Wait() }
}
