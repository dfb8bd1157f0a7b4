package resolve

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/mailtls/mailtls/internal/dnstest"
)

// serverCookie is one of 16 bytes.
const serverCookie = "0123456789abcdef0123456789abcdef"

// baked is an answer with a cookie; "": with none.
func baked(m, q *dns.Msg, cookie string) *dns.Msg {
	if q.IsEdns0() != nil {
		m.SetEdns0(udpSize, true)
		if cookie != "" {
			m.IsEdns0().Option = append(m.IsEdns0().Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: cookie})
		}
	}
	return m
}

// mine is the half of the client's.
func mine(q *dns.Msg) string { return cookieOf(q)[:min(16, len(cookieOf(q)))] }

// TestCookies asks three questions of servers that are good with cookies, bad, or somebody else, and wants the true answer to each, 192.0.2.1,
// over UDP where that is the server's own. Before them comes one about what the server is able to.
func TestCookies(t *testing.T) {
	forged := func(q *dns.Msg) *dns.Msg { return reply(q, q.Question[0].Name+" A 192.0.2.66") }
	for _, c := range []struct {
		name string
		udp  func(q *dns.Msg, n int) *dns.Msg // the nth question over UDP, from 1
		tcp  int                              // questions that went over TCP
		last string                           // what the last question over UDP had: "": no cookie, "new": the client's, "both"
	}{
		{"gives one", func(q *dns.Msg, _ int) *dns.Msg { return baked(address(q), q, mine(q)+serverCookie) }, 0, "both"},
		{"knows none", func(q *dns.Msg, _ int) *dns.Msg { return baked(address(q), q, "") }, 0, "new"},
		{"is somebody else with another's cookie", func(q *dns.Msg, _ int) *dns.Msg {
			return baked(forged(q), q, strings.Repeat("ab", 8)+serverCookie)
		}, 4, "new"},
		{"is somebody else without a cookie, later", func(q *dns.Msg, n int) *dns.Msg {
			if n == 1 {
				return baked(address(q), q, mine(q)+serverCookie)
			}
			return baked(forged(q), q, "")
		}, 3, "both"},
		{"wants its own to be newer", func(q *dns.Msg, _ int) *dns.Msg {
			if cookieOf(q) != mine(q)+serverCookie {
				m := baked(new(dns.Msg).SetReply(q), q, mine(q)+serverCookie)
				m.Rcode = dns.RcodeBadCookie
				return m
			}
			return baked(address(q), q, mine(q)+serverCookie)
		}, 0, "both"},
		{"is never content", func(q *dns.Msg, _ int) *dns.Msg {
			m := baked(new(dns.Msg).SetReply(q), q, mine(q)+serverCookie)
			m.Rcode = dns.RcodeBadCookie
			return m
		}, 4, "both"},
		{"does not understand them", func(q *dns.Msg, _ int) *dns.Msg {
			if cookieOf(q) != "" || q.IsEdns0() == nil {
				return new(dns.Msg).SetRcode(q, dns.RcodeFormatError)
			}
			return baked(address(q), q, "")
		}, 0, ""},
		{"is silent to them", func(q *dns.Msg, _ int) *dns.Msg {
			if cookieOf(q) != "" {
				return nil
			}
			return baked(address(q), q, "")
		}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			n, overTCP, last := 0, 0, ""
			client := liar(t, Off, func(q *dns.Msg, network string) *dns.Msg {
				mu.Lock()
				defer mu.Unlock()
				if network == "tcp" {
					overTCP++
					return address(q)
				}
				n++
				last = map[int]string{0: "", 16: "new", 48: "both"}[len(cookieOf(q))]
				return c.udp(q, n)
			})
			if c.name != "is silent to them" { // whose answers must not come late on a busy machine
				client.timeout = time.Minute
			}
			for i := range 3 {
				a, err := client.Lookup(t.Context(), fmt.Sprintf("mx%d.example.test", i), A)
				if err != nil || fmt.Sprint(a.Addresses()) != "[192.0.2.1]" {
					t.Errorf("%+v, %v", a, err)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if c.name != "is silent to them" && overTCP != c.tcp || last != c.last {
				t.Errorf("%d over TCP, want %d; %q at last, want %q", overTCP, c.tcp, last, c.last)
			}
		})
	}
}

// TestCookiesOfNSD: a server of others gives a cookie, and takes it again.
func TestCookiesOfNSD(t *testing.T) {
	texts, _, err := dnstest.Tree([]dnstest.Zone{{Name: ".", Signing: &dnstest.Signing{}}, {Name: "good.test.", Records: []string{"a A 192.0.2.1", "b A 192.0.2.2"}}})
	if err != nil {
		t.Fatal(err)
	}
	nsd := server(t)(dnstest.NSD(t.Context(), t.TempDir(), texts))
	c, err := NewClient(Config{Servers: []string{nsd.Addr}, Mode: Off, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	var given []string
	for _, name := range []string{"a.good.test", "b.good.test"} {
		if a, err := c.Lookup(t.Context(), name, A); err != nil || len(a.Addresses()) != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
		given = append(given, c.jar.m[nsd.Addr].server)
	}
	if slices.Contains(given, "") {
		t.Errorf("%q", given)
	}
	q := query("a.good.test.", A, false)
	sent := c.jar.with(q, nsd.Addr, "udp")
	if len(cookieOf(sent)) != 16+len(given[1]) || cookieOf(q) != "" {
		t.Errorf("%q", cookieOf(sent))
	}
}
