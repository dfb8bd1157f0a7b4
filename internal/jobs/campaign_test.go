package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/bulk"
	"github.com/mailtls/mailtls/internal/dnstest"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/store"
)

// authority makes the lab's once, since its keys take a while.
var authority = sync.OnceValues(func() (*lab.CA, error) { return lab.NewCA(time.Now()) })

// internet is one of domains d0.test, d1.test …, which share servers, each at an address of its own, for mail of users.
type internet struct {
	dns   string
	ports []string       // of the servers
	made  []func() int   // how many connections each had
	asked map[string]int // how often each domain's MX were asked for
	mu    sync.Mutex
}

func newInternet(t *testing.T, servers int) *internet {
	t.Helper()
	x := &internet{asked: make(map[string]int)}
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	for i := range servers {
		server, ok := lab.ByName("strong-submission")
		if !ok {
			t.Fatal("there is no such server in the lab")
		}
		r, err := lab.Listen(t.Context(), server, ca, "127.0.1."+strconv.Itoa(i+1)+":0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		x.add(t, r.Addr, r.Connections)
	}
	if x.dns, err = dnstest.Answers(t.Context(), x.zone); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *internet) add(t *testing.T, addr string, connections func() int) {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	x.ports, x.made = append(x.ports, port), append(x.made, connections)
}

func (x *internet) zone(name, kind string) []string {
	var n int
	if _, err := fmt.Sscanf(name, "mail%d.", &n); err == nil && kind == "A" && n < len(x.ports) {
		return []string{"A 127.0.1." + strconv.Itoa(n+1)}
	}
	domain, service := strings.CutPrefix(name, "_submission._tcp.")
	if _, err := fmt.Sscanf(domain, "d%d.test.", &n); err != nil {
		return nil
	}
	switch {
	case kind == "SRV" && service:
		k := n % len(x.ports)
		return []string{fmt.Sprintf("SRV 0 1 %s mail%d.p%d.test.", x.ports[k], k, k)}
	case kind == "MX" && !service:
		x.mu.Lock()
		defer x.mu.Unlock()
		x.asked[name]++
		return []string{"MX 0 ."}
	case kind == "TXT" && strings.HasPrefix(name, "_mailtls-optout.d7."):
		return []string{`TXT "optout"`}
	}
	return nil
}

// work starts a program that makes scans in the internet.
func (x *internet) work(t *testing.T, database string, workers int, refuse Refuse) *Queue {
	t.Helper()
	return x.workFor(t, database, workers, refuse, nil)
}

// workFor is work for those hosts alone that are allowed.
func (x *internet) workFor(t *testing.T, database string, workers int, refuse Refuse, allow mailtls.AllowHost) *Queue {
	t.Helper()
	q, err := Start(t.Context(), open(t, database), Config{Workers: workers, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), Refuse: refuse, Scan: mailtls.Config{Timeout: time.Minute,
		Resolvers: []string{x.dns}, DNSSEC: "off", AllowHost: allow, Allow: func(netip.AddrPort) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// submit adds a campaign of n domains, which may be begun.
func submit(t *testing.T, s *store.Store, n int) *store.Campaign {
	t.Helper()
	return submitFrom(t, s, 0, 1, n)
}

// submitFrom is submit of n domains from one on, in steps.
func submitFrom(t *testing.T, s *store.Store, from, step, n int) *store.Campaign {
	t.Helper()
	c := &store.Campaign{Name: "x", Quick: true, Policy: "rfc9325"}
	err := s.AddCampaign(t.Context(), c, 10)
	if err != nil {
		t.Fatal(err)
	}
	var list []store.Name
	for i := range n {
		list = append(list, store.Name{N: i + 1, Name: fmt.Sprintf("d%d.test", from+i*step), Line: i + 1})
	}
	list = append(list, store.Name{N: n + 1, Name: "no_domain", Line: n + 1, Fault: "it is none"})
	if _, err = s.AddNames(t.Context(), c.ID, list); err == nil {
		err = s.BeginCampaign(t.Context(), c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// campaign returns how far it is, by a fresh count.
func campaign(t *testing.T, s *store.Store, id string) *store.Campaign {
	t.Helper()
	err := s.Tally(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Campaign(t.Context(), "", id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// until waits until a campaign is as ok says.
func until(t *testing.T, s *store.Store, id string, ok func(*store.Campaign) bool) *store.Campaign {
	t.Helper()
	for {
		c := campaign(t, s, id)
		if ok(c) {
			return c
		}
		select {
		case <-time.After(20 * time.Millisecond): // between looks
		case <-t.Context().Done():
			t.Fatalf("it is %+v, error %v", c, t.Context().Err())
		}
	}
}

// whole wants the results of a campaign of n domains: each once, each server scanned once.
func (x *internet) whole(t *testing.T, s *store.Store, c *store.Campaign, n int) {
	t.Helper()
	if c.Names != n+1 || c.Faults != 1 || c.Found != n+1 || c.Finished != n+1 || c.Endpoints != len(x.ports) || c.Scanned != len(x.ports) {
		t.Errorf("counted %+v", c.Tally)
	}
	connections := 0
	for i, made := range x.made {
		if made() == 0 || made() > 40 {
			t.Errorf("server %d had %d connections", i, made())
		}
		connections += made()
	}
	if connections != c.Connections {
		t.Errorf("the servers had %d connections, and %d are told", connections, c.Connections)
	}
	seen, sum := 0, 0
	if err := s.EachMember(t.Context(), c.ID, func(m *store.Member) error {
		seen++
		if m.Fault != "" {
			return nil
		}
		history, err := s.History(t.Context(), m.Name, 10)
		if err != nil || len(history) != 1 || history[0].ID != m.Scan || history[0].State != store.Done {
			t.Fatalf("history of %s: %+v, %v", m.Name, history, err)
		}
		sum += history[0].Connections
		var row bulk.Row
		there, err := s.Row(m, &row)
		if err != nil || !there || row.Domain != m.Name || row.Line != m.Line || row.Endpoints != 1 || row.Submission == "" {
			t.Errorf("row of %s: %+v, %v, %v", m.Name, row, there, err)
		}
		r, err := s.Report(t.Context(), m.Scan)
		if err != nil || len(r.Endpoints) != 1 || len(r.Endpoints[0].Others) != 1 || m.Verdict == "" || m.Grade == "" {
			t.Errorf("report of %+v: %v", m, err)
		}
		return nil
	}); err != nil || seen != n+1 || sum != connections {
		t.Errorf("%d names, %d connections of scans, error %v", seen, sum, err)
	}
}

// TestCampaign has two workers do a campaign whose domains share servers: each is scanned once, and each domain has its one report.
func TestCampaign(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 6), open(t, database)
		a, b := x.work(t, database, 4, nil), x.work(t, database, 4, nil)
		c := submit(t, s, 60)
		x.whole(t, s, until(t, s, c.ID, (*store.Campaign).Over), 60)
		x.mu.Lock()
		for name, n := range x.asked {
			if n != 1 {
				t.Errorf("%s was asked about %d times", name, n)
			}
		}
		x.mu.Unlock()
		stop(t, a)
		stop(t, b)
	})
}

// TestCampaignStopped ends a program again and again in the midst of a campaign: nothing is lost, and nothing doubled.
func TestCampaignStopped(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 1), open(t, database)
		m := newMuteAt(t, "127.0.1.2:0")
		x.add(t, m.Addr().String(), nil)
		c := submit(t, s, 10)
		q := x.work(t, database, 4, nil)
		until(t, s, c.ID, func(c *store.Campaign) bool { return c.Found == 11 && c.Scanned == 1 })
		stop(t, q)
		q = x.work(t, database, 4, nil)
		stop(t, q)
		if c := campaign(t, s, c.ID); c.Over() {
			t.Errorf("over: %+v", c)
		}
		close(m.hangUp)
		q = x.work(t, database, 4, nil)
		got := until(t, s, c.ID, (*store.Campaign).Over)
		if got.Finished != 11 || got.Endpoints != 2 || got.Scanned != 2 {
			t.Errorf("got %+v", got)
		}
		stop(t, q)
	})
}

// TestCampaignPaused pauses a campaign, has it go on, and cancels it.
func TestCampaignPaused(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 3), open(t, database)
		c := submitFrom(t, s, 0, 3, 8) // each of other servers, since an address has a rest after a scan
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(s.PauseCampaign(t.Context(), "", c.ID))
		other := submitFrom(t, s, 1, 3, 8)
		q := x.work(t, database, 4, nil)
		until(t, s, other.ID, (*store.Campaign).Over)
		if got := campaign(t, s, c.ID); got.State != store.CampaignPaused || got.Found != 1 {
			t.Errorf("paused: %+v", got)
		}
		must(s.ResumeCampaign(t.Context(), "", c.ID))
		until(t, s, c.ID, (*store.Campaign).Over)
		last := submitFrom(t, s, 2, 3, 8)
		must(s.CancelCampaign(t.Context(), "", last.ID))
		stop(t, q)
		if got := campaign(t, s, last.ID); got.State != store.CampaignCancelled || got.Ended.IsZero() || got.Finished == got.Names {
			t.Errorf("cancelled: %+v", got)
		}
	})
}

// TestCampaignOptOut wants domains left alone that say so, and that told.
func TestCampaignOptOut(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 2), open(t, database)
		q := x.work(t, database, 4, func(_ context.Context, target string) error {
			if target == "d1.test" {
				return fmt.Errorf("d1.test wants none")
			}
			return nil
		})
		c := submit(t, s, 3)
		until(t, s, c.ID, (*store.Campaign).Over)
		list, err := s.Members(t.Context(), c.ID, -1, 0, 10)
		if err != nil || len(list) != 4 || list[2].Name != "d1.test" || list[2].Why != "d1.test wants none" || x.asked["d1.test."] > 0 {
			t.Errorf("got %+v, %v; asked %v", list, err, x.asked)
		}
		var row bulk.Row
		if _, err := s.Row(&list[2], &row); err != nil || row.Result != bulk.LeftAlone {
			t.Errorf("row %+v, %v", row, err)
		}
		stop(t, q)
	})
}

