package discover

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// hosts looks at every host that takes the domain's mail or serves its users.
func (s *survey) hosts(ctx context.Context) {
	ports := map[string][]int{}
	add := func(host string, port int) {
		if host != "" && !slices.Contains(ports[host], port) {
			ports[host] = append(ports[host], port)
		}
	}
	for _, x := range s.d.Exchange.Value.List {
		add(x.Host, 25)
	}
	for _, one := range s.d.Services.Value {
		add(one.Host, one.Port)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for host, list := range ports {
		wg.Go(func() {
			h := s.host(ctx, host, list)
			mu.Lock()
			defer mu.Unlock()
			s.d.Hosts[host] = h
		})
	}
	wg.Wait()
}

// host looks up the addresses of a host, what they are called, and what is said of its certificates at ports.
func (s *survey) host(ctx context.Context, name string, ports []int) *evidence.MailHost {
	h := &evidence.MailHost{TLSA: map[int]evidence.Fact[evidence.TLSA]{}, Reverse: map[netip.Addr]evidence.Fact[evidence.ReverseDNS]{}}
	if a, err := netip.ParseAddr(name); err == nil {
		h.Addresses, h.DNSSEC = known([]netip.Addr{a}), evidence.Vouch{Status: string(resolve.Insecure), Why: "an address is no name"}
		return h
	}
	s.addresses(ctx, name, h)
	for _, port := range ports {
		h.TLSA[port] = s.tlsa(ctx, name, h, port)
	}
	for _, a := range h.Addresses.Value {
		h.Reverse[a] = s.reverse(ctx, a)
	}
	return h
}

// addresses looks up both kinds. Half an answer is one, and is not held to be all.
func (s *survey) addresses(ctx context.Context, name string, h *evidence.MailHost) {
	h.Addresses = known([]netip.Addr{})
	var failed error
	answered := false
	for _, t := range []resolve.Type{resolve.AAAA, resolve.A} {
		a, err := s.cfg.Resolver.Lookup(ctx, fqdn(name), t)
		if err != nil {
			failed = errors.Join(failed, err)
			h.Addresses.Why = unanswered[int](err).Why
			continue
		}
		h.Addresses.Value = append(h.Addresses.Value, a.Addresses()...)
		if h.Aliases = bareAll(a.Aliases); !answered || a.Status != resolve.Secure {
			h.DNSSEC = vouch(a)
		}
		answered = true
	}
	switch {
	case failed != nil && len(h.Addresses.Value) > 0:
		h.Addresses.State = evidence.Partial
	case failed != nil:
		h.Addresses.State = evidence.Unknown
	}
}

func bareAll(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, bare(n))
	}
	return out
}

// tlsa looks up what is said of the certificates at a port: under the name that aliases lead to, if they are signed, or the host's own
// (RFC 7672, Section 2.2.3). Where the addresses are not signed nobody asks (Section 2.2.2), unless the host is an alias that is.
func (s *survey) tlsa(ctx context.Context, name string, h *evidence.MailHost, port int) evidence.Fact[evidence.TLSA] {
	bases := []string{name}
	if h.DNSSEC.Status != string(resolve.Secure) && s.cfg.Mode != resolve.Off {
		if signed, err := s.signedAlias(ctx, name, h); err != nil {
			return unanswered[evidence.TLSA](err)
		} else if !signed {
			return inapplicable[evidence.TLSA]("the addresses of " + name + " are not signed, so that senders do not ask")
		}
	} else if n := len(h.Aliases); n > 0 {
		bases = []string{h.Aliases[n-1], name}
	}
	var last evidence.Fact[evidence.TLSA]
	for _, base := range bases {
		a, err := s.cfg.Resolver.Lookup(ctx, fmt.Sprintf("_%d._tcp.%s.", port, base), resolve.TLSA)
		if err != nil {
			return unanswered[evidence.TLSA](err)
		}
		t := evidence.TLSA{Base: base, DNSSEC: vouch(a), TTL: int(a.TTL.Seconds())}
		for _, r := range a.Associations() {
			t.Records = append(t.Records, fmt.Sprintf("%d %d %d %s", r.Usage, r.Selector, r.MatchingType, r.Data))
		}
		if last = known(t); len(t.Records) > 0 || a.Status == resolve.Bogus {
			return last
		}
	}
	return last
}

// signedAlias reports whether a host whose addresses are not signed is an alias in a zone that is (RFC 7672, Section 2.2.2).
func (s *survey) signedAlias(ctx context.Context, name string, h *evidence.MailHost) (bool, error) {
	if len(h.Aliases) == 0 || h.DNSSEC.Status != string(resolve.Insecure) {
		return false, nil
	}
	a, err := s.cfg.Resolver.Lookup(ctx, fqdn(name), resolve.CNAME)
	return err == nil && a.Status == resolve.Secure, err
}

// reverse looks up what an address is called, and whether that name has the address.
func (s *survey) reverse(ctx context.Context, addr netip.Addr) evidence.Fact[evidence.ReverseDNS] {
	a, err := s.cfg.Resolver.Lookup(ctx, resolve.Reverse(addr), resolve.PTR)
	if err != nil {
		return unanswered[evidence.ReverseDNS](err)
	}
	r := evidence.ReverseDNS{Names: bareAll(a.Names())}
	t := resolve.A
	if addr.Is6() {
		t = resolve.AAAA
	}
	for _, name := range a.Names()[:min(len(a.Names()), 3)] {
		back, err := s.cfg.Resolver.Lookup(ctx, name, t)
		if err == nil && slices.Contains(back.Addresses(), addr) {
			r.Confirmed = true
		}
	}
	return known(r)
}
