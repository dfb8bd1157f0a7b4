package realtest

import (
	"net"
	"testing"
)

// TestNotListening tells addresses of one port apart: what listens on another one is another server.
func TestNotListening(t *testing.T) {
	for _, c := range []struct {
		listen, ask string
		there       bool
	}{
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.2", false},
		{"127.0.0.2", "127.0.0.2", true},
		{"0.0.0.0", "127.0.0.2", true},
		{"", "127.0.0.1", true}, // for IPv6 and IPv4
	} {
		l, err := net.Listen("tcp", net.JoinHostPort(c.listen, "0"))
		if err != nil {
			t.Fatal(err)
		}
		missing := notListening(map[string]string{"imap": net.JoinHostPort(c.ask, port(l.Addr().String()))})
		if (len(missing) == 0) != c.there {
			t.Errorf("listening on %q, asked for %s: missing %v", c.listen, c.ask, missing)
		}
		_ = l.Close()
	}
}
