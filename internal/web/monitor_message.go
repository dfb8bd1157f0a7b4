package web

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

// An account may have 3 test messages sent at once, and then one a minute: they go to whomever it names. Where there are no accounts, all may together.
const testBurst, testPause = 3, time.Minute

// testMessages keeps how many were sent.
type testMessages struct {
	now   func() time.Time
	mu    sync.Mutex
	whose buckets
}

func newTestMessages(now func() time.Time) *testMessages {
	return &testMessages{now: now, whose: buckets{pause: testPause, burst: testBurst}}
}

// admit reports whether one more may be sent now, and counts it.
func (t *testMessages) admit(owner string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.whose.of(owner).AllowN(t.now(), 1)
}

// errTests says that too many test messages were asked for.
var errTests = errors.New("many test messages were sent: wait a minute before the next")

// errNobody says that a monitor tells nobody but who reads its feed.
var errNobody = errors.New("nobody is told of this monitor but who reads its feed: give it an address of mail or a webhook first")

// sendTest sends a test message of a monitor of whoever asks.
func (s *server) sendTest(ctx context.Context, m *store.Monitor) error {
	if len(m.Mail) == 0 && m.Webhook == "" && m.Slack == "" {
		return errNobody
	}
	if !s.tested.admit(m.Owner) {
		return errTests
	}
	if err := s.Queue.Test(ctx, m); err != nil {
		return err
	}
	s.noteOwn(ctx, "test message sent", m.Name)
	return nil
}

// testMonitor sends a test message, and shows the monitor with it.
func (s *server) testMonitor(w http.ResponseWriter, r *http.Request, m *store.Monitor) {
	err := s.sendTest(r.Context(), m)
	switch {
	case errors.Is(err, errTests):
		w.Header().Set("Retry-After", retryAfter)
		s.fail(w, r, http.StatusTooManyRequests, sentence(err.Error()))
	case errors.Is(err, errNobody):
		s.fail(w, r, http.StatusUnprocessableEntity, sentence(err.Error()))
	case err != nil:
		s.brokenMonitor(w, r, err)
	default:
		http.Redirect(w, r, "/monitors/"+m.ID+"#messages", http.StatusSeeOther)
	}
}
