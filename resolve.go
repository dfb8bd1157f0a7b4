package mailtls

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/probe"
)

// addressesOf returns the addresses to scan, in the resolver's order, and who gave them (evidence.Target.Resolver), or why there
// are none.
func addressesOf(ctx context.Context, host string, cfg *Config) (addresses []netip.Addr, resolver, why string) {
	name := strings.Trim(host, "[]")
	if cfg.IP != "" {
		name, resolver = cfg.IP, evidence.AddressGiven
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return []netip.Addr{a.Unmap()}, resolver, ""
	}
	network := map[int]string{4: "ip4", 6: "ip6"}[cfg.IPVersion]
	if network == "" {
		network = "ip"
	}
	list, servers, err := probe.Lookup(ctx, network, name)
	resolver = strings.Join(servers, " ")
	if resolver == "" {
		resolver = evidence.SystemResolver
	}
	if err != nil || len(list) == 0 {
		if errors.Is(ctx.Err(), context.Canceled) { // an answer that was cut short may look like any other
			err = ctx.Err()
		}
		return nil, resolver, noAddress(err, cfg.IPVersion)
	}
	for i := range list {
		list[i] = list[i].Unmap()
	}
	return list, resolver, ""
}

// noAddress says why looking up a host's addresses of an IP version (0: of both) has failed.
func noAddress(err error, ipVersion int) string {
	e, ok := errors.AsType[*net.DNSError](err)
	if _, other := errors.AsType[*net.AddrError](err); other { // a list of hosts on this machine has addresses, but no such
		return fmt.Sprintf("this host has no IPv%d address, only IPv%d: scan it without asking for IPv%[1]d alone", ipVersion, 10-ipVersion)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "the scan was interrupted"
	case err == nil, ok && e.IsNotFound && ipVersion == 0:
		return "the DNS knows no address of this host: is its name spelled right?"
	case ok && e.IsNotFound:
		return fmt.Sprintf("the DNS knows no IPv%d address of this host: does it have one, and is its name spelled right?", ipVersion)
	case ok && e.IsTimeout:
		return "the DNS does not answer: does this machine reach its name server?"
	case ok:
		return "the DNS gives no answer about this host: " + e.Err
	}
	return "the host's addresses cannot be looked up: " + err.Error()
}

// unresolved is the evidence about a target of which no address is known: nothing, and why.
func unresolved(t evidence.Target, at time.Time, why string, cfg *Config) *evidence.Endpoint {
	t.ServerName = sniFor(t.Host, cfg.ServerName)
	e := &evidence.Endpoint{At: at, Target: t, Ended: why}
	probe.Derive(e, nil)
	return e
}
