package jobs

import (
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/store"
)

// mute is a server that says nothing until it is told to hang up on everybody.
type mute struct {
	net.Listener
	reached chan struct{} // once for each connection
	hangUp  chan struct{}
}

func newMute(t *testing.T) *mute {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &mute{l, make(chan struct{}, 10_000), make(chan struct{})}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			m.reached <- struct{}{}
			go func() {
				<-m.hangUp
				_ = c.Close()
			}()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return m
}

func start(t *testing.T, s *store.Store) *Queue {
	t.Helper()
	q, err := Start(t.Context(), s, Config{Workers: 1, Log: slog.New(slog.DiscardHandler), Scan: mailtls.Config{Timeout: time.Minute,
		Allow: func(netip.AddrPort) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestStop ends the program in the midst of a scan: what was seen by then is no report, and the scan is made anew by the next.
func TestStop(t *testing.T) {
	m := newMute(t)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q := start(t, s)
	scan, err := q.Ask(t.Context(), "smtp://"+m.Addr().String(), true)
	if err != nil {
		t.Fatal(err)
	}
	<-m.reached
	if err := q.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Scan(t.Context(), scan.ID); err != nil || got.Over() {
		t.Fatalf("cut short: %+v, %v", got, err)
	}
	close(m.hangUp)
	q = start(t, s)
	for {
		got, err := s.Scan(t.Context(), scan.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Over() {
			if got.State != store.Done {
				t.Errorf("made anew: %+v", got)
			}
			break
		}
		<-time.After(20 * time.Millisecond) // between looks
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestNoName wants a scan that cannot begin told as failed, with the reason.
func TestNoName(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	q := start(t, s)
	scan, err := q.Ask(t.Context(), "gopher://192.0.2.1", true)
	if err != nil {
		t.Fatal(err)
	}
	for {
		got, err := s.Scan(t.Context(), scan.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got.Over() {
			if got.State != store.Failed || got.Why == "" {
				t.Errorf("got %+v", got)
			}
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
