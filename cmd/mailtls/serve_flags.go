package main

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	workFlags
	listen    listenAddress
	hosts     hostNames
	measurers prefixes
	proxies   prefixes
	keepDays  number
	auth      authFlags
	smtp      smtpFlags
	tls       tlsFlags
}

// listenAddress is a flag that takes the address and port to be asked at.
type listenAddress struct{ value netip.AddrPort }

func (l *listenAddress) String() string { return l.value.String() }

// Type is shown in the help as what the flag takes.
func (l *listenAddress) Type() string { return "address:port" }

func (l *listenAddress) Set(s string) error {
	v, err := netip.ParseAddrPort(s)
	if err != nil {
		return errors.New("want an IP address with a port, such as 127.0.0.1:8080 or [::]:8080")
	}
	l.value = v
	return nil
}

// optionalAddress is a flag that takes an address and port, and has none by itself.
type optionalAddress struct{ value netip.AddrPort }

func (o *optionalAddress) String() string {
	if !o.value.IsValid() {
		return ""
	}
	return o.value.String()
}

// Type is shown in the help as what the flag takes.
func (o *optionalAddress) Type() string { return "address:port" }

func (o *optionalAddress) Set(s string) error {
	var l listenAddress
	if err := l.Set(s); err != nil {
		return err
	}
	o.value = l.value
	return nil
}

// hostNames is a flag that takes a name of this service, as often as one likes.
type hostNames []string

func (h *hostNames) String() string { return strings.Join(*h, ",") }

// Type is shown in the help as what the flag takes.
func (h *hostNames) Type() string { return "name" }

func (h *hostNames) Set(s string) error {
	var one hostName
	if err := one.Set(s); err != nil {
		return err
	}
	*h = append(*h, strings.ToLower(strings.TrimSuffix(s, ".")))
	return nil
}

// prefixes is a flag that takes a network, as often as one likes.
type prefixes []netip.Prefix

func (p *prefixes) String() string {
	var out []string
	for _, x := range *p {
		out = append(out, x.String())
	}
	return strings.Join(out, ",")
}

// Type is shown in the help as what the flag takes.
func (p *prefixes) Type() string { return "network" }

func (p *prefixes) Set(s string) error {
	v, err := netip.ParsePrefix(s)
	if err != nil || v != v.Masked() {
		return errors.New("want a network such as 10.0.0.0/8 or fd00::/8")
	}
	*p = append(*p, v)
	return nil
}

// portNumbers is a flag that takes a port, as often as one likes.
type portNumbers []uint16

func (p *portNumbers) String() string {
	var out []string
	for _, x := range *p {
		out = append(out, strconv.Itoa(int(x)))
	}
	return strings.Join(out, ",")
}

// Type is shown in the help as what the flag takes.
func (p *portNumbers) Type() string { return "port" }

func (p *portNumbers) Set(s string) error {
	v, err := strconv.ParseUint(s, 10, 16)
	if err != nil || v == 0 {
		return errors.New("want a port from 1 to 65535")
	}
	*p = append(*p, uint16(v))
	return nil
}

// open reports whether others than this machine can ask.
func (l *listenAddress) open() bool { return !l.value.Addr().IsLoopback() }

// url is where a browser on this machine finds what listens at a.
func url(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
