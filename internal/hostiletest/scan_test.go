// Package hostiletest holds the scanner against servers that attack it, wear it out or turn it away, over real
// connections, and against servers whose faults are known.
package hostiletest

import (
	"net"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/internal/x509lax"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/starttls"
	"go.uber.org/goleak"
)

// authority makes the lab's authority once, since its keys take a while.
var authority = sync.OnceValues(func() (*lab.CA, error) { return lab.NewCA(time.Now()) })

const timeout = 200 * time.Millisecond

// impatient is a full scan that waits for nothing long.
func impatient() probe.Config {
	return probe.Config{Timeout: timeout, Greeting: timeout, Patience: 3 * time.Second}
}

// scan starts s, scans it with cfg and stops it.
func scan(t *testing.T, s lab.Server, cfg probe.Config) *evidence.Endpoint {
	t.Helper()
	ca, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	r, err := lab.Start(t.Context(), s, ca)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	return scanRunning(t, r, cfg)
}

// scanRunning scans r with cfg.
func scanRunning(t *testing.T, r *lab.Running, cfg probe.Config) *evidence.Endpoint {
	t.Helper()
	s := r.Server
	host, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Trust = func(chain [][]byte, name string, at time.Time) *evidence.TrustResult {
		result := x509lax.Verify(chain, r.CA.Pool(), []string{name}, at)
		return &result
	}
	target := evidence.Target{Input: string(s.Protocol) + "://" + r.Addr, Protocol: string(s.Protocol), Host: "mail.lab.test",
		ServerName: "mail.lab.test", Address: host, Port: number}
	ep, err := probe.Scan(t.Context(), target, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return ep
}

// judged is the report on ep by the policy for mail.
func judged(t *testing.T, ep *evidence.Endpoint) *report.Report {
	t.Helper()
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	return report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{}, p, ep)
}

// watched runs f and returns by how much the heap grew meanwhile, at its peak, in bytes.
func watched(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(25))
	runtime.GC()
	base, peak := heap(), uint64(0)
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			peak = max(peak, heap())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	f()
	close(done)
	watch.Wait()
	return peak - min(peak, base)
}

// heap is how many bytes objects take, dead ones included that were not collected yet.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// noLeak fails t at its end if goroutines are left that were not there now.
func noLeak(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func protocolNamed(t *testing.T, name string) starttls.Protocol {
	t.Helper()
	p, err := starttls.ParseProtocol(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
