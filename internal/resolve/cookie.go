package resolve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"

	"github.com/miekg/dns"
)

// A jar keeps the cookies by which name servers and this client know each other again (RFC 7873), one for each server. They are sent over
// UDP alone: over TCP whoever answers has seen the question.
type jar struct {
	mu sync.Mutex
	m  map[string]*cookies
}

// cookies are those of one server, in hexadecimal.
type cookies struct {
	client string // 8 bytes
	server string // 8 to 32 bytes; "": it has given none
	spared bool   // a question with a cookie got no answer, or was not understood: that may be why
}

func newJar() *jar { return &jar{m: map[string]*cookies{}} }

// of returns the cookies of a server; j is locked.
func (j *jar) of(server string) *cookies {
	c := j.m[server]
	if c == nil {
		var b [8]byte
		_, _ = rand.Read(b[:]) // never fails
		c = &cookies{client: hex.EncodeToString(b[:])}
		j.m[server] = c
	}
	return c
}

// with returns q with the cookies for a server over a network, or q itself where there are none to send.
func (j *jar) with(q *dns.Msg, server, network string) *dns.Msg {
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.of(server)
	if network != "udp" || c.spared || q.IsEdns0() == nil {
		return q
	}
	q = q.Copy()
	q.IsEdns0().Option = append(q.IsEdns0().Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: c.client + c.server})
	return q
}

// holds reports whether an answer to q may be the server's: it returns our cookie, or has none, and never had one. It keeps the server's.
func (j *jar) holds(q, m *dns.Msg, server string) bool {
	sent, got := cookieOf(q), cookieOf(m)
	if sent == "" {
		return true
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.of(server)
	switch {
	case got == "":
		return c.server == ""
	case len(got) < 16 || got[:16] != c.client:
		return false
	case len(got) >= 32 && len(got) <= 80:
		c.server = got[16:]
	}
	return true
}

// spare notes that q got no answer, and reports whether it is to be asked without a cookie. A server that has given one bears them.
func (j *jar) spare(q *dns.Msg, server string) bool {
	if cookieOf(q) == "" {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	c := j.of(server)
	c.spared = c.server == ""
	return c.spared
}

// cookieOf returns the cookies in a message, "" if there are none.
func cookieOf(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, o := range opt.Option {
		if c, ok := o.(*dns.EDNS0_COOKIE); ok {
			return c.Cookie
		}
	}
	return ""
}

// trade sends q and returns what comes back, and whether whoever sent that knows the cookie that was with it. A server that wants its own
// to be newer is asked once more (RFC 7873, Section 5.3), and so is one that does not understand the question.
func (c *Client) trade(ctx context.Context, server string, q *dns.Msg, network string) (m *dns.Msg, known bool, err error) {
	client := dns.Client{Net: network, Timeout: c.timeout, UDPSize: udpSize}
	for again := range 2 {
		sent := c.jar.with(q, server, network)
		m, _, err = client.ExchangeContext(ctx, sent, server)
		if err != nil {
			if ctx.Err() == nil {
				c.jar.spare(sent, server)
			}
			return nil, false, err
		}
		known = c.jar.holds(sent, m, server)
		stale := known && m.Rcode == dns.RcodeBadCookie
		strange := m.Rcode == dns.RcodeFormatError && c.jar.spare(sent, server)
		if again == 1 || !stale && !strange {
			break
		}
	}
	return m, known && m.Rcode != dns.RcodeBadCookie, nil
}