// TestCampaignHostOptOut wants a host left alone that says so, whoever's mail it takes, and that told in the reports.
func TestCampaignHostOptOut(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		x, s := newInternet(t, 2), open(t, database)
		q := x.workFor(t, database, 4, nil, func(_ context.Context, host string) error {
			if host == "mail1.p1.test" {
				return fmt.Errorf("mail1.p1.test wants none")
			}
			return nil
		})
		c := submit(t, s, 4)
		if got := until(t, s, c.ID, (*store.Campaign).Over); got.Endpoints != 1 || x.made[0]() == 0 || x.made[1]() > 0 {
			t.Errorf("got %+v, with %d and %d connections", got, x.made[0](), x.made[1]())
		}
		for i, want := range []string{"", "mail1.p1.test wants none"} {
			scan, err := s.LastDone(t.Context(), fmt.Sprintf("d%d.test", i))
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Report(t.Context(), scan.ID)
			if err != nil || len(r.Endpoints) != 1 || r.Endpoints[0].Facts.Reachable.Why != want {
				t.Errorf("d%d.test: %+v, %v", i, r.Endpoints, err)
			}
		}
		stop(t, q)
	})
}

// TestSlots decides who goes first.
func TestSlots(t *testing.T) {
	for _, c := range []struct{ most, people, others, free int }{
		{4, 0, 0, 4}, {4, 0, 4, 0}, {4, 3, 0, 1}, {4, 4, 0, 1}, {4, 4, 1, 0}, {4, 2, 3, 0}, {1, 1, 0, 1}, {1, 0, 1, 0}, {16, 16, 2, 2}, {16, 0, 5, 11},
	} {
		s := newSlots(c.most)
		s.begin(c.people, c.others)
		if got := s.free(); got != c.free {
			t.Errorf("%+v: %d are free", c, got)
		}
	}
}
