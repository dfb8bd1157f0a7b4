package lab

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestListen checks which addresses and values are refused.
func TestListen(t *testing.T) {
	ca := testCA(t)
	good, _ := ByName("strong")
	bad := good
	bad.Certificates = []Certificate{{Key: "RSA 99"}}
	for _, c := range []struct {
		name, addr, want string
		server           Server
	}{
		{"not loopback", "0.0.0.0:0", "not a loopback address", good},
		{"a name", "localhost:0", "not a loopback address", good},
		{"no port", "127.0.0.1", "missing port", good},
		{"bad key", "127.0.0.1:0", "unknown kind", bad},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Listen(context.Background(), c.server, ca, c.addr)
			if err == nil {
				r.Close()
				t.Fatal("it listens")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want %q in it", err, c.want)
			}
		})
	}
}

// TestClose stops servers with a client at every stage, in both ways of stopping.
func TestClose(t *testing.T) {
	ca := testCA(t)
	for _, name := range []string{"strong", "silent-connect", "drip-greeting", "endless-greeting", "tarpit", "flood-empty-records", "slow-greeting"} {
		t.Run(name, func(t *testing.T) {
			s, ok := ByName(name)
			if !ok {
				t.Fatal("no such server")
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r, err := Start(ctx, s, ca)
			if err != nil {
				t.Fatal(err)
			}
			conn, err := net.Dial("tcp", r.Addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			cancel()
			r.Close()
			conn.SetDeadline(time.Now().Add(plenty))
			if _, err := io.Copy(io.Discard, conn); outcome(err) == "silence" {
				t.Error("the connection outlives its server")
			}
			if _, err := net.Dial("tcp", r.Addr); err == nil {
				t.Error("the port is still open")
			}
		})
	}
}

// TestFresh checks that a caller can change a value without changing the table.
func TestFresh(t *testing.T) {
	for i, s := range All() {
		for _, list := range s.Suites {
			for k := range list {
				list[k] = unknownSuite
			}
		}
		s.Want = nil
		for v, list := range All()[i].Suites {
			if slices.Contains(list, unknownSuite) {
				t.Errorf("%s: %v shares its suites with the table", s.Name, v)
			}
		}
	}
}
