package jobs

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
	"github.com/riverqueue/river"
)

// scanArgs are what the queue keeps of a scan: all else is in the store.
type scanArgs struct {
	ID string `json:"id"`
}

// Kind is the name of such jobs in the queue.
func (scanArgs) Kind() string { return "scan" }

type scanWorker struct {
	river.WorkerDefaults[scanArgs]
	store    *store.Store
	cfg      Config
	presence *presence
	turns    *turns
	slots    *slots

	mu     sync.Mutex
	making map[string]bool // scans, by ID, and endpoints of campaigns
	gates  *mailtls.Gates  // so that the limits for an address hold for all scans together
}

// enter returns the gates of the scans that go on. When none does, what they remember of addresses is forgotten, pauses that a server
// asked for long ago among it. ok is false if that scan goes on already.
func (w *scanWorker) enter(id string) (gates *mailtls.Gates, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.making[id] {
		return nil, false
	}
	if len(w.making) == 0 {
		w.making, w.gates = make(map[string]bool), new(mailtls.Gates)
	}
	w.making[id] = true
	return w.gates, true
}

func (w *scanWorker) leaveScan(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.making, id)
}

// Work makes a scan and keeps its report. An error makes the queue try again.
func (w *scanWorker) Work(ctx context.Context, job *river.Job[scanArgs]) error {
	here, present, ok := w.presence.here()
	if !ok {
		return river.JobSnooze(aliveEvery)
	}
	gates, ok := w.enter(job.Args.ID)
	if !ok {
		return river.JobSnooze(aliveEvery) // there are two jobs of a scan that was taken over
	}
	defer w.leaveScan(job.Args.ID)
	w.slots.begin(1, 0)
	defer w.slots.end(1, 0)
	scan, mine, err := w.store.Begin(ctx, job.Args.ID, here)
	switch {
	case errors.Is(err, store.ErrNone):
		return river.JobCancel(err) // deleted since
	case err != nil || !mine:
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(present, stop)()
	cfg := w.cfg.Scan
	cfg.Gates = gates
	cfg.Turn = func(limited context.Context, address string) (func(), error) {
		return w.turns.take(limited, ctx, here, address)
	}
	if err := w.finish(ctx, job, scan, cfg); err != nil {
		back := patiently(ctx, func(ctx context.Context) error { return w.store.GiveBack(ctx, scan) })
		if errors.Is(ctx.Err(), context.Canceled) { // the program ends, or is no worker any more: if the scan is not given back, it is taken over
			return river.JobSnooze(0) // which is no attempt, however often it comes to that
		}
		return errors.Join(err, back)
	}
	return nil
}

// finish makes a scan that was begun.
func (w *scanWorker) finish(ctx context.Context, job *river.Job[scanArgs], scan *store.Scan, cfg mailtls.Config) error {
	begun := time.Now()
	r, err := w.scan(ctx, scan, cfg)
	log := w.cfg.Log.With("scan", scan.ID, "target", scan.Target, "took", time.Since(begun).Round(time.Millisecond))
	switch {
	case ctx.Err() != nil: // the program ends, or others make the scan: what was seen by then is no report
		return ctx.Err()
	case err != nil:
		log.Info("a scan failed", "error", err)
		return patiently(ctx, func(ctx context.Context) error { return w.store.Fail(ctx, scan, err.Error()) })
	}
	if err := patiently(ctx, func(ctx context.Context) error { return w.store.Finish(ctx, scan, r) }); err != nil {
		err = fmt.Errorf("keeping the report of scan %s: %w", scan.ID, err)
		if job.Attempt >= job.MaxAttempts { // nobody tries again
			log.Info("a scan failed", "error", err)
			err = errors.Join(err, w.store.Fail(ctx, scan, "the service could not keep the report"))
		}
		return err
	}
	log.Info("a scan is over")
	return nil
}

func (w *scanWorker) scan(ctx context.Context, scan *store.Scan, cfg mailtls.Config) (*report.Report, error) {
	limited, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	if w.cfg.Refuse != nil {
		if err := w.cfg.Refuse(limited, scan.Target); err != nil {
			return nil, err
		}
	}
	progress := &progress{store: w.store, id: scan.ID, last: make(map[string]time.Time)}
	cfg.Quick, cfg.Events = scan.Quick, func(e mailtls.Event) { progress.note(ctx, e) }
	return mailtls.Scan(limited, scan.Target, &cfg)
}

// Where the database is away, what is to be kept is tried again every keepEvery. Each try may take keepTime.
const keepEvery, keepTime = time.Second, 30 * time.Second

// patiently does something with the database, and again as long as that is away, until ctx ends. What is tried then still has its time.
func patiently(ctx context.Context, do func(context.Context) error) error {
	for {
		once, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTime)
		err := do(once)
		cancel()
		if err == nil || !store.Away(err) {
			return err
		}
		select {
		case <-time.After(keepEvery):
		case <-ctx.Done():
			return err
		}
	}
}

// stepEvery is how often at most a server's progress is noted.
const stepEvery = 200 * time.Millisecond

// progress notes how far a scan is. That a note is lost does not matter: the report is what counts.
type progress struct {
	store *store.Store
	id    string
	mu    sync.Mutex
	last  map[string]time.Time
}

func (p *progress) note(ctx context.Context, e mailtls.Event) {
	place := placeOf(e.Target)
	p.mu.Lock()
	late := e.Done || time.Since(p.last[place]) >= stepEvery
	if late && e.Connections > 0 { // what is told before any answer delays none
		p.last[place] = time.Now()
	}
	p.mu.Unlock()
	if late {
		_ = p.store.SetStep(ctx, p.id, store.Step{Place: place, Text: e.Text, Connections: e.Connections, Done: e.Done})
	}
}

// placeOf names a server for people, or the name that the DNS is asked about.
func placeOf(t evidence.Target) string {
	if t.Protocol == "" {
		return t.Host
	}
	return t.Protocol + " " + net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) + " " + t.Address
}
