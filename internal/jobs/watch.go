package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

const (
	tickEvery    = 2 * time.Second // what is due is looked for
	confirmAfter = 5 * time.Minute // a look that saw a change is followed by another
	maxWaiting   = 40              // scans wait for their turn, at most, when more are ordered by monitors
	batch        = 50              // of each kind that a tick does
	jitter       = 20              // looks are spread over that part of the time between two: a twentieth
)

// Watch is what monitors need.
type Watch struct {
	SMTP  *channel.SMTP // nil: no mail can be sent
	Hooks *channel.Hooks
	URL   string // of the service, as people reach it, without a final slash; empty: messages have no links
}

// watcher orders the scans that are due, looks at those that are over, and has told what is worth it. All it knows is in the store, so that
// several programs may watch at the same time, and any may end at any time.
type watcher struct {
	*Queue
	Watch
	log   *slog.Logger
	ended sync.WaitGroup
	end   context.CancelFunc // nil: it has no clock
}

// begin has it watch until stop.
func (w *watcher) begin(ctx context.Context) {
	ctx, w.end = context.WithCancel(ctx)
	w.ended.Go(func() { w.run(ctx) })
}

func (w *watcher) stop() {
	if w.end != nil {
		w.end()
		w.ended.Wait()
	}
}

// run watches until ctx ends.
func (w *watcher) run(ctx context.Context) {
	told := "" // what failed, so that a database that is away for a while is told of once
	every(ctx, tickEvery, func() {
		now := ""
		if err := w.tick(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
			now = err.Error()
		}
		if now != "" && now != told {
			w.log.Error("watching for monitors", "error", now)
		}
		told = now
	})
}

// tick does what there is to do at a time. What fails is tried again by the next.
func (w *watcher) tick(ctx context.Context, now time.Time) error {
	seen, err := w.store.Seen(ctx, now, batch)
	for i := range seen {
		err = errors.Join(err, w.look(ctx, seen[i], now))
	}
	return errors.Join(err, w.tellGathered(ctx, now), w.orderDue(ctx, now))
}

// orderDue has made what scans are due, as many as people are not kept waiting by.
func (w *watcher) orderDue(ctx context.Context, now time.Time) error {
	waiting, err := w.store.Waiting(ctx)
	if err != nil || waiting >= maxWaiting {
		return err
	}
	due, err := w.store.Due(ctx, now, min(batch, maxWaiting-waiting))
	if err != nil {
		return err
	}
	monitors := make(map[string]*store.Monitor)
	for _, x := range due {
		if monitors[x.Monitor] == nil {
			m, err := w.store.Monitor(ctx, x.Monitor)
			if errors.Is(err, store.ErrNoMonitor) { // deleted since
				continue
			}
			if err != nil {
				return err
			}
			monitors[x.Monitor] = m
		}
		scan, err := w.ask(ctx, x.Target, monitors[x.Monitor].Quick, behindPeople)
		if err != nil {
			return err
		}
		if err := w.store.Ordered(ctx, x, scan.ID); err != nil {
			return err
		}
	}
	return nil
}

// look compares a scan that is over with what is remembered, and keeps what comes of that.
func (w *watcher) look(ctx context.Context, x store.Watch, now time.Time) error {
	m, err := w.store.Monitor(ctx, x.Monitor)
	if errors.Is(err, store.ErrNoMonitor) { // deleted since
		return nil
	}
	if err != nil {
		return err
	}
	l := &store.Look{Watch: x, At: now, Next: next(x.Due, now, m.Every)}
	scan, err := w.store.Scan(ctx, x.Scan)
	switch {
	case errors.Is(err, store.ErrNone): // deleted before anybody looked
		l.Next = now
	case err != nil:
		return err
	case !scan.Over(): // nothing can end it any more
		l.Why, l.Next = "the service could not make this scan", now
	case scan.State == store.Failed:
		l.Why = scan.Why
	default:
		err := w.compare(ctx, l, m)
		if store.Away(err) { // the next tick looks again
			return err
		}
		if err != nil { // the next look sees what this one should have
			w.log.Error("a scan of a monitor could not be looked at", "monitor", m.ID, "scan", x.Scan, "error", err)
			l.Watch, l.Event, l.Deliveries, l.Confirm = x, nil, nil, false
			l.Why = "the service could not read the report"
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.store.Looked(ctx, l, w.bring(ctx))
}

// compare notes what a look says, and whom it is told.
func (w *watcher) compare(ctx context.Context, l *store.Look, m *store.Monitor) error {
	r, err := w.store.Report(ctx, l.Scan)
	if err == nil {
		r, err = judged(r, m.Policy)
	}
	if err != nil {
		return err
	}
	var before notify.State
	if l.State != "" {
		if err := json.Unmarshal([]byte(l.State), &before); err != nil {
			return err
		}
	}
	if !l.Second { // a confirming look failed, or was by the former schedule
		before.Confirms = 0
	}
	out := notify.Look(before, r, m.Policy)
	former := formerOf(before, &out, l.Last)
	state, err := json.Marshal(out.Next)
	if err != nil {
		return err
	}
	l.State, l.Last, l.Why = string(state), l.Scan, ""
	if out.Again {
		l.Confirm, l.Next = true, l.At.Add(confirmAfter)
	}
	if len(out.Changes) > 0 {
		return w.write(l, m, former, out)
	}
	return nil
}

// formerOf is the scan that what a look tells is compared with: the one before the first that saw it, not the first itself, which the look that
// confirms it comes after. It is remembered as long as something seen is not told; last is the scan of the look before.
func formerOf(before notify.State, out *notify.Outcome, last string) string {
	former := cmp.Or(before.Former, last)
	switch {
	case len(out.Next.Seen) == 0:
	case len(out.Changes) == 0:
		out.Next.Former = former
	default: // what is told now is not to be compared again
		out.Next.Former = last
	}
	return former
}

// judged is a report with the opinion of a policy.
func judged(r *report.Report, name string) (*report.Report, error) {
	if name == policy.Mail {
		return r, nil
	}
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return nil, err
	}
	p, err := policy.Named(name)
	if err != nil {
		return nil, err
	}
	return report.Judge(r, mail, []*policy.Policy{p}, time.Time{}), nil
}

// next is when a target is looked at again: every so often since it was due, a bit later by chance, so that what was added at once is not
// scanned at once for ever. Who was away for long does not make up for what was missed.
func next(due, now time.Time, every time.Duration) time.Time {
	spread := time.Duration(rand.Int64N(int64(every/jitter) + 1))
	if at := due.Add(every + spread); at.After(now) && !due.IsZero() {
		return at
	}
	return now.Add(every - spread)
}
