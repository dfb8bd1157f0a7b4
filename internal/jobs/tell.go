package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/riverqueue/river"
)

const (
	tellQueue   = "tell" // one of its own, so that a server that does not answer keeps no scan waiting
	tellers     = 4      // messages on their way at once
	tellTime    = 90 * time.Second
	tellStop    = 20 * time.Second // that a try under way may take when the program is to end: as long as a webhook has
	maxTellings = 12               // tries, in eleven hours
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

// Timeout is how long one try may take, with the note of what came of it.
func (w *tellWorker) Timeout(*river.Job[tellArgs]) time.Duration { return tellTime + keepTime }

// Work brings a message, unless that was done before. An error makes the queue try again, later each time. Who dies between the sending and
// the note of it sends again: then with the same ID, by which the receiver can tell.
func (w *tellWorker) Work(ctx context.Context, job *river.Job[tellArgs]) error {
	d, err := w.store.Delivery(ctx, job.Args.ID)
	switch {
	case errors.Is(err, store.ErrNoDelivery):
		return river.JobCancel(err) // its monitor was deleted
	case ctx.Err() != nil:
		return river.JobSnooze(0) // the program ends: that was no try
	case err != nil:
		return err
	case d.State != store.Unsent:
		return nil
	}
	sending, cancel := unhurried(ctx)
	defer cancel()
	failure := w.send(sending, d)
	if failure != nil && errors.Is(sending.Err(), context.Canceled) {
		return river.JobSnooze(0) // the program ends, and what came of it is not known
	}
	why := ""
	if failure != nil {
		why = failure.Error()
	}
	_, refused := errors.AsType[channel.Refusal](failure)
	kept := patiently(ctx, func(ctx context.Context) error {
		return w.store.Tried(ctx, d.ID, why, refused || job.Attempt >= job.MaxAttempts, time.Now())
	})
	if refused && kept == nil {
		return river.JobCancel(failure)
	}
	return errors.Join(failure, kept)
}

// unhurried is the context of a try: it ends after tellTime, and is canceled tellStop after ctx has ended. What a receiver is just taking would
// be sent again else.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellTime)
	end := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(tellStop):
			cancel()
		case <-sending.Done():
		}
	})
	return sending, func() { end(); cancel() }
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
