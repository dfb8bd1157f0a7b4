package mailtls

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/spell"
	"github.com/mailtls/mailtls/starttls"
)

// ParseTarget reads what to scan: scheme://host or scheme://host:port. The scheme is a mail protocol (smtp, submission,
// submissions or its old name smtps, lmtp, imap, imaps, pop3, pop3s, sieve), the host a name, an IPv4 address or an IPv6
// address in brackets. Without a port it is the protocol's own. The target's Address and ServerName stay empty.
//
// Errors say what is wrong and what would be right.
func ParseTarget(s string) (evidence.Target, error) {
	t, err := parseTarget(s)
	if err != nil {
		return evidence.Target{}, fmt.Errorf("target %q: %w", s, err)
	}
	return t, nil
}

// IsDomain reports whether s is meant as a domain, or as an address of mail in one, and not as a single server: it has neither a
// scheme nor a port. [ScanDomain] tells whether it is one.
func IsDomain(s string) bool {
	if strings.Contains(s, "://") || strings.Trim(s, ". ") == "" || !strings.Contains(s, ".") {
		return false
	}
	host := s[strings.LastIndexByte(s, '@')+1:]
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil && !strings.ContainsAny(host, ":[]/")
}

// CheckTarget returns what is wrong with a target of [Scan], and what would be right.
func CheckTarget(s string) error {
	if !IsDomain(s) {
		_, err := ParseTarget(s)
		return err
	}
	if _, _, err := discover.Name(s); err != nil {
		return fmt.Errorf("target %q: %w", s, err)
	}
	return nil
}

func parseTarget(s string) (evidence.Target, error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return evidence.Target{}, noScheme(s)
	}
	protocol, err := starttls.ParseProtocol(scheme)
	if err != nil {
		return evidence.Target{}, unknownScheme(scheme)
	}
	rest = strings.TrimSuffix(rest, "/")
	if i := strings.IndexAny(rest, "/?#@"); i >= 0 {
		return evidence.Target{}, fmt.Errorf("%q has no place in a target: want %s://host or %s://host:port", rest[i], scheme, scheme)
	}
	host, port, err := splitHostPort(rest, protocol.DefaultPort())
	if err != nil {
		return evidence.Target{}, err
	}
	return evidence.Target{Input: s, Protocol: string(protocol), Host: host, Port: port}, nil
}

// noScheme explains what is missing, guessing the protocol from the port.
func noScheme(s string) error {
	if s == "" {
		return fmt.Errorf("is empty: want a target such as smtp://mail.example.org or imaps://192.0.2.1:993")
	}
	host, port, err := splitHostPort(s, 0)
	if err != nil {
		return fmt.Errorf("has no scheme: want a target such as smtp://mail.example.org or imaps://192.0.2.1:993")
	}
	for _, p := range starttls.Protocols() {
		if p.DefaultPort() == port && p != starttls.LMTP {
			return fmt.Errorf("has no scheme: want %s://%s", p, s)
		}
	}
	return fmt.Errorf("has no scheme: want smtp://%s or imaps://%s, or a domain such as example.org", host, host)
}

func unknownScheme(scheme string) error {
	names, list := []string{"smtps"}, ""
	for _, p := range starttls.Protocols() {
		names = append(names, string(p))
		list += ", " + string(p)
		if p == starttls.Submissions {
			list += " (or smtps)"
		}
	}
	if near, ok := spell.Nearest(strings.ToLower(scheme), names); ok {
		return fmt.Errorf("unknown scheme %q: did you mean %s?", scheme, near)
	}
	return fmt.Errorf("unknown scheme %q: want one of %s", scheme, list[2:])
}

// splitHostPort separates an optional port from a name, an IPv4 address or a bracketed IPv6 address.
func splitHostPort(s string, defaultPort int) (host string, port int, err error) {
	portText, hasPort := "", false
	switch {
	case strings.HasPrefix(s, "["):
		var after string
		host, after, hasPort = strings.Cut(s[1:], "]")
		if !hasPort {
			return "", 0, fmt.Errorf("the bracket of %q is not closed: want an IPv6 address such as [2001:db8::1]", s)
		}
		if portText, hasPort = strings.CutPrefix(after, ":"); !hasPort && after != "" {
			return "", 0, fmt.Errorf("%q after the bracket: want nothing or a port such as :25", after)
		}
		if a, err := netip.ParseAddr(host); err != nil || !a.Is6() {
			return "", 0, fmt.Errorf("%q is no IPv6 address: want one such as [2001:db8::1]", host)
		}
	case strings.Count(s, ":") > 1:
		if a, err := netip.ParseAddr(s); err == nil {
			return "", 0, fmt.Errorf("an IPv6 address must be in brackets, and a port behind them: want [%s], or one such as [2001:db8::1]:25", a)
		}
		return "", 0, fmt.Errorf("%q has more than one colon: want host:port, or an IPv6 address in brackets", s)
	default:
		host, portText, hasPort = strings.Cut(s, ":")
		if host, err = checkHost(host); err != nil {
			return "", 0, err
		}
	}
	if !hasPort {
		return host, defaultPort, nil
	}
	port, err = parsePort(portText)
	return host, port, err
}

func parsePort(s string) (int, error) {
	port, err := strconv.ParseUint(s, 10, 16)
	if err != nil || port == 0 {
		return 0, fmt.Errorf("port %q: want a number from 1 to 65535", s)
	}
	return int(port), nil
}

// hostLabel is a label as host names have it in practice: letters, digits and hyphens (RFC 1123, Section 2.1), and the
// underscores that some names in the DNS have.
var hostLabel = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$`)

// checkHost returns host without the dot that may end it, if it is an IPv4 address or can be a host's name.
func checkHost(host string) (string, error) {
	if a, err := netip.ParseAddr(host); err == nil && a.Is4() {
		return host, nil
	}
	name := strings.TrimSuffix(host, ".")
	labels := strings.Split(name, ".")
	for _, r := range name {
		if r > '~' {
			return "", fmt.Errorf("host %q: want the form that the DNS has, which begins with xn--", host)
		}
	}
	for _, l := range labels {
		if name == "" {
			return "", fmt.Errorf("host is missing: want a name such as mail.example.org")
		}
		if !hostLabel.MatchString(l) {
			return "", fmt.Errorf("host %q: want a name such as mail.example.org, 192.0.2.1 or [2001:db8::1]", host)
		}
	}
	if len(name) > 253 {
		return "", fmt.Errorf("host is %d characters long: want at most 253", len(name))
	}
	if _, err := strconv.Atoi(labels[len(labels)-1]); err == nil {
		return "", fmt.Errorf("host %q is no IPv4 address: want four numbers from 0 to 255", host)
	}
	return name, nil
}
