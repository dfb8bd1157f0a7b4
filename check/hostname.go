package check

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// covers reports whether a certificate with names is valid for host: only subject alternative names count, never the
// common name (RFC 9525, Section 2).
func covers(names evidence.AltNames, host string) bool {
	if want, err := netip.ParseAddr(host); err == nil {
		return slices.ContainsFunc(names.IP, func(s string) bool {
			a, err := netip.ParseAddr(s)
			return err == nil && a.Unmap() == want.WithZone("").Unmap()
		})
	}
	return slices.ContainsFunc(names.DNS, func(pattern string) bool { return matchesName(pattern, host) })
}

// matchesName compares without regard to case; a wildcard stands for exactly one whole label, the leftmost (RFC 9525,
// Section 6.3).
func matchesName(pattern, host string) bool {
	pattern, host = canonical(pattern), canonical(host)
	if pattern == "" || host == "" {
		return false
	}
	rest, wild := strings.CutPrefix(pattern, "*.")
	if !wild {
		return pattern == host
	}
	first, tail, ok := strings.Cut(host, ".")
	return ok && first != "" && tail == rest && strings.Contains(rest, ".") && !strings.Contains(rest, "*")
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }
