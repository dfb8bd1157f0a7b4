package probe

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// TestLookup names the servers that were asked, and none where the hosts of this machine answer.
func TestLookup(t *testing.T) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go answer(server)
	var mu sync.Mutex
	var asked []string
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, address)
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}
	list, servers, err := lookup(t.Context(), "ip4", "mail.example.org.", dial)
	if err != nil || !slices.Equal(list, []netip.Addr{netip.MustParseAddr("192.0.2.1")}) {
		t.Fatalf("%v, %v", list, err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(servers) == 0 || !slices.Equal(servers, slices.Compact(slices.Clone(asked))) {
		t.Errorf("the name servers are %q, asked were %q", servers, asked)
	}
	if list, servers, err := lookup(t.Context(), "ip4", "localhost", dial); err != nil || len(list) == 0 || len(servers) > 0 {
		t.Errorf("localhost: %v by %q, %v", list, servers, err)
	}
}

// answer tells everybody that every host has the address 192.0.2.1, until the connection is closed.
func answer(c net.PacketConn) {
	b := make([]byte, 512)
	for {
		n, from, err := c.ReadFrom(b)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(b[:n]) != nil || len(m.Questions) != 1 {
			continue
		}
		m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
		if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
			m.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 60},
				Body:   &dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}},
			}}
		}
		if reply, err := m.Pack(); err == nil {
			_, _ = c.WriteTo(reply, from)
		}
	}
}
