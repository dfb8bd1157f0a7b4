package mailtls_test

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// A passive scan sends nothing odd, and still knows what the server speaks.
func TestPassiveScan(t *testing.T) {
	addr, cfg, stop := strongServer(context.Background())
	defer stop()
	for _, passive := range []bool{false, true} {
		cfg.Passive = passive
		r, err := mailtls.Scan(t.Context(), "smtp://"+addr, cfg)
		if err != nil {
			t.Fatal(err)
		}
		e := r.Endpoints[0]
		if odd := oddities(e.Observations); (len(odd) > 0) == passive {
			t.Errorf("passive %v: odd variants %v", passive, odd)
		}
		if e.Facts.Versions.State != evidence.Known || e.Facts.Suites.State != evidence.Known {
			t.Errorf("passive %v: versions %v, suites %v", passive, e.Facts.Versions.State, e.Facts.Suites.State)
		}
		if known := e.Facts.FallbackSCSV.State == evidence.Known; known == passive {
			t.Errorf("passive %v: fallback signal %v", passive, e.Facts.FallbackSCSV.State)
		}
	}
}

func oddities(list []evidence.Observation) []evidence.Variant {
	var odd []evidence.Variant
	for _, o := range list {
		for _, v := range []evidence.Variant{evidence.WithGREASE, evidence.Padded1500, evidence.Padded4096, evidence.Fragmented,
			evidence.HigherVersion, evidence.FallbackSCSV, evidence.UnknownFirst, evidence.WithALPN} {
			if o.Offer.Has(v) {
				odd = append(odd, v)
			}
		}
	}
	return odd
}

// Scans that share Gates never hold more connections to an address than one of them may, whatever they call it.
func TestScansShareGates(t *testing.T) {
	addr, cfg, stop := strongServer(t.Context())
	defer stop()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	cfg.IP, cfg.Parallel, cfg.Quick, cfg.Gates = host, 1, true, new(mailtls.Gates)
	var scans sync.WaitGroup
	var mu sync.Mutex
	var list []span
	for _, name := range []string{"mail.example.org", "mx.example.org"} {
		scans.Go(func() {
			r, err := mailtls.Scan(t.Context(), "smtp://"+name+":"+port, cfg)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			list = append(list, spans(r.Endpoints[0].Endpoint)...)
		})
	}
	scans.Wait()
	slices.SortFunc(list, func(a, b span) int { return a.from.Compare(b.from) })
	for i := range list[:len(list)-1] {
		if next := list[i+1]; list[i].to.After(next.from) {
			t.Errorf("a connection of %v began at %v, before that of %v ended at %v", next.host, next.from, list[i].host, list[i].to)
		}
	}
}

// span is the life of a connection.
type span struct {
	host     string
	from, to time.Time
}

// spans leaves out the last microsecond, to which evidence rounds up.
func spans(e *evidence.Endpoint) []span {
	var list []span
	for _, o := range e.Observations {
		from := e.At.Add(o.Start)
		list = append(list, span{e.Target.Host, from, from.Add(o.Timing.End - time.Microsecond)})
	}
	return list
}

// A host of which no address is known is in the report, as a server about which nothing is known.
func TestScanWithoutAddress(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, c := range []struct {
		ctx       context.Context
		target    string
		ipVersion int
		want      string
	}{
		{t.Context(), "smtp://no-such-host.invalid", 0, "the DNS knows no address of this host"},
		{t.Context(), "smtp://no-such-host.invalid", 6, "the DNS knows no IPv6 address of this host"},
		{stopped, "imaps://no-such-host.invalid", 0, "the scan was interrupted"},
	} {
		r, err := mailtls.Scan(c.ctx, c.target, &mailtls.Config{IPVersion: c.ipVersion})
		if err != nil {
			t.Errorf("%s: %v", c.target, err)
			continue
		}
		e := r.Endpoints[0]
		if f := e.Facts.Reachable; f.State != evidence.Unknown || !strings.Contains(f.Why, c.want) {
			t.Errorf("%s: reachable %v, %q, want %q", c.target, f.State, f.Why, c.want)
		}
		if e.Target.Input != c.target || e.Target.Address != "" || e.Target.ServerName != "no-such-host.invalid" {
			t.Errorf("target %+v", e.Target)
		}
		if e.Verdict != report.Incomplete || e.Cost.Connections != 0 || r.Run.Args[0] != c.target {
			t.Errorf("%s: verdict %v, cost %+v, args %q", c.target, e.Verdict, e.Cost, r.Run.Args)
		}
	}
}
