package servetls

import (
	"bytes"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// said is a log that several may write and read.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestErrorLog has a handler panic, and a stranger speak no TLS: the one is told, the other only to those who look for it.
func TestErrorLog(t *testing.T) {
	for _, level := range []slog.Level{slog.LevelInfo, slog.LevelDebug} {
		log := new(said)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("no such luck") }))
		s.Config.ErrorLog = ErrorLog(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: level})))
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		s.StartTLS()
		if res, err := s.Client().Get(s.URL); err == nil { //nolint:noctx // the test ends anyway
			_ = res.Body.Close()
			t.Error("a handler that panics answers")
		}
		c, err := net.Dial("tcp", s.Listener.Addr().String()) //nolint:noctx // the same
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
		_, _ = io.Copy(io.Discard, c)
		_ = c.Close()
		s.Close() // which waits until all has been told
		text := log.String()
		if strings.Count(text, "level=ERROR") != 1 || !strings.Contains(text, "no such luck") || strings.Contains(text, "handshake") != (level == slog.LevelDebug) {
			t.Errorf("at level %v: %s", level, text)
		}
	}
}
