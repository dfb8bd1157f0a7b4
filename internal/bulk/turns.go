package bulk

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/journal"
)

// busy tells which addresses and providers are being scanned.
type busy struct {
	mu        sync.Mutex
	addresses map[string]bool
	providers map[string]int // scans
}

// scansOfProvider is how many addresses of a provider are scanned at the same time. More would only wait for each other.
const scansOfProvider = 8

// isFull reports whether an address is being scanned, or enough of its provider's are.
func (b *busy) isFull(address, provider string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addresses[address] || b.providers[provider] >= scansOfProvider
}

func (b *busy) enter(address, provider string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.addresses[address] = true
	b.providers[provider]++
}

func (b *busy) leave(address, provider string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.addresses, address)
	if b.providers[provider]--; b.providers[provider] == 0 {
		delete(b.providers, provider)
	}
}

// round is how many turns are fetched at a time.
const round = 64

// scan scans all endpoints that wait, and those that are discovered meanwhile.
func (r *Run) scan(ctx context.Context, discovered *atomic.Bool) error {
	work := newPool(r.Workers)
	full := func(address, provider string) bool {
		return r.busy.isFull(address, provider) || !r.limiter.bears(address, provider)
	}
	for last := int64(0); ; {
		all := discovered.Load() // before looking: what comes later is not missed
		turns, err := r.Journal.Turns(last, round, time.Now(), full)
		if err != nil {
			_ = work.wait()
			return err
		}
		for _, t := range turns {
			last = t.AddressID
			if full(t.Address, t.Provider) { // since its turn was fetched
				continue
			}
			r.busy.enter(t.Address, t.Provider)
			if err := work.run(ctx, func() error { return r.scanOne(ctx, t) }); err != nil {
				_ = work.wait()
				return err
			}
		}
		if len(turns) == round {
			continue
		}
		if last > 0 { // once round
			last = 0
			if len(turns) > 0 {
				continue
			}
		}
		if all && r.counts.endpoints.Load() == r.counts.endpointsDone.Load() {
			return work.wait()
		}
		if err := r.pause(ctx); err != nil {
			_ = work.wait()
			return err
		}
	}
}

// pause waits until there may be something to do: something has ended, or been discovered, or a limit bears more.
func (r *Run) pause(ctx context.Context) error {
	return await(ctx, time.Second, r.wake)
}

func (r *Run) scanOne(ctx context.Context, t journal.Turn) error {
	defer r.awake()
	defer r.busy.leave(t.Address, t.Provider)
	e, err := r.Stages.Scan(ctx, t.Target, func(ctx context.Context) (func(), error) {
		return r.admit(ctx, t.Address, t.Provider)
	})
	if ctx.Err() != nil {
		return nil // what was cut short is no result
	}
	if err != nil {
		return err
	}
	o := outcome(t, e, time.Now())
	e.Observations, e.Blobs.Dialogues, e.Blobs.Staples = nil, nil, nil
	if err := r.Journal.SetEndpoint(t, o); err != nil {
		return err
	}
	if !o.Again {
		r.counts.endpointsDone.Add(1)
	}
	return nil
}

// admit waits until the limits bear one more connection, and counts it.
func (r *Run) admit(ctx context.Context, address, provider string) (leave func(), err error) {
	leave, err = r.limiter.enter(ctx, address, provider)
	if err == nil {
		r.counts.connections.Add(1)
	}
	return leave, err
}

// mostTries is how often an endpoint is scanned whose server asks to be left alone before all is answered.
const mostTries = 3

// The first and the longest time that an address is left alone which asked for it: twice as long each time in a row.
const firstRest, longestRest = time.Minute, time.Hour

// outcome decides what follows from a scan.
func outcome(t journal.Turn, e *evidence.Endpoint, now time.Time) journal.Outcome {
	o := journal.Outcome{Evidence: e}
	if !Throttled(e) {
		return o
	}
	o.Until = now.Add(Rest(t.Times))
	o.Again = Again(e, t.Tries)
	return o
}

// Rest is how long an address is left alone that asked for it, and had so often in a row before.
func Rest(times int) time.Duration { return min(firstRest<<min(times, 10), longestRest) }

// Again reports whether an endpoint whose server asked to be left alone is scanned another time, after so many times before this.
func Again(e *evidence.Endpoint, before int) bool { return e.Ended != "" && before+1 < mostTries }

// Throttled reports whether a server asked to be left alone.
func Throttled(e *evidence.Endpoint) bool {
	for i := range e.Observations {
		if e.Observations[i].End.Kind == evidence.EndThrottled {
			return true
		}
	}
	return strings.HasPrefix(e.Ended, "the server throttles")
}
