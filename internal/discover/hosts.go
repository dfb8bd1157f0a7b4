package discover

import (
	"cmp"
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
	var questions []func()
	var mu sync.Mutex
	for host, list := range ports {
		questions = append(questions, func() {
			h := s.host(ctx, host, list)
			mu.Lock()
			defer mu.Unlock()
			s.d.Hosts[host] = h
		})
	}
	s.together(questions...)
}

// maxAddresses is how many addresses of a host are looked at.
const maxAddresses = 16

// host looks up the addresses of a host, what they are called, and what is said of its certificates at ports.
func (s *survey) host(ctx context.Context, name string, ports []int) *evidence.MailHost {
	h := &evidence.MailHost{TLSA: map[int]evidence.Fact[evidence.TLSA]{}, Reverse: map[netip.Addr]evidence.Fact[evidence.ReverseDNS]{}}
	if a, err := netip.ParseAddr(name); err == nil {
		h.Addresses, h.DNSSEC = known([]netip.Addr{a}), evidence.Vouch{Status: string(resolve.Insecure), Why: "an address is no name"}
		for _, port := range ports {
			h.TLSA[port] = inapplicable[evidence.TLSA]("an address is no name, under which there could be records")
		}
		return h
	}
	s.addresses(ctx, name, h)
	bases, without := s.bases(ctx, name, h)
	var mu sync.Mutex
	var questions []func()
	for _, port := range ports {
		questions = append(questions, func() {
			f := without
			if len(bases) > 0 {
				f = s.tlsa(ctx, bases, port)
			}
			mu.Lock()
			defer mu.Unlock()
			h.TLSA[port] = f
		})
	}
	for _, a := range h.Addresses.Value {
		questions = append(questions, func() {
			f := s.reverse(ctx, a)
			mu.Lock()
			defer mu.Unlock()
			h.Reverse[a] = f
		})
	}
	s.together(questions...)
	return h
}

// addresses looks up both kinds. Half an answer is one, and is not held to be all.
func (s *survey) addresses(ctx context.Context, name string, h *evidence.MailHost) {
	types := []resolve.Type{resolve.AAAA, resolve.A}
	answers, errs := make([]*resolve.Answer, len(types)), make([]error, len(types))
	var questions []func()
	for i, t := range types {
		questions = append(questions, func() { answers[i], errs[i] = s.cfg.Resolver.Lookup(ctx, fqdn(name), t) })
	}
	s.together(questions...)
	h.Addresses = known([]netip.Addr{})
	for i, a := range answers {
		if errs[i] != nil {
			h.Addresses.State, h.Addresses.Why = evidence.Partial, unanswered[int](errs[i]).Why
			continue
		}
		h.Addresses.Value = append(h.Addresses.Value, a.Addresses()...)
		h.Aliases, h.DNSSEC = bareAll(a.Aliases), worst(h.DNSSEC, vouch(a))
		if a.Endless != "" {
			h.Addresses.State, h.Addresses.Why = evidence.Partial, unanswered[int](leadsNowhere(a)).Why
		}
	}
	if len(h.Addresses.Value) == 0 && h.Addresses.State == evidence.Partial {
		h.Addresses.State = evidence.Unknown
	}
	if n := len(h.Addresses.Value) - maxAddresses; n > 0 {
		h.LeftOut, h.Addresses.Value = n, h.Addresses.Value[:maxAddresses]
		h.Addresses.State, h.Addresses.Why = evidence.Partial, fmt.Sprintf("it has %d more addresses, which are left out", n)
	}
}

// worst returns the one of two that decides about both.
func worst(a, b evidence.Vouch) evidence.Vouch {
	for _, s := range []resolve.Status{resolve.Bogus, resolve.Indeterminate, resolve.Insecure, resolve.Secure} {
		for _, v := range []evidence.Vouch{a, b} {
			if v.Status == string(s) {
				return v
			}
		}
	}
	return a
}

func bareAll(names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, bare(n))
	}
	return out
}

