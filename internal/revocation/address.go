package revocation

import (
	"fmt"
	"net/netip"
	"slices"
	"syscall"
)

// special are the networks of IANA's registers of special-purpose addresses (RFC 6890) that look like public ones: shared,
// for documentation, for tests, and those that carry an address of the other kind.
func special() []netip.Prefix {
	var out []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
		"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// public reports whether anybody on the internet may ask at an address.
func public(a netip.Addr) bool {
	a = a.Unmap()
	switch {
	case !a.IsGlobalUnicast(), a.IsPrivate(), a.Zone() != "":
		return false
	case a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a):
		return false
	}
	return !slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// onlyPublic refuses to connect elsewhere than to the ports of HTTP at public addresses. It is called with the address
// itself, after the name was looked up, so that no name can lead astray.
func onlyPublic(_, address string, _ syscall.RawConn) error {
	a, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return fmt.Errorf("address %q: %w", address, err)
	case !public(a.Addr()):
		return fmt.Errorf("%v is no public address", a.Addr())
	case a.Port() != 80 && a.Port() != 443:
		return fmt.Errorf("port %d is not one of HTTP", a.Port())
	}
	return nil
}
