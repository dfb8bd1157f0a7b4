package wireproxy

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// repeat sends back what it reads, at once.
func repeat(conn *net.TCPConn) {
	b := make([]byte, 64)
	for {
		n, err := conn.Read(b)
		if err != nil {
			return
		}
		_, _ = conn.Write(b[:n])
	}
}

// write is a piece of its own.
func write(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		t.Fatal(err)
	}
}

// TestResetInTheMiddle wants a connection to end by a reset once so many bytes have crossed, and not before.
func TestResetInTheMiddle(t *testing.T) {
	p := proxy(t, Config{Target: server(t, repeat), Disturb: func(n int) Disturbance {
		if n == 1 {
			return Disturbance{Reset: 11}
		}
		return Disturbance{}
	}})
	c := dial(t, p)
	write(t, c, "abcd")
	mustRead(t, c, "abcd")
	write(t, c, "efgh") // 12 bytes; its echo does not come
	if _, err := c.Read(make([]byte, 4)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v, want a reset", err)
	}
	c = dial(t, p)
	write(t, c, "all of it, since the second is left alone")
	mustRead(t, c, "all of it, since the second is left alone")
}

func TestInstead(t *testing.T) {
	p := proxy(t, Config{Target: server(t, repeat), Disturb: func(int) Disturbance { return Disturbance{Instead: "* BYE\r\n"} }})
	if got, err := io.ReadAll(dial(t, p)); string(got) != "* BYE\r\n" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestLatePiecesKeepTheirOrder delays each piece by less than the one before.
func TestLatePiecesKeepTheirOrder(t *testing.T) {
	var pieces atomic.Int64
	p := proxy(t, Config{Target: server(t, repeat), Disturb: func(int) Disturbance {
		return Disturbance{Delay: func() time.Duration { return 64 * time.Millisecond >> pieces.Add(1) }}
	}})
	c := dial(t, p)
	for _, s := range []string{"a", "b", "c", "d"} {
		write(t, c, s)
	}
	mustRead(t, c, "abcd")
	if pieces.Load() == 0 {
		t.Error("nothing was delayed")
	}
}
