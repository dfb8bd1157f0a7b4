package lab

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls/tlswire"
)

// watch starts a server whose visits come out of the channel.
func watch(t *testing.T, s Server) (*Running, <-chan Visit) {
	t.Helper()
	visits := make(chan Visit, 200)
	s.Watch = func(v Visit) { visits <- v }
	return start(t, s, testCA(t)), visits
}

// visit is what a server tells of a client that does as play says and then hangs up.
func visit(t *testing.T, s Server, play func(*testing.T, *Running)) Visit {
	t.Helper()
	r, visits := watch(t, s)
	play(t, r)
	select {
	case v := <-visits:
		return v
	case <-time.After(plenty):
		t.Fatal("nobody tells of the client")
		return Visit{}
	}
}

func server(t *testing.T, name string) Server {
	t.Helper()
	s, ok := ByName(name)
	if !ok {
		t.Fatal("no such server")
	}
	return s
}

// TestVisit has clients that do TLS in every way, or not at all.
func TestVisit(t *testing.T) {
	hello := fullOffer(tlswire.TLS12, []tlswire.Suite{0xc02f, 0x0005}).hello(t)
	sent := func(size int) func(*testing.T, *Running) {
		return func(t *testing.T, r *Running) {
			conn, in := dial(t, r)
			send(t, conn, hello, size)
			if _, err := in.Peek(1); err != nil {
				t.Error(err)
			}
			conn.Close()
		}
	}
	speak := func(lines ...string) func(*testing.T, *Running) {
		return func(t *testing.T, r *Running) {
			conn, in := connect(t, r)
			io.WriteString(conn, strings.Join(lines, "\r\n")+"\r\nQUIT\r\n")
			io.Copy(io.Discard, in)
		}
	}
	for _, c := range []struct {
		name, server string
		play         func(*testing.T, *Running)
		check        func(Visit) bool
	}{
		{"a hello", "strong", sent(0), func(v Visit) bool {
			return v.Name == "client.lab.test" && v.StartTLS && !v.InClear && v.Hello.Records == 1 && slices.Equal(v.Hello.Suites, hello.Suites) &&
				v.Hello.Random == hello.Random && v.Got == Agreed{tlswire.TLS12, 0xc02f, tlswire.X25519} && !v.Finished && strings.HasPrefix(v.From, "127.0.0.1:")
		}},
		{"a hello in pieces", "strong", sent(1), func(v Visit) bool {
			return v.Hello.Records == v.Hello.Length && slices.Equal(v.Hello.Suites, hello.Suites)
		}},
		{"implicit TLS", "strong-submissions", sent(0), func(v Visit) bool { return v.StartTLS && v.Hello != nil && v.Name == "" }},
		{"nothing in common", "strong", func(t *testing.T, r *Running) {
			conn, in := dial(t, r)
			send(t, conn, fullOffer(tlswire.TLS12, []tlswire.Suite{0x0005}).hello(t), 0)
			io.Copy(io.Discard, in)
		}, func(v Visit) bool { return v.Hello != nil && v.Got.Suite == 0 && v.Problem != nil }},
		{"in the clear", "strong", speak("EHLO mx.example.org", "MAIL FROM:<>"), func(v Visit) bool {
			return v.Name == "mx.example.org" && !v.StartTLS && v.InClear && v.Hello == nil && v.Problem == nil
		}},
		{"nothing at all", "strong", func(t *testing.T, r *Running) { conn, _ := connect(t, r); conn.Close() }, func(v Visit) bool {
			return v.Name == "" && !v.StartTLS && !v.InClear && v.Hello == nil
		}},
		{"a hostile name", "strong", speak("EHLO \x1b]0;x\a../../etc/passwd"), func(v Visit) bool { return v.Name == "\x1b]0;x\a../../etc/passwd" }},
		{"two names", "strong", speak("EHLO first", "EHLO second"), func(v Visit) bool { return v.Name == "first" }},
		{"not TLS", "strong", func(t *testing.T, r *Running) {
			conn, in := dial(t, r)
			io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n")
			io.Copy(io.Discard, in)
		}, func(v Visit) bool { return v.StartTLS && v.Hello == nil && v.Problem != nil }},
		{"a hello cut short", "strong", func(t *testing.T, r *Running) {
			conn, _ := dial(t, r)
			conn.Write([]byte{22, 3, 1, 0, 100, 1})
			conn.Close()
		}, func(v Visit) bool { return v.StartTLS && v.Hello == nil && errors.Is(v.Problem, io.ErrUnexpectedEOF) }},
		{"a hello without an end", "strong", func(t *testing.T, r *Running) {
			conn, in := dial(t, r)
			record := append([]byte{22, 3, 1, 64, 0, 1, 4, 0, 1}, make([]byte, 1<<14-4)...)
			for range 20 {
				conn.Write(record)
			}
			io.Copy(io.Discard, in)
		}, func(v Visit) bool { return v.Hello == nil && errors.Is(v.Problem, tlswire.ErrTooLarge) }},
		{"empty records without an end", "strong", func(t *testing.T, r *Running) {
			conn, in := dial(t, r)
			empty := []byte(strings.Repeat("\x16\x03\x01\x00\x00", maxHelloRaw/5+1))
			go conn.Write(empty)
			io.Copy(io.Discard, in)
		}, func(v Visit) bool { return v.Hello == nil && errors.Is(v.Problem, tlswire.ErrTooLarge) }},
		{"the form of SSLv2", "ancient", sentV2(tlswire.TLS10, 0x0005, 0x010080), func(v Visit) bool {
			return v.Hello.V2 != nil && v.Hello.Version == tlswire.TLS10 && slices.Equal(v.Hello.V2.Ciphers, []tlswire.Suite{0x0005, 0x010080})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if v := visit(t, server(t, c.server), c.play); !c.check(v) {
				t.Errorf("got %+v, hello %+v", v, v.Hello)
			}
		})
	}
}

