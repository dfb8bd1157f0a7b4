package discover

import (
	"net/netip"
	"strconv"

	"github.com/mailtls/mailtls/evidence"
)

// Targets returns what there is to scan of a domain: port 25 of every address of its mail exchangers, the best first, then its other
// services. Each address and port of a host is there once.
func Targets(d *evidence.Domain) []evidence.Target {
	var list []evidence.Target
	there := map[evidence.Target]bool{}
	add := func(protocol, host string, port int) {
		h := d.Hosts[host]
		if h == nil || port == 0 {
			return
		}
		for _, a := range h.Addresses.Value {
			t := evidence.Target{Input: input(protocol, host, port), Protocol: protocol, Host: host, Port: port, Address: a.String(),
				ServerName: serverName(host), Resolver: d.Resolver}
			if !there[t] {
				there[t] = true
				list = append(list, t)
			}
		}
	}
	for _, x := range d.Exchange.Value.List {
		add("smtp", x.Host, 25)
	}
	for _, s := range d.Services.Value {
		add(s.Protocol, s.Host, s.Port)
	}
	return list
}

// input is how one would name the target on the command line.
func input(protocol, host string, port int) string {
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		host = "[" + host + "]"
	}
	return protocol + "://" + host + ":" + strconv.Itoa(port)
}

func serverName(host string) string {
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	return host
}

// Guessed reports whether nothing but a guess led to a target.
func Guessed(d *evidence.Domain, t evidence.Target) bool {
	guess := false
	for _, s := range d.Services.Value {
		if s.Protocol == t.Protocol && s.Host == t.Host && s.Port == t.Port {
			if s.Source != evidence.ByGuess {
				return false
			}
			guess = true
		}
	}
	return guess
}
