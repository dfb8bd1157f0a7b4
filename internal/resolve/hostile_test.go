package resolve

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// act is how a server answers; it returns nil to say nothing.
type act = func(q *dns.Msg, network string) *dns.Msg

// liar starts a name server that answers as it is told, and returns a client that asks it.
func liar(t *testing.T, mode Mode, answer act) *Client {
	t.Helper()
	c, err := NewClient(Config{Servers: []string{serve(t, answer)}, Mode: mode, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve starts a name server that answers as it is told, and returns where.
func serve(t *testing.T, answer act) string {
	t.Helper()
	udp, tcp := pair(t)
	for _, s := range []*dns.Server{{PacketConn: udp}, {Listener: tcp}} {
		network := map[bool]string{true: "udp", false: "tcp"}[s.PacketConn != nil]
		s.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
			if m := answer(q, network); m != nil {
				_ = w.WriteMsg(m)
			}
		})
		go func() { _ = s.ActivateAndServe() }()
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return udp.LocalAddr().String()
}

// pair listens on a port that is free for UDP and for TCP.
func pair(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 20 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if udp, err := net.ListenPacket("udp", tcp.Addr().String()); err == nil {
			return udp, tcp
		}
		_ = tcp.Close()
	}
	t.Fatal("no free port")
	return nil, nil
}

func reply(q *dns.Msg, records ...string) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	for _, s := range records {
		rr, err := dns.NewRR(s)
		if err != nil {
			panic(err)
		}
		m.Answer = append(m.Answer, rr)
	}
	return m
}

// TestLiars wants an error or an answer that is true of servers that do not behave.
func TestLiars(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer act
		want   string // in the error; "" for the one address 192.0.2.1
	}{
		{"plain", func(q *dns.Msg, _ string) *dns.Msg { return reply(q, q.Question[0].Name+" A 192.0.2.1") }, ""},
		{"is forged over UDP, by whoever cannot see the question", func(q *dns.Msg, network string) *dns.Msg {
			if network == "tcp" {
				return reply(q, q.Question[0].Name+" A 192.0.2.1")
			}
			m := reply(q, "mx.example.test. A 192.0.2.66")
			m.Question[0].Name = strings.ToLower(m.Question[0].Name)
			return m
		}, ""},
		{"forgets the case over TCP, too", func(q *dns.Msg, _ string) *dns.Msg {
			m := address(q)
			m.Question[0].Name = strings.ToLower(m.Question[0].Name)
			return m
		}, ""},
		{"is silent over UDP", func(q *dns.Msg, network string) *dns.Msg {
			if network == "udp" {
				return nil
			}
			return reply(q, q.Question[0].Name+" A 192.0.2.1")
		}, ""},
		{"is cut off over TCP, too", func(q *dns.Msg, _ string) *dns.Msg {
			m := reply(q, q.Question[0].Name+" A 192.0.2.9")
			m.Truncated = true
			return m
		}, "cuts its answer off"},
		{"knows no EDNS", func(q *dns.Msg, _ string) *dns.Msg {
			if q.IsEdns0() != nil {
				m := new(dns.Msg).SetRcode(q, dns.RcodeFormatError)
				m.Question = nil
				return m
			}
			return reply(q, q.Question[0].Name+" A 192.0.2.1")
		}, ""},
		{"is asked without a bound", func(q *dns.Msg, _ string) *dns.Msg {
			if opt := q.IsEdns0(); opt == nil || opt.UDPSize() != 1232 || !opt.Do() || !q.CheckingDisabled {
				return new(dns.Msg).SetRcode(q, dns.RcodeRefused)
			}
			return reply(q, q.Question[0].Name+" A 192.0.2.1")
		}, ""},
		{"is cut off over UDP", func(q *dns.Msg, network string) *dns.Msg {
			if network == "udp" {
				m := reply(q)
				m.Truncated = true
				return m
			}
			return reply(q, q.Question[0].Name+" A 192.0.2.1")
		}, ""},
		{"answers another question", func(q *dns.Msg, _ string) *dns.Msg {
			m := reply(q, "other.test. A 192.0.2.9")
			m.Question[0].Name = "other.test."
			return m
		}, "another question"},
		{"adds what was not asked", func(q *dns.Msg, _ string) *dns.Msg {
			return reply(q, "other.test. A 192.0.2.9", q.Question[0].Name+" A 192.0.2.1", q.Question[0].Name+" TXT x")
		}, ""},
		{"silent", func(*dns.Msg, string) *dns.Msg { return nil }, "does not answer in time"},
		{"fails", func(q *dns.Msg, _ string) *dns.Msg { return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure) }, "SERVFAIL"},
		{"refuses", func(q *dns.Msg, _ string) *dns.Msg { return new(dns.Msg).SetRcode(q, dns.RcodeRefused) }, "REFUSED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := liar(t, Off, c.answer).Lookup(t.Context(), "mx.example.test", A)
			var e *Error
			switch {
			case c.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Why, c.want)):
				t.Errorf("%+v, %v, want %q", a, err, c.want)
			case c.want == "" && (err != nil || fmt.Sprint(a.Addresses()) != "[192.0.2.1]"):
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
}

