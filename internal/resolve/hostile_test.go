package resolve

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// liar starts a name server that answers as it is told, and returns a client that asks it. answer returns nil to say nothing.
func liar(t *testing.T, mode Mode, answer func(q *dns.Msg, network string) *dns.Msg) *Client {
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
	c, err := NewClient(Config{Servers: []string{udp.LocalAddr().String()}, Mode: mode, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	return c
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
	type act = func(q *dns.Msg, network string) *dns.Msg
	for _, c := range []struct {
		name   string
		answer act
		want   string // in the error; "" for the one address 192.0.2.1
	}{
		{"plain", func(q *dns.Msg, _ string) *dns.Msg { return reply(q, q.Question[0].Name+" A 192.0.2.1") }, ""},
		{"forgets the case over UDP", func(q *dns.Msg, network string) *dns.Msg {
			m := reply(q, strings.ToLower(q.Question[0].Name)+" A 192.0.2.1")
			m.Question[0].Name = strings.ToLower(m.Question[0].Name)
			return m
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

// TestAliases wants an end of aliases that have none.
func TestAliases(t *testing.T) {
	c := liar(t, Off, func(q *dns.Msg, _ string) *dns.Msg {
		var list []string
		name := strings.ToLower(q.Question[0].Name)
		for i := range 100 {
			next := fmt.Sprintf("a%d.test.", i)
			list = append(list, name+" CNAME "+next)
			name = next
		}
		return reply(q, list...)
	})
	a, err := c.Lookup(t.Context(), "long.test", A)
	if err != nil || len(a.Aliases) > maxAliases || !a.Empty() {
		t.Errorf("%+v, %v", a, err)
	}
}

// TestStripped tells a resolver that leaves signatures out from a zone that has none.
func TestStripped(t *testing.T) {
	c := liar(t, Local, func(q *dns.Msg, _ string) *dns.Msg {
		if q.Question[0].Qtype == dns.TypeDNSKEY {
			return reply(q, ". DNSKEY 257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=")
		}
		return reply(q, q.Question[0].Name+" A 192.0.2.1")
	})
	a, err := c.Lookup(t.Context(), "mx.example.test", A)
	if err != nil || a.Status != Indeterminate || !strings.Contains(a.Why, "leaves signatures out") || len(a.Addresses()) != 1 {
		t.Errorf("%+v, %v", a, err)
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
		m.AuthenticatedData = name == "secure.test." && q.AuthenticatedData
		return m
	})
	for name, want := range map[string]Status{"secure.test": Secure, "open.test": Insecure, "bogus.test": Bogus} {
		if a, err := c.Lookup(t.Context(), name, A); err != nil || a.Status != want || len(a.Addresses()) != 1 {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
	}
}
