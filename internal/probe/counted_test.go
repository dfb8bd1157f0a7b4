package probe

import (
	"errors"
	"os"
	"testing"
	"time"
)

// TestNoTimeBehindTheEnd gives a cancelled scan no time, whichever deadline is set.
func TestNoTimeBehindTheEnd(t *testing.T) {
	for name, set := range map[string]func(*countedConn, time.Time) error{"both": (*countedConn).SetDeadline, "reading": (*countedConn).SetReadDeadline} {
		client, server := tcpPair(t)
		over := make(chan struct{})
		c := &countedConn{Conn: client, over: over}
		if _, err := server.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		for _, live := range []bool{true, false} {
			if !live {
				close(over)
			}
			if err := set(c, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) == live {
				t.Errorf("%s, live %v: %v", name, live, err)
			}
		}
	}
}
