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

// tries is how often a question is asked at least before it is given up, each time of the next server, and the last time over TCP,
// for networks that do not let UDP through.
const tries = 3

// exchange asks one question and returns the first message that answers it: NOERROR and NXDOMAIN are answers. check is
// whether the resolver is to validate. weak is why DNSSEC says nothing about the answer: there was no server that is able to.
func (c *Client) exchange(ctx context.Context, name string, t Type, check bool) (m *dns.Msg, weak string, err error) {
	if err := c.enter(ctx); err != nil {
		return nil, "", &Error{Name: name, Type: t, Why: "interrupted", Temporary: true}
	}
	defer c.leave()
	r := &round{Client: c, name: name, t: t, check: check, done: make([]bool, len(c.servers))}
	first := int(c.first.Load())
	for try := range max(tries, len(c.servers)) {
		at := (first + try) % len(c.servers)
		if r.done[at] || ctx.Err() != nil {
			continue
		}
		if m := r.turn(ctx, at, networks(try)); m != nil {
			c.first.Store(int32(at))
			return m, "", nil
		}
	}
	if r.weak != "" && !r.able {
		m, err := c.ask(ctx, r.second, name, t, check, "udp", "tcp")
		if err == nil {
			return m, r.weak, nil
		}
		r.last = err
	}
	if r.last == nil {
		r.last = &Error{Name: name, Type: t, Why: "interrupted", Temporary: true}
	}
	return nil, "", r.last
}

// networks are those over which a question is asked at its nth try, from 0.
func networks(try int) []string {
	if try == tries-1 {
		return []string{"tcp"}
	}
	return []string{"udp", "tcp"}
}

// A round is the asking of one question.
type round struct {
	*Client
	name   string
	t      Type
	check  bool
	done   []bool // servers that need not be asked again
	able   bool   // there was a server able to do what DNSSEC needs
	weak   string // why another is not
	second string // that one
	last   *Error
}

// turn asks one server, if it is able to do what DNSSEC needs.
func (r *round) turn(ctx context.Context, at int, networks []string) *dns.Msg {
	server := r.servers[at]
	can, err := r.ability(ctx, server, networks)
	if err != nil {
		r.last = about(err, r.name, r.t)
		return nil
	}
	if can.why != "" {
		r.done[at], r.weak, r.second = true, can.why, server
		return nil
	}
	r.able = true
	m, failed := r.ask(ctx, server, r.name, r.t, r.check, networks...)
	if failed == nil {
		return m
	}
	r.last, r.done[at] = failed, !failed.Temporary
	return nil
}

// about is err as one about name and t.
func about(err error, name string, t Type) *Error {
	e := Error{Why: "interrupted", Temporary: true}
	if other, ok := errors.AsType[*Error](err); ok {
		e = *other
	}
	e.Name, e.Type = name, t
	return &e
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

// ask sends one question to one server, over the first of networks, and over the next if what comes back there is not enough.
func (c *Client) ask(ctx context.Context, server, name string, t Type, check bool, networks ...string) (*dns.Msg, *Error) {
	m, err := c.send(ctx, server, name, t, query(name, t, check), networks)
	if err == nil && m.IsEdns0() == nil && (m.Rcode == dns.RcodeFormatError || m.Rcode == dns.RcodeNotImplemented) { // RFC 6891, Section 7
		q := query(name, t, check)
		q.Extra = nil
		m, err = c.send(ctx, server, name, t, q, networks)
	}
	if err != nil {
		return nil, err
	}
	return judged(m, server, name, t)
}

func (c *Client) send(ctx context.Context, server, name string, t Type, q *dns.Msg, networks []string) (*dns.Msg, *Error) {
	for i, network := range networks {
		more := i+1 < len(networks)
		m, known, err := c.trade(ctx, server, q, network)
		_, deaf := errors.AsType[net.Error](err)
		switch {
		case err != nil && !deaf && more && ctx.Err() == nil: // what came cannot be read: it may not be the server's
			continue
		case err != nil:
			return nil, unanswered(name, t, server, err)
		case (!known || !echoes(q, m) || m.Truncated) && more:
			continue // who does not know the cookie, or echo the name as it was written, may be somebody else: TCP cannot be forged that easily
		case !strings.EqualFold(question(m), question(q)) && m.Rcode == dns.RcodeSuccess:
			return nil, &Error{Name: name, Type: t, Why: "the name server " + plain(server) + " answers another question", Temporary: true}
		case m.Truncated:
			return nil, &Error{Name: name, Type: t, Why: "the name server " + plain(server) + " cuts its answer off", Temporary: true}
		}
		return m, nil
	}
	return nil, &Error{Name: name, Type: t, Why: "the name server " + plain(server) + " answers with what was not asked", Temporary: true}
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
func judged(m *dns.Msg, server, name string, t Type) (*dns.Msg, *Error) {
	switch m.Rcode {
	case dns.RcodeSuccess, dns.RcodeNameError:
		return m, nil
	case dns.RcodeServerFailure:
		return nil, failing(m, server, name, t)
	}
	rcode := dns.RcodeToString[m.Rcode]
	if rcode == "" {
		rcode = fmt.Sprintf("RCODE %d", m.Rcode)
	}
	return nil, &Error{Name: name, Type: t, Why: "the name server " + plain(server) + " refuses (" + rcode + ")", answered: true}
}

// failing reads a SERVFAIL. One for which the server gives the reason that it reached nobody (RFC 8914, Sections 4.23 and 4.24) is about
// its own way to the zone.
func failing(m *dns.Msg, server, name string, t Type) *Error {
	e := &Error{Name: name, Type: t, Why: "the name server " + plain(server) + " fails (SERVFAIL)", Temporary: true, Fails: true, answered: true}
	opt := m.IsEdns0()
	if opt == nil {
		return e
	}
	for _, o := range opt.Option {
		if ede, ok := o.(*dns.EDNS0_EDE); ok && (ede.InfoCode == dns.ExtendedErrorCodeNoReachableAuthority || ede.InfoCode == dns.ExtendedErrorCodeNetworkError) {
			e.Fails, e.Why = false, "the name server "+plain(server)+" fails (SERVFAIL), for it reaches no server of the zone ("+dns.ExtendedErrorCodeToString[ede.InfoCode]+")"
		}
	}
	return e
}

// unanswered says why no message came.
func unanswered(name string, t Type, server string, err error) *Error {
	e := &Error{Name: name, Type: t, Temporary: true, Why: "the name server " + plain(server) + " cannot be asked: " + err.Error()}
	if ne := net.Error(nil); errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &ne) && ne.Timeout() {
		e.Why, e.Timeout = "the name server "+plain(server)+" does not answer in time", true
	}
	return e
}

// shortest returns the shortest time that any record of list is good for, at most limit. A SOA record is there for what is not (RFC 2308,
// Section 5).
func shortest(list []dns.RR, limit time.Duration) time.Duration {
	for _, rr := range list {
		limit = min(limit, time.Duration(rr.Header().Ttl)*time.Second)
		if soa, ok := rr.(*dns.SOA); ok {
			limit = min(limit, time.Duration(soa.Minttl)*time.Second)
		}
	}
	return limit
}

// plain is a server's address as people write it: the port is there if it is another than usual.
func plain(server string) string {
	host, port, err := net.SplitHostPort(server)
	if err != nil || port != "53" {
		return server
	}
	return host
}
