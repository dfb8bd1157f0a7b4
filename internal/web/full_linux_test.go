package web

import (
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/internal/wireproxy"
)

// TestFullDisk fills the disk while a scan is made: its report is kept when there is room again, and what is ordered meanwhile is put off.
func TestFullDisk(t *testing.T) {
	if dir := realtest.OwnMounts(t); dir != "" {
		fillDisk(t, dir)
	}
}

func fillDisk(t *testing.T, dir string) {
	t.Helper()
	realtest.Mount(t, "tmpfs", dir, 0, "size=8m")
	target, _ := weak(t, "strong")
	reached, filled := make(chan struct{}), make(chan struct{})
	proxy, err := wireproxy.Listen(t.Context(), wireproxy.Config{Target: strings.TrimPrefix(target, "smtp://"), Fault: func(n int) wireproxy.Fault {
		if n == 1 {
			close(reached)
			<-filled
		}
		return wireproxy.None
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	at := netip.MustParseAddrPort(proxy.Addr()).Port()
	s := serveOn(t, filepath.Join(dir, "x.db"), loopback(at), at)
	_, path := s.post(t, url.Values{"target": {"smtp://" + proxy.Addr()}}, http.StatusOK)
	<-reached
	other := filepath.Join(dir, "other")
	if err := fill(other); err != nil {
		t.Fatal(err)
	}
	close(filled)
	for full := false; !full; { // until what room there is in the file is used up, too
		_, err := s.store.AddWorker(t.Context())
		if full = store.Away(err); err != nil && !full {
			t.Fatal(err)
		}
	}
	if page, _ := s.post(t, url.Values{"target": {"smtp://127.0.0.1:25"}}, http.StatusServiceUnavailable); !strings.Contains(page, "Nothing is lost") {
		t.Errorf("while the disk is full:\n%s", page)
	}
	s.get(t, "/history", http.StatusOK)
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	if last := s.watch(t, path); last != `"done"` {
		t.Errorf("the scan that was under way: %s", last)
	}
	if !strings.Contains(s.get(t, path, http.StatusOK), "report.json") {
		t.Error("its report is lost")
	}
}

// fill writes a file until there is no more room.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			if errors.Is(err, syscall.ENOSPC) {
				return nil
			}
			return err
		}
	}
}
