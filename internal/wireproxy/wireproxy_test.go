package wireproxy

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server runs play for each connection to a free port, and waits for all of them at the end of the test.
func server(t *testing.T, play func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var tasks sync.WaitGroup
	tasks.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			tasks.Go(func() {
				defer conn.Close()
				play(conn.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		tasks.Wait()
	})
	return l.Addr().String()
}

func proxy(t *testing.T, c Config) *Proxy {
	t.Helper()
	p, err := Listen(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// dial gives up after a minute, which only a broken proxy needs.
func dial(t *testing.T, p *Proxy) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	t.Cleanup(func() { _ = conn.Close() })
	return conn.(*net.TCPConn)
}

func echo(conn *net.TCPConn) {
	_, _ = io.Copy(conn, conn)
	_ = conn.CloseWrite()
}

func TestForwardsEveryByteInOrder(t *testing.T) {
	sent := make([]byte, 3<<20)
	_, _ = rand.Read(sent)
	for _, rtt := range []time.Duration{0, 4 * time.Millisecond} {
		t.Run(rtt.String(), func(t *testing.T) {
			p := proxy(t, Config{Target: server(t, echo), RTT: rtt})
			conn := dial(t, p)
			var tasks sync.WaitGroup
			tasks.Go(func() {
				_, _ = conn.Write(sent)
				_ = conn.CloseWrite()
			})
			got, err := io.ReadAll(conn)
			tasks.Wait()
			if err != nil || !bytes.Equal(got, sent) {
				t.Fatalf("got %d bytes, err %v; want the %d sent", len(got), err, len(sent))
			}
			if s := p.Stats(); s.ToServer != int64(len(sent)) || s.ToClient != int64(len(sent)) || s.Connections != 1 {
				t.Errorf("Stats() = %+v", s)
			}
		})
	}
}

// A client that half-closes still hears the server out, and the other way round.
func TestHalfClose(t *testing.T) {
	t.Run("client first", func(t *testing.T) {
		p := proxy(t, Config{Target: server(t, func(c *net.TCPConn) {
			asked, _ := io.ReadAll(c)
			_, _ = c.Write(append(asked, '!'))
		})})
		conn := dial(t, p)
		_, _ = conn.Write([]byte("all"))
		_ = conn.CloseWrite()
		if got, err := io.ReadAll(conn); string(got) != "all!" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("server first", func(t *testing.T) {
		heard := make(chan string, 1)
		p := proxy(t, Config{Target: server(t, func(c *net.TCPConn) {
			_ = c.CloseWrite()
			b, _ := io.ReadAll(c)
			heard <- string(b)
		})})
		conn := dial(t, p)
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Fatalf("Read() = %v, want EOF", err)
		}
		_, _ = conn.Write([]byte("late"))
		_ = conn.Close()
		if got := <-heard; got != "late" {
			t.Errorf("the server heard %q", got)
		}
	})
}

func TestResetCrossesBothWays(t *testing.T) {
	t.Run("from the server", func(t *testing.T) {
		p := proxy(t, Config{RTT: time.Millisecond, Target: server(t, func(c *net.TCPConn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = c.Write([]byte("x"))
			abort(c)
		})})
		conn := dial(t, p)
		_, _ = conn.Write([]byte("?"))
		got, err := io.ReadAll(conn)
		if !errors.Is(err, syscall.ECONNRESET) || len(got) > 1 {
			t.Errorf("ReadAll() = %q, %v; want a reset", got, err)
		}
	})
	t.Run("from the client", func(t *testing.T) {
		seen := make(chan error, 1)
		p := proxy(t, Config{Target: server(t, func(c *net.TCPConn) {
			_, _ = c.Write([]byte("hello"))
			_, err := io.ReadAll(c)
			seen <- err
		})})
		conn := dial(t, p)
		_, _ = io.ReadFull(conn, make([]byte, 5))
		abort(conn)
		if err := <-seen; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the server saw %v, want a reset", err)
		}
	})
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	if got := outcome(proxy(t, Config{Target: l.Addr().String()}), "reset"); got != "reset" {
		t.Errorf("got %s, want a reset", got)
	}
}

// The model gives lower bounds; there is no upper one on a busy machine.
func TestDelay(t *testing.T) {
	const rtt = 40 * time.Millisecond
	greeter := func(c *net.TCPConn) {
		_, _ = c.Write([]byte("g"))
		echo(c)
	}
	tests := []struct {
		name     string
		play     func(*net.TCPConn)
		exchange func(*testing.T, *net.TCPConn)
		trips    int
	}{
		{"greeting", greeter, func(t *testing.T, c *net.TCPConn) { mustRead(t, c, "g") }, 2},
		{"answer to an early hello", echo, func(t *testing.T, c *net.TCPConn) { ask(t, c, "e") }, 2},
		{"greeting and two commands", greeter, func(t *testing.T, c *net.TCPConn) {
			mustRead(t, c, "g")
			ask(t, c, "1")
			ask(t, c, "2")
		}, 4},
		{"hangup", func(*net.TCPConn) {}, func(t *testing.T, c *net.TCPConn) { mustRead(t, c, "") }, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := proxy(t, Config{Target: server(t, tt.play), RTT: rtt})
			start := time.Now()
			conn := dial(t, p)
			tt.exchange(t, conn)
			if took, least := time.Since(start), time.Duration(tt.trips)*rtt; took < least {
				t.Errorf("took %v, less than %v", took, least)
			}
			if got := p.Stats().RoundTrips; got != tt.trips {
				t.Errorf("counted %d round trips, want %d", got, tt.trips)
			}
		})
	}
}

func ask(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if _, err := c.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	mustRead(t, c, s)
}

// mustRead reads want, or the end of the stream where want is empty.
func mustRead(t *testing.T, c net.Conn, want string) {
	t.Helper()
	buf := make([]byte, max(1, len(want)))
	n, err := io.ReadFull(c, buf)
	if string(buf[:n]) != want || (want == "") != errors.Is(err, io.EOF) {
		t.Fatalf("read %q, %v; want %q", buf[:n], err, want)
	}
}

// outcome is the answer to "ok", or how the connection failed. It does not wait long where silence is wanted.
func outcome(p *Proxy, want string) string {
	patience := time.Minute
	if want == "silence" {
		patience = 100 * time.Millisecond
	}
	b := make([]byte, 3)
	n, err := answer(p, b, patience)
	switch {
	case n > 0:
		return string(b[:n])
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "silence"
	}
	return err.Error()
}

// answer may find the connection reset as early as in Dial.
func answer(p *Proxy, b []byte, patience time.Duration) (int, error) {
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("ok"))
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	return conn.Read(b)
}

