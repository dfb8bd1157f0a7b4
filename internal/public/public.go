// Package public tells addresses of the internet from those of networks of one's own: nobody else may send us to the latter.
package public

import (
	"net/netip"
	"slices"
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

// Address reports whether anybody on the internet may ask at an address.
func Address(a netip.Addr) bool {
	a = a.Unmap()
	switch {
	case !a.IsGlobalUnicast(), a.IsPrivate(), a.Zone() != "":
		return false
	case a.Is6() && !netip.MustParsePrefix("2000::/3").Contains(a):
		return false
	}
	return !slices.ContainsFunc(special(), func(p netip.Prefix) bool { return p.Contains(a) })
}
