package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/bulk"
)

// bulkProgress tells how far a scan of many domains is: in a line that changes in place on a terminal, else in a line now and then.
type bulkProgress struct {
	w        io.Writer
	terminal bool
	width    int
	plain    bool
	samples  []bulk.Progress // of the last minute, from which the rates are
	told     time.Duration
}

// seldom is how often something is told where it does not change in place.
const seldom = 30 * time.Second

func (a *app) newBulkProgress() *bulkProgress {
	_, on := terminal(a.stderr)
	return &bulkProgress{w: a.stderr, terminal: on && !a.dumb(), width: a.width(a.stderr), plain: !a.symbols()}
}

func (p *bulkProgress) tell(now bulk.Progress) {
	p.samples = append(p.samples, now)
	if len(p.samples) > 60 {
		p.samples = p.samples[1:]
	}
	line := progressLine(p.samples[0], now)
	if p.plain {
		line = strings.ReplaceAll(line, " · ", ", ")
	}
	switch {
	case p.terminal:
		fmt.Fprintf(p.w, "\r\x1b[K%s", fit(line, p.width-1))
	case now.Elapsed-p.told >= seldom:
		p.told = now.Elapsed
		fmt.Fprintln(p.w, line)
	}
}

func (p *bulkProgress) clear() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// progressLine says how far a scan is, and by what was done since an earlier moment how long it may last.
func progressLine(before, now bulk.Progress) string {
	took := now.Elapsed - before.Elapsed
	if took <= 0 {
		took = now.Elapsed
		before = bulk.Progress{DomainsDone: now.DomainsDone, EndpointsDone: now.EndpointsDone}
	}
	domains, endpoints := rate(now.DomainsDone-before.DomainsDone, took), rate(now.EndpointsDone-before.EndpointsDone, took)
	parts := []string{fmt.Sprintf("%d of %d domains", now.DomainsDone, now.Domains)}
	if now.DomainsDone < now.Domains {
		parts[0] += fmt.Sprintf(" (%.0f/s)", domains)
	}
	parts = append(parts, fmt.Sprintf("%d of %d endpoints (%.1f/s)", now.EndpointsDone, now.Endpoints, endpoints), count(now.Connections, "connection"))
	if left, ok := remaining(now, domains, endpoints); ok {
		parts = append(parts, "about "+left.Round(time.Second).String()+" left")
	}
	return strings.Join(parts, " · ")
}

func rate(n int, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return float64(n) / took.Seconds()
}

// remaining estimates how long a scan will last, if that can be told: each of the domains that are left may lead to as many new endpoints as
// those before, on average.
func remaining(now bulk.Progress, domains, endpoints float64) (time.Duration, bool) {
	domainsLeft, endpointsLeft := float64(now.Domains-now.DomainsDone), float64(now.Endpoints-now.EndpointsDone)
	if now.DomainsDone > 0 {
		endpointsLeft += domainsLeft * float64(now.Endpoints) / float64(now.DomainsDone)
	}
	seconds := 0.0
	for _, stage := range [][2]float64{{domainsLeft, domains}, {endpointsLeft, endpoints}} {
		switch {
		case stage[0] == 0:
		case stage[1] == 0:
			return 0, false
		default:
			seconds = max(seconds, stage[0]/stage[1])
		}
	}
	return time.Duration(seconds * float64(time.Second)), seconds > 0
}
