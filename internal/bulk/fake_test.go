package bulk

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// A world is an internet of domains d0.test, d1.test … whose mail goes to hosts that they share. It counts what is asked of it.
type world struct {
	hosts int // mail exchangers, each at an address of its own, two of a domain

	mu       sync.Mutex
	asked    map[string]int          // by domain
	scanned  map[evidence.Target]int // by target
	open     map[string]int          // connections, by address
	crowd    int                     // most connections at once to an address
	visited  func(evidence.Target)   // called by each scan; may be nil
	throttle map[string]int          // addresses that ask so often to be left alone
}

func newWorld(hosts int) *world {
	return &world{hosts: hosts, asked: map[string]int{}, scanned: map[evidence.Target]int{}, open: map[string]int{}, throttle: map[string]int{}}
}

func (w *world) address(host int) netip.Addr {
	return netip.AddrFrom4([4]byte{192, 0, byte(host >> 8), byte(host)})
}

func (w *world) discover(_ context.Context, name string, _ AdmitWeb) (*evidence.Domain, error) {
	w.mu.Lock()
	w.asked[name]++
	w.mu.Unlock()
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	d := &evidence.Domain{Name: name, At: time.Unix(1e9, 0).UTC(), Resolver: "192.0.2.53:53", DNSSEC: "off", Hosts: map[string]*evidence.MailHost{}}
	d.Exchange = evidence.Fact[evidence.Exchange]{State: evidence.Known, Value: evidence.Exchange{Kind: evidence.ByMX}}
	for k := range 2 {
		n := (int(h.Sum32()%1000) + k) % w.hosts
		host := fmt.Sprintf("mx%d.provider%d.test", n, n%3)
		d.Exchange.Value.List = append(d.Exchange.Value.List, evidence.Exchanger{Preference: 10 * k, Host: host})
		d.Hosts[host] = &evidence.MailHost{Addresses: evidence.Fact[[]netip.Addr]{State: evidence.Known, Value: []netip.Addr{w.address(n)}}}
	}
	return d, nil
}

func (w *world) scan(ctx context.Context, t evidence.Target, admit func(context.Context) (func(), error)) (*evidence.Endpoint, error) {
	var connections sync.WaitGroup
	for range 3 {
		connections.Go(func() {
			if leave, err := admit(ctx); err == nil {
				w.enter(t, 1)
				defer func() { w.enter(t, -1); leave() }()
			}
		})
	}
	connections.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scanned[t]++
	if w.visited != nil {
		w.visited(t)
	}
	e := &evidence.Endpoint{At: time.Unix(1e9, 0).UTC(), Target: t, Cost: evidence.Cost{Connections: 3}}
	if w.throttle[t.Address] > 0 {
		w.throttle[t.Address]--
		e.Ended = "the server throttles: 421"
	}
	return e, nil
}

func (w *world) enter(t evidence.Target, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[t.Address] += by
	w.crowd = max(w.crowd, w.open[t.Address])
}

func (w *world) stages(t testing.TB) Stages {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	return Stages{Discover: w.discover, Targets: discover.Targets, Scan: w.scan,
		Report: func(d *evidence.Domain, endpoints []*evidence.Endpoint) (*report.Report, error) {
			return report.BuildDomains(evidence.Tool{Name: "mailtls"}, evidence.Run{Quick: true}, mail, []*evidence.Domain{d}, endpoints), nil
		}}
}

func newJournal(t *testing.T) (*journal.Journal, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "journal")
	j, err := journal.Create(path, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j, path
}

func names(n int) []journal.Entry {
	list := make([]journal.Entry, n)
	for i := range list {
		list[i] = journal.Entry{Name: fmt.Sprintf("d%d.test", i), Line: i + 1}
	}
	return list
}

func newRun(t *testing.T, w *world, n int) *Run {
	t.Helper()
	j, _ := newJournal(t)
	if _, err := j.Add(names(n), nil); err != nil {
		t.Fatal(err)
	}
	return &Run{Journal: j, Stages: w.stages(t), Workers: 8}
}
