package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAllow(t *testing.T) {
	allow := Allow([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Ports([]uint16{26}))
	for addr, want := range map[string]bool{
		"93.184.215.14:25": true, "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:993": true, "10.1.2.3:25": true, "[::ffff:10.1.2.3]:25": true, "1.1.1.1:26": true,
		"93.184.215.14:22": false, "93.184.215.14:80": false, "10.1.2.3:443": false, "127.0.0.1:25": false, "[::1]:25": false, "[::ffff:127.0.0.1]:25": false,
		"192.168.1.1:25": false, "172.16.0.1:25": false, "169.254.169.254:25": false, "100.64.0.1:25": false, "0.0.0.0:25": false, "[::]:25": false,
		"[fe80::1]:25": false, "[fc00::1]:25": false, "[64:ff9b::7f00:1]:25": false, "[2002:7f00:1::]:25": false, "224.0.0.1:25": false, "255.255.255.255:25": false,
	} {
		if err := allow(netip.MustParseAddrPort(addr)); (err == nil) != want {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// TestNotReached orders scans of this machine in all the ways to write its address, and wants no connection.
func TestNotReached(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var reached atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	var s *service
	for i, host := range []string{"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "017700000001", "127.000.000.001", "0", "0.0.0.0",
		"[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "localhost", "localhost.", "LOCALHOST",
		"127.0.0.1.", "[::]", "127.255.255.254", "127.0.0.1%00", "[::1%lo]"} {
		if i%visitorBurst == 0 { // none of them is to be kept out for there being so many
			s = serve(t, Allow(nil, Ports([]uint16{uint16(port)})), uint16(port))
		}
		res, err := s.Client().PostForm(s.URL+"/scans", url.Values{"target": {"smtp://" + host + ":" + p}})
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if strings.HasPrefix(res.Request.URL.Path, "/scans/") && res.StatusCode == http.StatusOK {
			s.watch(t, res.Request.URL.Path)
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("reached %d times", n)
	}
	if c, err := net.Dial("tcp", l.Addr().String()); err == nil { // it could have been
		_ = c.Close()
	}
	for reached.Load() == 0 {
		if t.Context().Err() != nil {
			t.Fatal("the listener counts nothing")
		}
	}
}