// bases are the names under which TLSA records are looked for, the first first: where aliases lead to, if the addresses there are
// signed, and the host's own (RFC 7672, Section 2.2.3). Where they are not, an alias that is itself signed still counts, by its own
// name (Section 2.2.2); otherwise nobody asks, and without says why.
func (s *survey) bases(ctx context.Context, name string, h *evidence.MailHost) (list []string, without evidence.Fact[evidence.TLSA]) {
	switch n := len(h.Aliases); {
	case n > 0 && (h.DNSSEC.Status == string(resolve.Secure) || s.cfg.Mode == resolve.Off):
		return []string{h.Aliases[n-1], name}, without
	case h.DNSSEC.Status == string(resolve.Secure) || s.cfg.Mode == resolve.Off:
		return []string{name}, without
	case n > 0 && h.DNSSEC.Status == string(resolve.Insecure):
		a, err := s.cfg.Resolver.Lookup(ctx, fqdn(name), resolve.CNAME)
		if err != nil {
			return nil, unansweredTLSA(name, err)
		}
		if a.Status == resolve.Secure && !a.Empty() {
			return []string{name}, without
		}
	}
	switch h.DNSSEC.Status {
	case string(resolve.Insecure):
		return nil, inapplicable[evidence.TLSA]("the addresses of " + name + " are not signed, so that senders do not ask")
	case string(resolve.Bogus):
		return nil, inapplicable[evidence.TLSA]("the addresses of " + name + " do not hold, so that senders do not ask")
	}
	why := "it is not known whether the addresses of " + name + " are signed"
	if reason := cmp.Or(h.DNSSEC.Why, h.Addresses.Why); reason != "" {
		why += ": " + reason
	}
	return nil, evidence.Fact[evidence.TLSA]{State: evidence.Unknown, Why: why}
}

// tlsa looks up what is said of the certificates at a port, under the first of names that has records.
func (s *survey) tlsa(ctx context.Context, names []string, port int) evidence.Fact[evidence.TLSA] {
	var last evidence.Fact[evidence.TLSA]
	for _, base := range names {
		a, err := s.cfg.Resolver.Lookup(ctx, fmt.Sprintf("_%d._tcp.%s.", port, base), resolve.TLSA)
		if err != nil {
			return unansweredTLSA(base, err)
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

// unansweredTLSA is a lookup under base that came to nothing, and whether it does for others.
func unansweredTLSA(base string, err error) evidence.Fact[evidence.TLSA] {
	f := unanswered[evidence.TLSA](err)
	if e, ok := errors.AsType[*resolve.Error](err); ok && e.Fails {
		f.Value = evidence.TLSA{Base: base, DNSSEC: evidence.Vouch{Status: string(resolve.Indeterminate), Why: f.Why}, Fails: true}
	}
	return f
}

// maxCalled is how many names of an address are looked at.
const maxCalled = 3

// reverse looks up what an address is called, and whether one of those names has the address.
func (s *survey) reverse(ctx context.Context, addr netip.Addr) evidence.Fact[evidence.ReverseDNS] {
	a, err := s.cfg.Resolver.Lookup(ctx, resolve.Reverse(addr), resolve.PTR)
	if err != nil {
		return unanswered[evidence.ReverseDNS](err)
	}
	names := a.Names()[:min(len(a.Names()), maxCalled)]
	r := evidence.ReverseDNS{Names: bareAll(names)}
	t := resolve.A
	if addr.Is6() {
		t = resolve.AAAA
	}
	var open error
	for _, name := range names {
		back, err := s.cfg.Resolver.Lookup(ctx, name, t)
		if err != nil {
			open = err
		} else if slices.Contains(back.Addresses(), addr) {
			r.Confirmed = true
			return known(r)
		}
	}
	switch {
	case open != nil:
		f := unanswered[evidence.ReverseDNS](open)
		f.State, f.Value = evidence.Partial, r
		return f
	case len(a.Names()) > maxCalled:
		return evidence.Fact[evidence.ReverseDNS]{State: evidence.Partial, Value: r, Why: fmt.Sprintf("it has %d more names, which are left out", len(a.Names())-maxCalled)}
	}
	return known(r)
}