// TestAliases wants an end of aliases that have none, and the reason.
func TestAliases(t *testing.T) {
	for name, next := range map[string]func(int) string{
		endless: func(i int) string { return fmt.Sprintf("a%d.test.", i) },
		circle:  func(i int) string { return fmt.Sprintf("a%d.test.", i%3) },
	} {
		c := liar(t, Off, func(q *dns.Msg, _ string) *dns.Msg {
			var list []string
			at := strings.ToLower(q.Question[0].Name)
			for i := range 100 {
				list = append(list, at+" CNAME "+next(i))
				at = next(i)
			}
			return reply(q, list...)
		})
		a, err := c.Lookup(t.Context(), "long.test", A)
		if err != nil || len(a.Aliases) > maxAliases || !a.Empty() || a.Endless != name {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// TestTrust takes the resolver's word, also where it refuses.
func TestTrust(t *testing.T) {
	c := liar(t, Trust, func(q *dns.Msg, _ string) *dns.Msg {
		name := strings.ToLower(q.Question[0].Name)
		if name == "bogus.test." && !q.CheckingDisabled {
			return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
		}
		m := reply(q, q.Question[0].Name+" A 192.0.2.1")
		m.AuthenticatedData = (name == "secure.test." || name == ".") && q.AuthenticatedData
		return m
	})
	for name, want := range map[string]Status{"secure.test": Secure, "open.test": Insecure, "bogus.test": Bogus} {
		if a, err := c.Lookup(t.Context(), name, A); err != nil || a.Status != want || len(a.Addresses()) != 1 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}

// TestTrustIsNotBogus wants no word of the zone from a resolver that gives no checked answer for a reason of its own.
func TestTrustIsNotBogus(t *testing.T) {
	code := func(rcode int, reasons ...uint16) act {
		return func(q *dns.Msg, _ string) *dns.Msg {
			m := new(dns.Msg).SetRcode(q, rcode)
			for _, r := range reasons {
				m.SetEdns0(udpSize, true)
				m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_EDE{InfoCode: r})
			}
			return m
		}
	}
	for _, c := range []struct {
		name    string
		checked act // how it answers the question with checking
		want    string
	}{
		{"silent", func(*dns.Msg, string) *dns.Msg { return nil }, "in time"},
		{"refuses", code(dns.RcodeRefused), "REFUSED"},
		{"cuts off", func(q *dns.Msg, _ string) *dns.Msg {
			m := address(q)
			m.Truncated = true
			return m
		}, "cuts its answer off"},
		{"reaches nobody", code(dns.RcodeServerFailure, dns.ExtendedErrorCodeNoReachableAuthority), "No Reachable Authority"},
		{"has no network", code(dns.RcodeServerFailure, dns.ExtendedErrorCodeNetworkError), "Network Error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := liar(t, Trust, trusting(c.checked))
			if c.name != "silent" { // whose answers must not come late on a busy machine
				client.timeout = time.Minute
			}
			a, err := client.Lookup(t.Context(), "mx.example.test", A)
			if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Why, c.want) || e.Fails {
				t.Errorf("%+v, %v, want %q", a, err, c.want)
			}
		})
	}
	t.Run("fails for a while", func(t *testing.T) {
		t.Parallel()
		var before atomic.Int32
		client := liar(t, Trust, trusting(func(q *dns.Msg, _ string) *dns.Msg {
			if before.Add(1) <= tries {
				return new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
			}
			m := address(q)
			m.AuthenticatedData = true
			return m
		}))
		client.timeout = time.Minute
		a, err := client.Lookup(t.Context(), "mx.example.test", A)
		if err != nil || a.Status != Secure {
			t.Errorf("%+v, %v", a, err)
		}
	})
	t.Run("fails for another reason", func(t *testing.T) {
		t.Parallel()
		client := liar(t, Trust, trusting(code(dns.RcodeServerFailure, dns.ExtendedErrorCodeDNSBogus)))
		client.timeout = time.Minute
		a, err := client.Lookup(t.Context(), "mx.example.test", A)
		if err != nil || a.Status != Bogus {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

// trusting is a resolver that validates, answers without checking, and otherwise as it is told.
func trusting(checked act) act {
	return func(q *dns.Msg, network string) *dns.Msg {
		switch {
		case isDNSKEY(q):
			m := reply(q, rootKey, rootKeySig)
			m.AuthenticatedData = true
			return m
		case q.CheckingDisabled:
			return address(q)
		}
		return checked(q, network)
	}
}