func TestFaults(t *testing.T) {
	target := server(t, echo)
	tests := []struct {
		name  string
		fault func(int) Fault
		want  []string
	}{
		{"none", nil, []string{"ok", "ok"}},
		{"reset after two", After(2, Reset), []string{"ok", "ok", "reset", "reset"}},
		{"421 after one", After(1, Busy), []string{"ok", "421", "421"}},
		{"hangup every second", Every(2, Hangup), []string{"ok", "EOF", "ok", "EOF"}},
		{"silence every third", Every(3, Silence), []string{"ok", "ok", "silence", "ok"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := proxy(t, Config{Target: target, Fault: tt.fault})
			for i, want := range tt.want {
				if got := outcome(p, want); got != want {
					t.Errorf("connection %d: got %q, want %q", i+1, got, want)
				}
			}
			if got := p.Stats().Connections; got != len(tt.want) {
				t.Errorf("counted %d connections, want %d", got, len(tt.want))
			}
		})
	}
}

func TestConnections(t *testing.T) {
	p := proxy(t, Config{Target: server(t, echo), Keep: 3})
	for _, s := range []string{"first", "second"} {
		conn := dial(t, p)
		ask(t, conn, s)
	}
	list := p.Connections()
	if len(list) != 2 || string(list[0].FirstToServer) != "fir" || string(list[1].FirstToClient) != "sec" {
		t.Errorf("Connections() = %+v", list)
	}
	if s := p.Stats(); s.Peak != 2 {
		t.Errorf("Peak = %d, want 2", s.Peak)
	}
	p.Reset()
	if s := p.Stats(); s.Connections != 0 || s.ToServer != 0 || s.Peak != 2 {
		t.Errorf("after Reset: %+v", s)
	}
}

// Close leaves nothing behind, whatever is going on; goleak in TestMain looks.
func TestCloseInTheMiddle(t *testing.T) {
	for _, rtt := range []time.Duration{0, time.Hour} {
		p := proxy(t, Config{Target: server(t, echo), RTT: rtt})
		conn := dial(t, p)
		_, _ = conn.Write([]byte("hello"))
		if rtt == 0 {
			mustRead(t, conn, "hello")
		}
		p.Close()
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("RTT %v: Read() = %v after Close, want an end", rtt, err)
		}
	}
}

func TestContextEndsTheProxy(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	p, err := Listen(ctx, Config{Target: server(t, echo)})
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, p)
	ask(t, conn, "x")
	cancel()
	p.Close()
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlived its proxy")
	}
}

// A server that lingers keeps a connection open that its client has closed.
func TestClientPeak(t *testing.T) {
	heard, release := make(chan struct{}), make(chan struct{})
	p := proxy(t, Config{Target: server(t, func(conn *net.TCPConn) {
		_, _ = io.Copy(io.Discard, conn)
		heard <- struct{}{}
		<-release
	})})
	for range 3 {
		_ = dial(t, p).Close()
		<-heard
	}
	close(release)
	if s := p.Stats(); s.Peak != 3 || s.ClientPeak != 1 {
		t.Errorf("Peak = %d, ClientPeak = %d; want 3 and 1", s.Peak, s.ClientPeak)
	}
}
