package main

import (
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/mailtls/mailtls/internal/store"
)

// told passes on what is written.
type told chan string

// Write never fails.
func (c told) Write(b []byte) (int, error) {
	c <- string(b)
	return len(b), nil
}

// TestWarnOfDNS tells of a name server that is not there, while the program goes on, and nothing more once it ends.
func TestWarnOfDNS(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := silent.LocalAddr().String()
	f, said := newWorkFlags(), make(told, 2)
	if err := f.resolvers.Set(addr); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(said, &slog.HandlerOptions{Level: slog.LevelWarn}))
	f.warnOfDNS(t.Context(), log)()
	if len(said) > 0 {
		t.Errorf("after the end: %s", <-said)
	}
	if err := silent.Close(); err != nil {
		t.Fatal(err)
	}
	f.database.value = filepath.Join(t.TempDir(), "x.db")
	if err := new(app).withQueue(t.Context(), &f, jobs.Config{Workers: 1, Log: log}, func(*store.Store, *jobs.Queue) error {
		if line := <-said; !strings.Contains(line, "level=WARN") || !strings.Contains(line, "did not answer at the start") || !strings.Contains(line, addr) {
			t.Error(line)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
