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
	store *store.Store
	cfg   Config

	mu      sync.Mutex
	running int
	gates   *mailtls.Gates // so that the limits for an address hold for all scans together
}

// enter returns the gates of the scans that go on. When none does, what they remember of addresses is forgotten, pauses that a server
// asked for long ago among it.
func (w *scanWorker) enter() *mailtls.Gates {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running++; w.running == 1 {
		w.gates = new(mailtls.Gates)
	}
	return w.gates
}

func (w *scanWorker) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running--
}

// Work makes a scan and keeps its report. An error makes the queue try again.
func (w *scanWorker) Work(ctx context.Context, job *river.Job[scanArgs]) error {
	scan, err := w.store.Begin(ctx, job.Args.ID)
	switch {
	case errors.Is(err, store.ErrNone):
		return river.JobCancel(err) // deleted since
	case err != nil:
		return err
	case scan.Over():
		return nil
	}
	r, err := w.scan(ctx, scan)
	switch {
	case ctx.Err() != nil: // the program ends: what was seen by then is no report
		return ctx.Err()
	case err != nil:
		return w.store.Fail(ctx, scan.ID, err.Error())
	}
	if err := w.store.Finish(ctx, scan.ID, r); err != nil {
		err = fmt.Errorf("keeping the report of scan %s: %w", scan.ID, err)
		if job.Attempt >= job.MaxAttempts { // nobody tries again
			err = errors.Join(err, w.store.Fail(ctx, scan.ID, "the service could not keep the report"))
		}
		return err
	}
	return nil
}

func (w *scanWorker) scan(ctx context.Context, scan *store.Scan) (*report.Report, error) {
	limited, cancel := context.WithTimeout(ctx, scanTime)
	defer cancel()
	if w.cfg.Refuse != nil {
		if err := w.cfg.Refuse(limited, scan.Target); err != nil {
			return nil, err
		}
	}
	progress := &progress{store: w.store, id: scan.ID, last: make(map[string]time.Time)}
	cfg := w.cfg.Scan
	gates := w.enter()
	defer w.leave()
	cfg.Quick, cfg.Gates, cfg.Events = scan.Quick, gates, func(e mailtls.Event) { progress.note(ctx, e) }
	return mailtls.Scan(limited, scan.Target, &cfg)
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
	if late {
		p.last[place] = time.Now()
	}
	p.mu.Unlock()
	if late {
		_ = p.store.SetStep(ctx, p.id, store.Step{Place: place, Text: e.Text, Connections: e.Connections, Done: e.Done})
	}
}

// placeOf names a server for people.
func placeOf(t evidence.Target) string {
	return t.Protocol + " " + net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) + " " + t.Address
}
