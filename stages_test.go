package mailtls

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/public"
)

// TestAdmit: each connection of a target asks first and gives back afterwards, and one that may not be made is not made.
func TestAdmit(t *testing.T) {
	s := &Stages{cfg: Config{Quick: true, AllowPrivate: true}}
	target := evidence.Target{Protocol: "imaps", Host: "mail.example.org", Address: "127.0.0.1", Port: 1}
	var entered, left atomic.Int32
	e, err := s.ScanTarget(t.Context(), target, func(context.Context) (func(), error) {
		entered.Add(1)
		return func() { left.Add(1) }, nil
	})
	if err != nil || entered.Load() == 0 || entered.Load() != left.Load() || e.Target != target {
		t.Errorf("%d entered, %d left: %v", entered.Load(), left.Load(), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e, err = s.ScanTarget(ctx, target, func(context.Context) (func(), error) {
		cancel()
		return nil, errors.New("ended")
	})
	if err != nil || e.Cost.Connections != 0 || len(e.Observations) != 0 {
		t.Errorf("%+v, %v", e.Cost, err)
	}
}

// TestAllowPrivate: no server is asked at an address that is not public, unless that is wanted, and the evidence says so.
func TestAllowPrivate(t *testing.T) {
	for address, asked := range map[string]bool{"127.0.0.1": false, "10.0.0.1": false, "169.254.169.254": false, "::1": false, "fe80::1%eth0": false,
		"::ffff:10.0.0.1": false, "192.0.2.1": false, "9.9.9.9": true, "2620:fe::fe": true} {
		for _, allowed := range []bool{false, true} {
			entered := false
			s := &Stages{cfg: Config{Quick: true, AllowPrivate: allowed}}
			ctx, cancel := context.WithCancel(t.Context())
			e, err := s.ScanTarget(ctx, evidence.Target{Protocol: "smtp", Host: "mx.example.org", Address: address, Port: 25}, func(context.Context) (func(), error) {
				entered = true
				cancel()
				return nil, errors.New("that is all we want to know")
			})
			cancel()
			if err != nil || entered != (asked || allowed) {
				t.Errorf("%s, allowed %t: asked %t, %v", address, allowed, entered, err)
			}
			why := "its address " + address + " is not public: --allow-private scans it"
			if f := e.Facts; !entered && (f.Reachable.Why != why || f.STARTTLS.Why != why || e.Ended != "") {
				t.Errorf("%s, allowed %t: %q, %q, %q", address, allowed, f.Reachable.Why, f.STARTTLS.Why, e.Ended)
			}
		}
	}
}

// TestFetchesArePublic: the web servers of a domain are asked at public addresses alone, too.
func TestFetchesArePublic(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		may := (&Config{AllowPrivate: allowed}).fetcher(nil).Allow
		if open := may == nil || may(netip.MustParseAddr("169.254.169.254")); open != allowed {
			t.Errorf("allowed %t: %t", allowed, open)
		}
	}
}

// TestOneEventAtATime keeps the promise of Config for scans of several servers, which go on side by side.
func TestOneEventAtATime(t *testing.T) {
	s, _ := NewStages(t.Context(), &Config{Resolvers: []string{"127.0.0.1:1"}, Events: overlapping(t)}) // no server answers there, which is no matter
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { s.cfg.Events(Event{}) })
	}
	wg.Wait()
}

// overlapping returns events that must not be called while they go on.
func overlapping(t *testing.T) func(Event) {
	var under atomic.Bool
	return func(Event) {
		if !under.CompareAndSwap(false, true) {
			t.Error("an event came while another was being told")
			return
		}
		runtime.Gosched()
		under.Store(false)
	}
}

