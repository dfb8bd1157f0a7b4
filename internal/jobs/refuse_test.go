package jobs

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
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
	q, err := Start(t.Context(), s, Config{Workers: 1, Log: slog.New(slog.DiscardHandler), Scan: mailtls.Config{Allow: func(netip.AddrPort) error { return nil }},
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
}
