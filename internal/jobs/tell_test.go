package jobs

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// told has a message brought to a webhook, in a job that ends with ctx, and returns what the job came to and what is known of the message.
func told(ctx context.Context, t *testing.T, hook http.HandlerFunc) (store.Delivery, error) {
	t.Helper()
	receiver := httptest.NewServer(hook)
	t.Cleanup(receiver.Close)
	s := open(t, filepath.Join(t.TempDir(), "x.db"))
	q, err := Start(t.Context(), s, Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	m := &store.Monitor{Name: "ours", Policy: "mail", Every: time.Hour, Targets: []string{"example.org"}, Webhook: receiver.URL, Paused: true}
	if err := errors.Join(s.AddMonitor(t.Context(), m, time.Now()), q.Test(t.Context(), m)); err != nil {
		t.Fatal(err)
	}
	delivery := func() store.Delivery {
		t.Helper()
		list, err := s.Deliveries(t.Context(), m.ID, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("deliveries %+v, %v", list, err)
		}
		return list[0]
	}
	w := &tellWorker{store: s, Watch: Watch{Hooks: channel.NewHooks([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})}}
	came := w.Work(ctx, &river.Job[tellArgs]{JobRow: &rivertype.JobRow{Attempt: 1, MaxAttempts: maxTellings}, Args: tellArgs{ID: delivery().ID}})
	return delivery(), came
}

// TestTellAtTheEnd ends the program while a receiver takes a message: it is known that it did.
func TestTellAtTheEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	d, err := told(ctx, t, func(http.ResponseWriter, *http.Request) { end() })
	if err != nil || d.State != store.Sent || d.Tries != 1 {
		t.Errorf("error %v, delivery %+v", err, d)
	}
}

// TestTellRefusedAtTheEnd ends the program while a receiver refuses a message: that was a try.
func TestTellRefusedAtTheEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	d, err := told(ctx, t, func(w http.ResponseWriter, _ *http.Request) {
		end()
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	var snoozed *river.JobSnoozeError
	if err == nil || errors.As(err, &snoozed) || d.State != store.Unsent || d.Tries != 1 {
		t.Errorf("error %v, delivery %+v", err, d)
	}
}

// TestTellAfterTheEnd ends the program before a message is sent: it is not, and that was no try.
func TestTellAfterTheEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	d, err := told(ctx, t, func(http.ResponseWriter, *http.Request) { t.Error("it was sent") })
	var snoozed *river.JobSnoozeError
	if !errors.As(err, &snoozed) || d.State != store.Unsent || d.Tries != 0 {
		t.Errorf("error %v, delivery %+v", err, d)
	}
}
