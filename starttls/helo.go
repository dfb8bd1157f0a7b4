package starttls

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// name returns the argument of EHLO: an empty one is answered 501.
func (d smtp) name() string {
	if d.s.opt.Helo != "" {
		return d.s.opt.Helo
	}
	return addressLiteral(d.s.conn.LocalAddr())
}

// addressLiteral returns an address as RFC 5321, Section 4.1.3 writes it, or the
// loopback's where a has none.
func addressLiteral(a net.Addr) string {
	if a != nil {
		if ap, err := netip.ParseAddrPort(a.String()); err == nil {
			ip := ap.Addr().Unmap().WithZone("")
			if ip.Is6() {
				return "[IPv6:" + ip.String() + "]"
			}
			return "[" + ip.String() + "]"
		}
	}
	return "[127.0.0.1]"
}

// maxHelo is the length of a domain name (RFC 5321, Section 4.5.3.1.2).
const maxHelo = 255

// checkHelo returns an error for a HELO name that would be more than one word of
// printable ASCII on its line.
func checkHelo(name string) error {
	if len(name) > maxHelo {
		return errors.New("the HELO name is longer than 255 octets")
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fmt.Errorf("the HELO name %s is not a domain name or an address literal", quote(name))
	}
	return nil
}
