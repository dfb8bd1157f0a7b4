package web

import (
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
)

// gate stands before a server, and lets one connection through; the others wait until it is opened.
type gate struct {
	net.Listener
	open   chan struct{}
	passed atomic.Int32
}

// newGate returns a gate before the server at address, and the target that leads to it.
func newGate(t *testing.T, address string) (g *gate, target string, port uint16) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g = &gate{Listener: l, open: make(chan struct{})}
	t.Cleanup(func() { _ = l.Close() })
	go g.serve(address)
	_, p, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return g, "smtp://127.0.0.1:" + p, uint16(n)
}

func (g *gate) serve(address string) {
	for {
		c, err := g.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			if g.passed.Add(1) > 1 {
				<-g.open
			}
			s, err := net.Dial("tcp", address)
			if err != nil {
				return
			}
			defer s.Close()
			go func() {
				_, _ = io.Copy(s, c)
				_ = s.Close()
			}()
			_, _ = io.Copy(c, s)
		}()
	}
}
