package jobs

import (
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
)

func TestMain(m *testing.M) {
	code := m.Run()
	server.Close()
	os.Exit(code)
}

var server = realtest.Shared{Starter: realtest.PostgreSQL{}}

// onEach calls test for each kind of database, with one that is empty.
func onEach(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "x.db")) })
	if testing.Short() { // for the race detector: what runs at once is the same
		return
	}
	t.Run("PostgreSQL", func(t *testing.T) { test(t, realtest.Database(t, server.Use(t))) })
}

func open(t *testing.T, database string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// mute is a server that says nothing until it is told to hang up on everybody.
type mute struct {
	net.Listener
	reached chan struct{} // once for each connection
	hangUp  chan struct{}
}

func newMute(t *testing.T) *mute {
	t.Helper()
	return newMuteAt(t, "127.0.0.1:0")
}

func newMuteAt(t *testing.T, addr string) *mute {
	t.Helper()
	l, err := net.Listen("tcp", addr)
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

func stop(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func order(t *testing.T, q *Queue, target string) *store.Scan {
	t.Helper()
	scan, err := q.Ask(t.Context(), target, true)
	if err != nil {
		t.Fatal(err)
	}
	return scan
}

// over waits until a scan is.
func over(t *testing.T, s *store.Store, id string) *store.Scan {
	t.Helper()
	for {
		got, err := s.Scan(t.Context(), id)
		switch {
		case store.Away(err): // on a connection that was cut while nobody used it
		case err != nil:
			t.Fatal(err)
		case got.Over():
			return got
		}
		<-time.After(20 * time.Millisecond) // between looks
	}
}

// TestStop ends the program in the midst of a scan: what was seen by then is no report, and the scan is made anew by the next.
func TestStop(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		m, s := newMute(t), open(t, database)
		q := start(t, s)
		scan := order(t, q, "smtp://"+m.Addr().String())
		<-m.reached
		stop(t, q)
		if got, err := s.Scan(t.Context(), scan.ID); err != nil || got.Over() {
			t.Fatalf("cut short: %+v, %v", got, err)
		}
		close(m.hangUp)
		q = start(t, s)
		if got := over(t, s, scan.ID); got.State != store.Done {
			t.Errorf("made anew: %+v", got)
		}
		stop(t, q)
	})
}

// TestNoName wants a scan that cannot begin told as failed, with the reason.
func TestNoName(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		q := start(t, s)
		if got := over(t, s, order(t, q, "gopher://192.0.2.1").ID); got.State != store.Failed || got.Why == "" {
			t.Errorf("got %+v", got)
		}
		stop(t, q)
	})
}
