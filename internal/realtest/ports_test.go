package realtest

import (
	"net"
	"testing"
)

// TestPortsDiffer: what was chosen is not chosen again soon, for its server may not listen yet.
func TestPortsDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range blockSize / 2 { // others may listen on some
		found, err := addressesOn(dovecotHost, "tls")
		if err != nil {
			t.Fatal(err)
		}
		p := port(found["tls"])
		if seen[p] {
			t.Fatalf("port %s is given twice", p)
		}
		seen[p] = true
	}
}

// TestPortsOfOthers: another process gets other ports, and what somebody listens on is not given.
func TestPortsOfOthers(t *testing.T) {
	one, err := takeBlock()
	if err != nil {
		t.Fatal(err)
	}
	defer one.held.Close()
	if l, err := net.Listen("tcp", one.held.Addr().String()); err == nil {
		_ = l.Close()
		t.Error("the same block can be taken twice")
	}
	p, err := one.free()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(dovecotHost, p))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for range blockSize {
		if again, err := one.free(); err != nil || again == p {
			t.Fatalf("%s is in use, and given again (%v)", p, err)
		}
	}
}
