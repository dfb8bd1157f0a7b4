package x509lax

import (
	"net/netip"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"golang.org/x/net/idna"
)

// Covers tells whether one of the certificate's alternative names, all of them and not only those that [Read] keeps,
// stands for name: a host name in A-labels or U-labels, with or without the final dot, or an IP address (RFC 9525,
// Section 6). A wildcard counts if it is the whole left-most label of the pattern, and stands for exactly one label.
// The common name never counts.
func Covers(der []byte, name string) bool {
	return covered(read(der).san, name)
}

// covered is [Covers] for the value of subjectAltName.
func covered(san []byte, name string) bool {
	matches := hostMatcher(name)
	if address, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		matches = addressMatcher(address.WithZone("").Unmap())
	}
	found := false
	scratch := &reader{cert: &evidence.Certificate{}, problems: maxProblems}
	scratch.eachAltName(san, func(e element) { found = found || matches(e) })
	return found
}

func hostMatcher(name string) func(element) bool {
	host, ok := canonicalHost(name)
	return func(e element) bool { return ok && e.tag == nameDNS && matchHost(string(e.body), host) }
}

func addressMatcher(want netip.Addr) func(element) bool {
	return func(e element) bool {
		address, ok := netip.AddrFromSlice(e.body)
		return ok && e.tag == nameIP && address.Unmap() == want
	}
}

// canonicalHost gives the A-label form in lower case without the final dot. ok is false for what cannot be a host name.
func canonicalHost(name string) (host string, ok bool) {
	host = strings.TrimSuffix(name, ".")
	if strings.ContainsFunc(host, func(c rune) bool { return c > 0x7f }) {
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", false
		}
		host = ascii
	}
	return strings.ToLower(host), validHost(host)
}

// validHost is true for letters, digits, hyphens and underscores, which mail hosts in the wild have.
func validHost(host string) bool {
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if !validLabel(label) {
			return false
		}
	}
	return true
}

func validLabel(label string) bool {
	if label == "" || len(label) > 63 {
		return false
	}
	return !strings.ContainsFunc(label, func(c rune) bool {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		return !letter && (c < '0' || c > '9') && c != '-' && c != '_'
	})
}

// matchHost compares a dNSName with a canonical host name. A dNSName in U-labels is malformed and matches nothing.
func matchHost(pattern, host string) bool {
	if rest, wild := strings.CutPrefix(pattern, "*."); wild {
		_, parent, found := strings.Cut(host, ".")
		return found && validHost(rest) && strings.EqualFold(rest, parent)
	}
	return validHost(pattern) && strings.EqualFold(pattern, host)
}
