package store

import (
	"net"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/realtest"
)

// databaseOf is an empty database of PostgreSQL.
func databaseOf(t *testing.T) string {
	t.Helper()
	return realtest.Database(t, server.Use(t))
}

// TestNoPassword looks for the password in what is said of databases that cannot be opened: all in one line.
func TestNoPassword(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	_ = l.Close()
	there := server.Use(t).Addr("postgresql")
	for _, c := range []struct{ url, want string }{
		{"postgres://me:hush@" + nobody + "/x", "connect"},
		{"postgres://me:hush@" + there + "/x", "password authentication failed"},
		{"postgres://me@" + there + "/x?password=hush", "password authentication failed"},
		{"postgres://me:hush@" + there + "/x?sslmode=sometimes", "sslmode"},
		{"postgres://me:hush@" + there + "/x?sslmode=require", "TLS"},
		{"postgres://me:hu/sh@" + there + "/x", "cannot be read"},
		{"postgres://me:4/hush@" + there + "/x", "cannot be read"},
		{"postgres://me:4?hush@" + there + "/x", "cannot be read"},
		{"postgres://me:4#hush@" + there + "/x", "cannot be read"},
		{"postgres://me:hush@x:port/x", "cannot be read"},
		{"postgres://me:%zhush@" + there + "/x", "cannot be read"},
	} {
		s, err := Open(t.Context(), c.url)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: it is open", c.url)
			continue
		}
		if text := err.Error(); strings.Contains(text, "hush") || strings.Contains(text, "\n") || !strings.Contains(text, c.want) {
			t.Errorf("%s: %q, want %q", c.url, text, c.want)
		}
	}
}

// TestAway takes the database away from those who use it, and gives it back: that is told apart from mistakes, and passes.
func TestAway(t *testing.T) {
	database := databaseOf(t)
	s := open(t, database)
	realtest.TakeAway(t, server.Use(t), database)
	for range 3 {
		if err := s.Ready(t.Context()); !Away(err) {
			t.Errorf("away: error %v", err)
		}
	}
	realtest.GiveBack(t, server.Use(t), database)
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("there again: %v", err)
	}
	if err := s.exec(t.Context(), "SELECT nonsense"); err == nil || Away(err) {
		t.Errorf("a mistake: %v", err)
	}
}

// TestStorable wants what servers say kept in any case.
func TestStorable(t *testing.T) {
	onEach(t, func(t *testing.T, database string) {
		s := open(t, database)
		scan, _ := ask(t, s, "example.org", true)
		if err := s.SetStep(t.Context(), scan.ID, Step{Place: "a", Text: "b\x00c\xff?"}); err != nil {
			t.Fatal(err)
		}
		if steps, err := s.Steps(t.Context(), scan.ID, 0); err != nil || len(steps) != 1 || steps[0].Text != "b\uFFFDc\uFFFD?" {
			t.Errorf("got %+v, %v", steps, err)
		}
	})
}
