package main

import (
	"log/slog"
	"net"
	"strings"
	"testing"
)

// told passes on what is written.
type told chan string

// Write never fails.
func (c told) Write(b []byte) (int, error) {
	c <- string(b)
	return len(b), nil
}

// TestWarnOfDNS tells of a name server that is not there, and nothing more once the program ends.
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
	log := slog.New(slog.NewTextHandler(said, nil))
	f.warnOfDNS(t.Context(), log)()
	if len(said) > 0 {
		t.Errorf("after the end: %s", <-said)
	}
	if err := silent.Close(); err != nil {
		t.Fatal(err)
	}
	end := f.warnOfDNS(t.Context(), log)
	if line := <-said; !strings.Contains(line, "level=WARN") || !strings.Contains(line, "DNSSEC and DANE stay unknown") || !strings.Contains(line, addr) {
		t.Error(line)
	}
	end()
}
