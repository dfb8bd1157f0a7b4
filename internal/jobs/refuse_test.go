package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/store"
)

// TestRefuse wants no connection to a target that is to be left alone, and the reason in its place.
func TestRefuse(t *testing.T) {
	m := newMute(t)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	asked := make(chan string, 1)
	var log bytes.Buffer // read when nobody writes any more
	q, err := Start(t.Context(), s, Config{Workers: 1, Log: slog.New(slog.NewTextHandler(&log, nil)), Scan: mailtls.Config{Allow: func(netip.AddrPort) error { return nil }},
		Refuse: func(_ context.Context, target string) error {
			asked <- target
			return errors.New("it wants no scans")
		}})
	if err != nil {
		t.Fatal(err)
	}
	target := "smtp://" + m.Addr().String()
	scan, err := q.Ask(t.Context(), target, true)
	if err != nil {
		t.Fatal(err)
	}
	if got := <-asked; got != target {
		t.Errorf("asked about %s", got)
	}
	for !scan.Over() {
		if scan, err = s.Scan(t.Context(), scan.ID); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if scan.State != store.Failed || scan.Why != "it wants no scans" || len(m.reached) > 0 {
		t.Errorf("%+v, reached %d times", scan, len(m.reached))
	}
	if said := log.String(); !strings.Contains(said, `msg="a scan failed" scan=`+scan.ID) || !strings.Contains(said, `error="it wants no scans"`) {
		t.Errorf("the log says %s", said)
	}
}

// TestLogged finds a scan that is over in the log, by its ID.
func TestLogged(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	target := "smtp://" + l.Addr().String()
	if err := l.Close(); err != nil { // it refuses connections, which is a report, too
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var log bytes.Buffer
	q, err := Start(t.Context(), s, Config{Workers: 1, Log: slog.New(slog.NewTextHandler(&log, nil)), Scan: mailtls.Config{Allow: func(netip.AddrPort) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	scan := over(t, s, order(t, q, target).ID)
	stop(t, q)
	if said := log.String(); !strings.Contains(said, `msg="a scan is over" scan=`+scan.ID+" target="+target+" took=") {
		t.Errorf("the log says %s", said)
	}
}
