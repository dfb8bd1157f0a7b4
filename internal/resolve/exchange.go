package resolve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// udpSize is the largest answer over UDP, in bytes, that is not in danger of being fragmented (RFC 9715, Section 3.2).
const udpSize = 1232

// tries is how often a question is asked before it is given up, each time to the next server.
const tries = 3

// exchange asks one question and returns the first message that answers it: NOERROR and NXDOMAIN are answers. check is
// whether the resolver is to validate.
func (c *Client) exchange(ctx context.Context, name string, t Type, check bool) (*dns.Msg, error) {
	if err := c.enter(ctx); err != nil {
		return nil, &Error{Name: name, Type: t, Why: "interrupted", Temporary: true}
	}
	defer c.leave()
	var last *Error
	for try := range tries {
		m, err := c.ask(ctx, c.servers[try%len(c.servers)], name, t, check)
		if err == nil {
			return m, nil
		}
		last = err
		if ctx.Err() != nil || !err.Temporary {
			break
		}
	}
	return nil, last
}

func (c *Client) enter(ctx context.Context) error {
	select {
	case c.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c *Client) leave() { <-c.slots }

// ask sends one question to one server, over UDP first.
func (c *Client) ask(ctx context.Context, server, name string, t Type, check bool) (*dns.Msg, *Error) {
	q := query(name, t, check)
	for _, network := range []string{"udp", "tcp"} {
		client := dns.Client{Net: network, Timeout: c.timeout, UDPSize: udpSize}
		m, _, err := client.ExchangeContext(ctx, q, server)
		_, deaf := errors.AsType[net.Error](err)
		switch {
		case err != nil && !deaf && network == "udp" && ctx.Err() == nil: // what came cannot be read: it may not be the server's
			continue
		case err != nil:
			return nil, unanswered(name, t, server, err)
		case !echoes(q, m) && network == "udp", m.Truncated && network == "udp":
			continue // whoever does not echo the name as it was written may be somebody else: TCP cannot be forged that easily
		case !strings.EqualFold(question(m), question(q)):
			return nil, &Error{Name: name, Type: t, Why: "the name server answers another question", Temporary: true}
		}
		return judged(m, name, t)
	}
	return nil, &Error{Name: name, Type: t, Why: "the name server answers with what was not asked", Temporary: true}
}

// query is the message that asks. The case of its letters is by chance: only who saw it can answer alike.
func query(name string, t Type, check bool) *dns.Msg {
	q := new(dns.Msg)
	q.SetQuestion(mixCase(name), uint16(t))
	q.SetEdns0(udpSize, true)
	q.CheckingDisabled, q.AuthenticatedData = !check, check
	return q
}

// mixCase makes every letter upper or lower case by chance (draft-vixie-dnsext-dns0x20).
func mixCase(name string) string {
	b, coins := []byte(name), make([]byte, len(name))
	_, _ = rand.Read(coins) // never fails
	for i, c := range b {
		if lower := c | 0x20; coins[i]&1 == 1 && 'a' <= lower && lower <= 'z' && (i == 0 || b[i-1] != '\\') {
			b[i] = c ^ 0x20
		}
	}
	return string(b)
}

// question is the one of m in one string.
func question(m *dns.Msg) string {
	if len(m.Question) != 1 {
		return ""
	}
	return fmt.Sprint(m.Question[0].Name, " ", m.Question[0].Qtype, " ", m.Question[0].Qclass)
}

func echoes(q, m *dns.Msg) bool { return m.Response && question(q) == question(m) }

// judged tells answers from refusals.
func judged(m *dns.Msg, name string, t Type) (*dns.Msg, *Error) {
	switch m.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
		return m, nil
	case dns.RcodeServerFailure:
		return nil, &Error{Name: name, Type: t, Why: "the name server fails (SERVFAIL)", Temporary: true}
	}
	return nil, &Error{Name: name, Type: t, Why: "the name server refuses (" + dns.RcodeToString[m.Rcode] + ")"}
}

// unanswered says why no message came.
func unanswered(name string, t Type, server string, err error) *Error {
	e := &Error{Name: name, Type: t, Temporary: true, Why: "the name server " + server + " cannot be asked: " + err.Error()}
	if ne := net.Error(nil); errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &ne) && ne.Timeout() {
		e.Why, e.Timeout = "the name server "+server+" does not answer in time", true
	}
	return e
}

// shortest returns the shortest time that any record of m is good for, at most limit.
func shortest(list []dns.RR, limit time.Duration) time.Duration {
	for _, rr := range list {
		limit = min(limit, time.Duration(rr.Header().Ttl)*time.Second)
	}
	return limit
}
