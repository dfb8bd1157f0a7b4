package web

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/discover"
	"github.com/mailtls/mailtls/internal/public"
)

// mailPorts are the ports on which mail servers listen.
func mailPorts() []uint16 { return []uint16{24, 25, 110, 143, 465, 587, 993, 995, 2525, 4190} }

// Ports are those that may be scanned: those of mail, and more.
func Ports(more []uint16) []uint16 {
	all := append(mailPorts(), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

// maxTarget is how long a target may be: a name of 253 bytes, with a scheme, a port and room for an address of mail.
const maxTarget = 400

// targetOf reads what somebody wants scanned, in the one form that the store knows it by.
func (s *server) targetOf(text string) (string, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch {
	case text == "":
		return "", errors.New("nothing was typed: want a domain such as example.org, or a server such as imaps://mail.example.org")
	case len(text) > maxTarget:
		return "", errors.New("that is too long for the name of a domain or a server")
	case !utf8.ValidString(text), strings.ContainsFunc(text, unicode.IsControl): // before an @, too, where nobody else looks
		return "", errors.New("there is something in it that cannot be printed: want a domain such as example.org")
	}
	if err := mailtls.CheckTarget(text); err != nil {
		return "", err
	}
	if mailtls.IsDomain(text) {
		name, _, err := discover.Name(text)
		return name, err
	}
	t, err := mailtls.ParseTarget(text)
	if err != nil {
		return "", err
	}
	host, err := hostOf(t.Host)
	if err == nil && !slices.Contains(s.Ports, uint16(t.Port)) {
		err = fmt.Errorf("port %d is none of mail: this service scans %s", t.Port, portList(s.Ports))
	}
	return t.Protocol + "://" + net.JoinHostPort(host, strconv.Itoa(t.Port)), err
}

// hostOf is the host of a target in one form: an address, or a name that is wherever it is asked about the same. So it needs a dot: other
// names are of this machine, or of its network. Nor does a name end in a number (RFC 3696, Section 2), as "127.1" and "0x7f000001" do, which
// some resolvers take for addresses.
func hostOf(host string) (string, error) {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.Unmap().WithZone("").String(), nil
	}
	name := strings.TrimSuffix(host, ".")
	labels := strings.Split(name, ".")
	last := labels[len(labels)-1]
	_, err := strconv.ParseUint(last, 0, 64)
	if err == nil || errors.Is(err, strconv.ErrRange) || strings.Trim(last, "0123456789") == "" {
		return "", fmt.Errorf("%q is no name of a host: an address is written as 192.0.2.1 or [2001:db8::1]", host)
	}
	if len(labels) == 1 {
		return "", fmt.Errorf("%q has no dot: want a name such as mail.example.org", host)
	}
	return name, nil
}

func portList(ports []uint16) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(ports), "[]"), " ", ", ")
}

// Allow says where the scanner may connect to: public addresses and those in private, at ports. Wherever the DNS leads, it is asked
// about the address that is dialled.
func Allow(private []netip.Prefix, ports []uint16) mailtls.Allow {
	return func(a netip.AddrPort) error {
		within := func(p netip.Prefix) bool { return p.Contains(a.Addr().Unmap()) }
		switch {
		case !public.Address(a.Addr()) && !slices.ContainsFunc(private, within):
			return errors.New("its address is not public: this service leaves it alone") // and does not tell a stranger which it is
		case !slices.Contains(ports, a.Port()):
			return fmt.Errorf("port %d is none of mail: this service leaves it alone", a.Port())
		}
		return nil
	}
}
