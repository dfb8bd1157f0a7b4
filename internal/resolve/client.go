package resolve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
)

// Mode is how answers are validated.
type Mode string

const (
	Local Mode = "local" // here, from the trust anchor down
	Trust Mode = "trust" // by the resolver, which has to be one to trust, on a path to trust
	Off   Mode = "off"   // not at all
)

// Config says whom to ask, and how. The zero value asks the resolvers of this machine and validates here.
type Config struct {
	Servers  []string      // addresses with or without a port; default those of /etc/resolv.conf
	Mode     Mode          // default Local
	Timeout  time.Duration // for one try; default 5 s
	Parallel int           // questions at once; default 64
	Anchors  []string      // DS or DNSKEY records that are trusted, in presentation form; default the root's
	Now      func() time.Time
}

// Client is a [Resolver] that asks recursive resolvers. It may be used by several goroutines at once.
type Client struct {
	servers   []string
	first     atomic.Int32 // index of the server that is asked first: the one that answered last
	mode      Mode
	timeout   time.Duration
	now       func() time.Time
	slots     chan struct{}
	anchors   []*dns.DS
	answers   *cache[question1, *Answer]
	zones     *cache[string, zone]
	abilities *cache[string, ability]
	jar       *jar
}

type question1 struct {
	name string
	t    Type
}

// NewClient checks cfg. It sends nothing.
func NewClient(cfg Config) (*Client, error) {
	c := &Client{mode: cmp.Or(cfg.Mode, Local), timeout: cmp.Or(cfg.Timeout, 5*time.Second), now: cfg.Now,
		slots: make(chan struct{}, cmp.Or(cfg.Parallel, 64)), jar: newJar()}
	if c.now == nil {
		c.now = time.Now
	}
	switch c.mode {
	case Local, Trust, Off:
	default:
		return nil, fmt.Errorf("DNSSEC mode %q: want %s, %s or %s", c.mode, Local, Trust, Off)
	}
	c.answers, c.zones, c.abilities = newCache[question1, *Answer](c.now), newCache[string, zone](c.now), newCache[string, ability](c.now)
	var err error
	if c.servers, err = serversOf(cfg.Servers); err != nil {
		return nil, err
	}
	c.anchors, err = readAnchors(cfg.Anchors)
	return c, err
}

// serversOf adds the port where there is none.
func serversOf(list []string) ([]string, error) {
	if len(list) == 0 {
		system, err := dns.ClientConfigFromFile("/etc/resolv.conf")
		if err != nil || len(system.Servers) == 0 {
			return nil, errors.New("/etc/resolv.conf names no name server: name one")
		}
		list = system.Servers
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s
		if _, _, err := net.SplitHostPort(s); err != nil {
			out[i] = net.JoinHostPort(strings.Trim(s, "[]"), "53")
		}
		if host, _, _ := net.SplitHostPort(out[i]); net.ParseIP(host) == nil {
			return nil, fmt.Errorf("name server %q: want an IP address, with or without a port", s)
		}
	}
	return out, nil
}

// Lookup implements [Resolver].
func (c *Client) Lookup(ctx context.Context, name string, t Type) (*Answer, error) {
	name = dns.CanonicalName(name)
	if err := checkName(name); err != nil {
		return nil, &Error{Name: name, Type: t, Why: err.Error()}
	}
	return c.answers.get(ctx, question1{name, t}, func(ctx context.Context) (*Answer, time.Duration, error) {
		a, err := c.lookup(ctx, name, t)
		if err != nil {
			return nil, failureLife, err
		}
		return a, min(a.TTL, longest), nil
	})
}

// checkName reports what makes name no name of the DNS (RFC 1035, Section 2.3.4).
func checkName(name string) error {
	if _, ok := dns.IsDomainName(name); !ok || len(name) > 254 {
		return errors.New("no name of the DNS: a label has at most 63 bytes, a name 253")
	}
	return nil
}

// longest is how long an answer is kept here at most, failureLife how long it is that there is none (RFC 9520, Section 3.2).
const (
	longest     = time.Hour
	failureLife = 30 * time.Second
)

func (c *Client) lookup(ctx context.Context, name string, t Type) (*Answer, error) {
	switch c.mode {
	case Trust:
		return c.trusted(ctx, name, t)
	case Off:
		m, _, err := c.exchange(ctx, name, t, false)
		if err != nil {
			return nil, err
		}
		a, _ := follow(m, name, t)
		a.Status, a.Why = Indeterminate, "DNSSEC is not looked at"
		return a, nil
	}
	return c.validated(ctx, name, t)
}

// trusted takes the resolver's word. That it fails where it checks, before and after, and not where it does not, is its word for Bogus;
// that it gives no answer for another reason says nothing of the zone.
func (c *Client) trusted(ctx context.Context, name string, t Type) (*Answer, error) {
	a, err := c.vouched(ctx, name, t)
	if !fails(err) {
		return a, err
	}
	m, weak, again := c.exchange(ctx, name, t, false)
	if again != nil {
		return nil, err
	}
	if a, err := c.vouched(ctx, name, t); !fails(err) { // it may have failed once
		return a, err
	}
	a, _ = follow(m, name, t)
	a.Status, a.Why = Bogus, "the resolver gives this answer only with checking disabled"
	if weak != "" {
		a.Status, a.Why = Indeterminate, weak
	}
	return a, nil
}

// vouched asks the resolver for what it has checked.
func (c *Client) vouched(ctx context.Context, name string, t Type) (*Answer, error) {
	m, weak, err := c.exchange(ctx, name, t, true)
	if err != nil {
		return nil, err
	}
	a, _ := follow(m, name, t)
	switch a.Status = Secure; {
	case weak != "":
		a.Status, a.Why = Indeterminate, weak
	case !m.AuthenticatedData:
		a.Status, a.Why = Insecure, "the resolver does not vouch for it"
	}
	return a, nil
}

// fails reports whether err is that a resolver fails, and for all who ask.
func fails(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Fails
}

// Servers returns the addresses and ports of the resolvers that are asked.
func (c *Client) Servers() []string { return slices.Clone(c.servers) }

// Mode returns how answers are validated.
func (c *Client) Mode() Mode { return c.mode }
