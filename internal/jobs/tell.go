package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/riverqueue/river"
)

const (
	tellQueue   = "tell" // one of its own, so that a server that does not answer keeps no scan waiting
	tellers     = 4      // messages on their way at once
	tellTime    = 90 * time.Second
	maxTellings = 12 // tries, over some 15 hours
)

// tellArgs are what the queue keeps of a delivery: all else is in the store.
type tellArgs struct {
	ID string `json:"id"`
}

// Kind is the name of such jobs in the queue.
func (tellArgs) Kind() string { return "tell" }

// bring orders that deliveries are brought, in a transaction of the store.
func (q *Queue) bring(ctx context.Context) func(*sql.Tx, []string) error {
	return func(tx *sql.Tx, ids []string) error {
		for _, id := range ids {
			if _, err := q.client.InsertTx(ctx, tx, tellArgs{ID: id}, &river.InsertOpts{Queue: tellQueue, MaxAttempts: maxTellings}); err != nil {
				return err
			}
		}
		return nil
	}
}

type tellWorker struct {
	river.WorkerDefaults[tellArgs]
	store *store.Store
	Watch
}

// Timeout is how long one try may take.
func (w *tellWorker) Timeout(*river.Job[tellArgs]) time.Duration { return tellTime }

// Work brings a message, unless that was done before. An error makes the queue try again, later each time. Who dies between the sending and
// the note of it sends again: then with the same ID, by which the receiver can tell.
func (w *tellWorker) Work(ctx context.Context, job *river.Job[tellArgs]) error {
	d, err := w.store.Delivery(ctx, job.Args.ID)
	switch {
	case errors.Is(err, store.ErrNoDelivery):
		return river.JobCancel(err) // its monitor was deleted
	case err != nil:
		return err
	case d.State != store.Unsent:
		return nil
	}
	failure := w.send(ctx, d)
	if ctx.Err() != nil && failure != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return ctx.Err() // the program ends
	}
	why := ""
	if failure != nil {
		why = failure.Error()
	}
	noted := context.WithoutCancel(ctx) // it was sent, or not: that is to be known however late it is
	return errors.Join(failure, w.store.Tried(noted, d.ID, why, job.Attempt >= job.MaxAttempts, time.Now()))
}

func (w *tellWorker) send(ctx context.Context, d *store.Delivery) error {
	switch d.Channel {
	case byMail:
		if w.SMTP == nil {
			return errors.New("this service has no mail server: it is started with --smtp-host")
		}
		return w.SMTP.Send(ctx, d.Recipient, d.ID, d.At, notify.Message{Subject: d.Subject, Body: d.Body})
	case bySlack:
		return w.Hooks.Slack(ctx, d.Recipient, d.ID, notify.Message{Subject: d.Subject, Body: d.Body})
	case byWebhook:
		m, err := w.store.Monitor(ctx, d.Monitor)
		if err != nil {
			return err
		}
		return w.Hooks.Signed(ctx, d.Recipient, m.Secret, d.ID, time.Now(), []byte(d.Body))
	}
	return fmt.Errorf("channel %q is not known", d.Channel)
}
