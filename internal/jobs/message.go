package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/store"
)

// The channels of deliveries.
const (
	byMail    = "mail"
	byWebhook = "webhook"
	bySlack   = "slack"
)

// payload is the body of a signed request.
type payload struct {
	Event   string          `json:"event"` // change, digest or test
	Monitor payloadMonitor  `json:"monitor"`
	Target  string          `json:"target,omitempty"`
	At      time.Time       `json:"at"`
	Subject string          `json:"subject"`
	Text    string          `json:"text"`
	Changes []notify.Change `json:"changes,omitempty"` // of an event "change"
	Scan    string          `json:"scan,omitempty"`    // its ID
	Former  string          `json:"former_scan,omitempty"`
	Report  string          `json:"report,omitempty"` // URL
	Diff    string          `json:"diff,omitempty"`   // URL
}

type payloadMonitor struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// write notes the event of a look, and whom it is told: nobody yet, if it is to be told with others.
func (w *watcher) write(l *store.Look, m *store.Monitor, former string, out notify.Outcome) error {
	var links notify.Links
	if w.URL != "" {
		links.Report, links.Monitor = w.URL+"/scans/"+l.Scan, w.URL+"/monitors/"+m.ID
		if former != "" {
			links.Diff = w.URL + "/diff?old=" + former + "&new=" + l.Scan
		}
	}
	message := notify.Compose(l.Target, out.Changes, out.Notes, links)
	l.Event = &store.Event{Former: former, Subject: message.Subject, Body: message.Body}
	if l.Gather = gatherUntil(m, l.At); !l.Gather.IsZero() {
		return nil
	}
	var err error
	l.Deliveries, err = deliveries(m, message, payload{Event: "change", Target: l.Target, At: l.At, Changes: out.Changes, Scan: l.Scan, Former: former,
		Report: links.Report, Diff: links.Diff})
	return err
}

// gatherUntil is when something that is worth telling now is told with others; zero: at once.
func gatherUntil(m *store.Monitor, now time.Time) time.Time {
	var at time.Time
	if m.Muted.After(now) {
		at = m.Muted
	}
	if m.Digest {
		at = store.DigestAt(later(now, at))
	}
	return at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// deliveries bring a message to all whom a monitor tells.
func deliveries(m *store.Monitor, message notify.Message, p payload) ([]store.Delivery, error) {
	var out []store.Delivery
	for _, to := range m.Mail {
		out = append(out, store.Delivery{Channel: byMail, Recipient: to, Subject: message.Subject, Body: message.Body})
	}
	if m.Slack != "" {
		out = append(out, store.Delivery{Channel: bySlack, Recipient: m.Slack, Subject: message.Subject, Body: message.Body})
	}
	if m.Webhook != "" {
		p.Monitor, p.Subject, p.Text = payloadMonitor{m.ID, m.Name}, message.Subject, message.Body
		body, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		out = append(out, store.Delivery{Channel: byWebhook, Recipient: m.Webhook, Subject: message.Subject, Body: string(body)})
	}
	return out, nil
}

// tellGathered tells what has gathered of monitors whose time for that has come.
func (w *watcher) tellGathered(ctx context.Context, now time.Time) error {
	ids, err := w.store.Gathered(ctx, now, batch)
	for _, id := range ids {
		err = errors.Join(err, w.tellGatheredOf(ctx, id, now))
	}
	return err
}

func (w *watcher) tellGatheredOf(ctx context.Context, id string, now time.Time) error {
	m, err := w.store.Monitor(ctx, id)
	if err != nil {
		return err
	}
	if m.Muted.After(now) { // since it gathered
		return w.store.Postpone(ctx, id, gatherUntil(m, now))
	}
	return w.store.TellGathered(ctx, id, now, func(list []store.Event) ([]store.Delivery, error) {
		if len(list) == 0 {
			return nil, nil
		}
		var messages []notify.Message
		for _, e := range list {
			messages = append(messages, notify.Message{Subject: e.Subject, Body: e.Body})
		}
		return deliveries(m, notify.Digest(m.Name, messages), payload{Event: "digest", At: now})
	}, w.bring(ctx))
}

// Test sends a message to all whom a monitor tells, so that they see that it comes.
func (q *Queue) Test(ctx context.Context, m *store.Monitor) error {
	message := notify.Message{Subject: "Test message of mailtls", Body: "This is what a message looks like.\n\nSomebody who set up a monitor asked for it. Nothing has changed.\n"}
	now := time.Now().UTC()
	list, err := deliveries(m, message, payload{Event: "test", At: now})
	if err != nil {
		return err
	}
	return q.store.Tell(ctx, m.ID, list, now, q.bring(ctx))
}
