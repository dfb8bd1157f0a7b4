package web

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailtls/mailtls/internal/account"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/openid"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/store"
)

// Config is what the service works with.
type Config struct {
	Store   *store.Store
	Queue   *jobs.Queue
	Hosts   []string         // names under which it may be asked for, beside addresses and localhost
	Ports   []uint16         // that may be scanned, see [Ports]
	Hooks   *channel.Hooks   // for monitors; nil: there are none
	Auth    bool             // there are accounts, and monitors are theirs
	Closed  bool             // with accounts: all but the page where one signs in is for those who have one
	OpenID  *openid.Provider // that people may sign in by; nil: there is none
	DNS     resolve.Resolver // that domains show by whom they let watch them; with accounts
	Mail    bool             // monitors can send mail
	URL     string           // under which people reach it; empty: that is not known
	Version string
	Log     *slog.Logger

	Measurers []netip.Prefix // that may read the metrics, beside this machine
	Proxies   []netip.Prefix // of proxies that tell truly whom they ask for

	clock func() time.Time // of limits; nil: that of the machine
}

// server answers what is asked.
type server struct {
	Config
	pages    *pages
	made     *made
	writing  chan struct{} // has something in it for each report that is being written
	instance string        // of this program, since another may write pages otherwise
	limits   *limits
	tested   *testMessages
	tries    *tries
	hasher   *account.Hasher
	counter  counter
	measures *measures
	watchers atomic.Int32 // of scans under way

	unbelieved sync.Once // a proxy was told of that is not believed
}

// New returns the whole service.
func New(cfg Config) (http.Handler, error) {
	p, err := parsePages()
	if err != nil {
		return nil, err
	}
	clock := cfg.clock
	if clock == nil {
		clock = time.Now
	}
	cfg.Log = slog.New(byRequest{cfg.Log.Handler()})
	s := &server{Config: cfg, pages: p, made: newMade(maxMade), writing: make(chan struct{}, runtime.GOMAXPROCS(0)), instance: rand.Text()[:8], limits: newLimits(clock), tries: newTries(clock),
		tested: newTestMessages(time.Now), hasher: account.NewHasher(), counter: counter{now: time.Now}, measures: newMeasures(time.Now())}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.start)
	mux.HandleFunc("POST /scans", s.order)
	mux.HandleFunc("GET /scans/{id}", s.scan)
	mux.HandleFunc("GET /scans/{id}/events", s.events)
	mux.HandleFunc("GET /scans/{id}/clients", s.clients)
	mux.HandleFunc("GET /scans/{id}/transcript", s.transcript)
	mux.HandleFunc("GET /scans/{id}/{file}", s.file)
	mux.HandleFunc("GET /history", s.history)
	mux.HandleFunc("GET /diff", s.diff)
	mux.HandleFunc("GET /checks", s.checks)
	mux.HandleFunc("GET /checks/{id}", s.check)
	mux.HandleFunc("GET /policies", s.policies)
	mux.HandleFunc("GET /policies/{name}", s.policy)
	mux.HandleFunc("GET /statistics", s.statistics)
	mux.HandleFunc("GET /badge/{file}", s.badge)
	s.monitorPages(mux)
	s.campaignPages(mux)
	s.accountPages(mux)
	mux.HandleFunc("GET /about", s.about)
	mux.HandleFunc("GET /static/{file}", static)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /metrics", s.metrics)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, http.StatusNotFound, "There is no such page.")
	})
	mux.HandleFunc("/api/", noSuchCall)
	s.api(mux)
	all, err := zipped(http.NewCrossOriginProtection().Handler(s.identified(s.roomForLists(mux))))
	if err != nil {
		return nil, err
	}
	return s.measures.measured(s.guard(all)), nil
}

func (s *server) ready(w http.ResponseWriter, r *http.Request) {
	if err := s.Store.Ready(r.Context()); err != nil {
		s.Log.ErrorContext(r.Context(), "the database does not answer", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}
