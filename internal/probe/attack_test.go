package probe

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// TestEarlyEndsAreToldApart ends connections between the two parts of what sets a reaction off: one that is reset is not one that
// the server closes.
func TestEarlyEndsAreToldApart(t *testing.T) {
	for _, c := range []struct {
		end    func(*net.TCPConn) error
		answer string
		want   string
	}{
		{func(s *net.TCPConn) error { return s.SetLinger(0) }, "", "early reset"},
		{func(*net.TCPConn) error { return nil }, "", "early closed"},
		{func(*net.TCPConn) error { return nil }, "\x15\x03\x03\x00\x02\x02\x0a", "early alert unexpected_message, early alert"},
	} {
		client, server := tcpPair(t)
		go func() {
			_, _ = io.ReadFull(server, make([]byte, 5))
			_, _ = io.WriteString(server, c.answer)
			_ = c.end(server)
			_ = server.Close()
		}()
		conn := &connection{Session: newSession(evidence.Target{Protocol: "smtps"}, Config{Timeout: time.Minute}, starttls.Submissions),
			conn: &countedConn{Conn: client}, obs: &evidence.Observation{}}
		conn.provokeTwice(t.Context(), []byte("first"), []byte("rest"), time.Minute)
		if got := conn.obs.Reaction.Class(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// tcpPair returns the two ends of a connection over loopback.
func tcpPair(t *testing.T) (client, server *net.TCPConn) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = c.Close(), s.Close() })
	return c.(*net.TCPConn), s.(*net.TCPConn)
}