// TestAllowHost leaves hosts alone that are not allowed, or whose other name or address is not, asks once about each, and tells of guesses, too: but
// not of those at addresses that are not public.
func TestAllowHost(t *testing.T) {
	at := evidence.Fact[[]netip.Addr]{State: evidence.Known, Value: []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")}}
	d := &evidence.Domain{Name: "ours.test", Hosts: map[string]*evidence.MailHost{
		"mx.ours.test": {Addresses: at}, "mx.quiet.test": {Addresses: at}, "imap.ours.test": {Addresses: at, Aliases: []string{"imap.quiet.test"}},
		"guess.quiet.test": {Addresses: at}, "10.0.0.1": {Addresses: at}, "mail.ours.test": {Addresses: at},
		"smtp.ours.test": {Addresses: evidence.Fact[[]netip.Addr]{State: evidence.Known, Value: []netip.Addr{netip.MustParseAddr("9.9.9.9")}}},
	}}
	d.Exchange.Value.List = []evidence.Exchanger{{Host: "mx.ours.test"}, {Host: "mx.quiet.test"}, {Host: "10.0.0.1"}}
	d.Services.Value = []evidence.MailService{{Protocol: "imaps", Host: "imap.ours.test", Port: 993, Source: evidence.BySRV},
		{Protocol: "imaps", Host: "guess.quiet.test", Port: 993, Source: evidence.ByGuess}, {Protocol: "imaps", Host: "mail.ours.test", Port: 993, Source: evidence.ByGuess},
		{Protocol: "submissions", Host: "smtp.ours.test", Port: 465, Source: evidence.ByGuess}}
	var mu sync.Mutex
	asked := map[string]int{}
	listed := func(a netip.AddrPort) error {
		if !public.Address(a.Addr()) {
			return errors.New("it is not public")
		}
		return errors.New("it is listed")
	}
	s := &Stages{cfg: Config{Quick: true, Allow: listed, AllowHost: func(_ context.Context, host string) error {
		mu.Lock()
		defer mu.Unlock()
		asked[host]++
		if strings.HasSuffix(host, ".quiet.test") {
			return errors.New(host + " wants no scans")
		}
		return nil
	}}}
	refused := s.refusedHosts(t.Context(), d)
	endpoints, err := s.scanAll(t.Context(), d, refused)
	if err != nil {
		t.Fatal(err)
	}
	why := map[string]string{}
	for _, e := range s.answering(d, endpoints, refused) {
		why[e.Target.Host] = e.Facts.Reachable.Why
		if e.Facts.Reachable.State != evidence.Unknown || e.Cost.Connections != 0 {
			t.Errorf("%s: %+v", e.Target.Input, e.Facts.Reachable)
		}
	}
	if len(why) != 6 || why["guess.quiet.test"] != "guess.quiet.test wants no scans" || why["smtp.ours.test"] != "it is listed" || why["mx.quiet.test"] != "mx.quiet.test wants no scans" || why["imap.ours.test"] != "imap.quiet.test wants no scans" ||
		!strings.Contains(why["mx.ours.test"], "not public") || !strings.Contains(why["10.0.0.1"], "not public") || len(d.Silent) != 0 {
		t.Errorf("%v, silent %v", why, d.Silent)
	}
	for host, n := range asked {
		if n != 1 || host == "10.0.0.1" {
			t.Errorf("asked %d times about %s", n, host)
		}
	}
	_, left := s.Split(t.Context(), d)
	if !slices.ContainsFunc(left, func(e *evidence.Endpoint) bool { return e.Target.Host == "guess.quiet.test" }) {
		t.Error("a guess that wants no scans is not told of where stages are taken one by one")
	}
}

// TestUnscannedGuess keeps a guess that nobody asked at, as not known: it was not silent.
func TestUnscannedGuess(t *testing.T) {
	d := &evidence.Domain{Name: "ours.test"}
	d.Services.Value = []evidence.MailService{{Protocol: "imaps", Host: "mail.ours.test", Port: 993, Source: evidence.ByGuess}}
	e := Unscanned(evidence.Target{Protocol: "imaps", Host: "mail.ours.test", Port: 993, Address: "9.9.9.9"}, "nobody came")
	if got := new(Stages).answering(d, []*evidence.Endpoint{e}, nil); len(got) != 1 || len(d.Silent) != 0 || got[0].Facts.Reachable.Why != "nobody came" {
		t.Errorf("got %+v, silent %+v", got, d.Silent)
	}
}
