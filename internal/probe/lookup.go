package probe

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// Lookup looks up the addresses of a host on a network ("ip", "ip4" or "ip6"), as this machine is set up to, in the order of
// its resolver. It also returns the name servers that were asked, in the order in which they first were; there is none where
// the answer came from a file of hosts, or where the system did the asking and does not tell.
func Lookup(ctx context.Context, network, host string) (list []netip.Addr, servers []string, err error) {
	return lookup(ctx, network, host, new(net.Dialer).DialContext)
}

// lookup is Lookup with the way to name servers.
func lookup(ctx context.Context, network, host string, dial func(ctx context.Context, network, address string) (net.Conn, error),
) ([]netip.Addr, []string, error) {
	var mu sync.Mutex
	var servers []string
	r := &net.Resolver{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		if !slices.Contains(servers, address) {
			servers = append(servers, address)
		}
		mu.Unlock()
		return dial(ctx, network, address)
	}}
	list, err := r.LookupNetIP(ctx, network, host)
	mu.Lock() // a question whose answer was not waited for may still be on its way
	defer mu.Unlock()
	return list, slices.Clone(servers), err
}