// sentV2 sends a hello in the form of SSLv2.
func sentV2(v tlswire.Version, suites ...tlswire.Suite) func(*testing.T, *Running) {
	return func(t *testing.T, r *Running) {
		conn, in := dial(t, r)
		body, err := tlswire.ClientHelloV2{Version: v, Ciphers: suites, Challenge: make([]byte, 16)}.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		record, err := tlswire.RecordV2{Payload: body}.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(record)
		in.Peek(1)
		conn.Close()
	}
}

// TestVisitOfGo has crypto/tls as a client: its handshakes are finished, one of them by a second hello.
func TestVisitOfGo(t *testing.T) {
	for _, group := range []tlswire.Group{tlswire.X25519, tlswire.Secp384r1} {
		s := server(t, "strong")
		s.Groups.TLS13 = []tlswire.Group{group}
		v := visit(t, s, func(t *testing.T, r *Running) {
			raw, in := dial(t, r)
			conn := tls.Client(&replayed{raw, in, raw}, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it is about the hello
			if err := conn.Handshake(); err != nil {
				t.Error(err)
			}
			conn.Close()
			raw.Close()
		})
		shares := func(h tlswire.ClientHello) []tlswire.Group {
			x, _ := tlswire.Find(h.Extensions, tlswire.ExtensionKeyShare)
			list, _ := tlswire.ParseKeyShares(x.Data)
			var out []tlswire.Group
			for _, k := range list {
				out = append(out, k.Group)
			}
			return out
		}
		if !v.Finished || v.Got.Group != group || v.Problem != nil {
			t.Errorf("%v: got %+v", group, v)
		}
		if again := !slices.Contains(shares(v.Hello.ClientHello), group); again != (v.Second != nil) {
			t.Errorf("%v: second hello %v", group, v.Second)
		} else if again && !slices.Equal(shares(*v.Second), []tlswire.Group{group}) {
			t.Errorf("%v: shares of the second hello %v", group, shares(*v.Second))
		}
	}
}

// TestVisitsAtOnce has many clients come together, each of whom is told of once.
func TestVisitsAtOnce(t *testing.T) {
	const clients = 60
	r, visits := watch(t, server(t, "strong"))
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			conn, err := net.Dial("tcp", r.Addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			fmt.Fprintf(conn, "EHLO client-%d\r\nQUIT\r\n", i)
			io.Copy(io.Discard, conn)
		})
	}
	all.Wait()
	seen := make(map[string]bool)
	for range clients {
		select {
		case v := <-visits:
			seen[v.Name] = true
		case <-time.After(plenty):
			t.Fatalf("only %d clients are told of", len(seen))
		}
	}
	if len(seen) != clients {
		t.Errorf("%d clients, want %d", len(seen), clients)
	}
}

// patient notes by when its last read must be done.
type patient struct {
	net.Conn
	until time.Time
}

func (p *patient) SetReadDeadline(t time.Time) error {
	p.until = t
	return p.Conn.SetReadDeadline(t)
}

func (p *patient) SetDeadline(t time.Time) error {
	p.until = t
	return p.Conn.SetDeadline(t)
}

// TestVisitLasts has a server wait in its greeting, which gives the client no more time than others have.
func TestVisitLasts(t *testing.T) {
	ours, theirs := net.Pipe()
	defer ours.Close()
	defer theirs.Close()
	conn := &patient{Conn: ours}
	server := server(t, "postscreen")
	server.Watch = func(Visit) {}
	s := &session{Running: &Running{Server: server}, ctx: t.Context(), raw: conn, in: bufio.NewReader(conn), out: io.Discard}
	now := time.Now()
	s.watched(now)
	if err := s.tease(s.dialect(), time.Millisecond); err != nil || !conn.until.Equal(now.Add(visitLasts)) {
		t.Errorf("error %v, may last until %v", err, conn.until)
	}
}

// TestVisitAtTheEnd stops a server while a client is there.
func TestVisitAtTheEnd(t *testing.T) {
	r, visits := watch(t, server(t, "strong"))
	conn, in := connect(t, r)
	defer conn.Close()
	if _, err := in.Peek(1); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if len(visits) != 1 {
		t.Errorf("%d visits", len(visits))
	}
}
