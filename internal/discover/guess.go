package discover

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
)

// usual are names and ports that mail services have where nothing tells of others, by what they are for.
var usual = []struct {
	names    []string
	services []usualService
}{
	{[]string{"smtp", "mail"}, []usualService{{"submission", 587}, {"submissions", 465}}},
	{[]string{"imap", "mail"}, []usualService{{"imap", 143}, {"imaps", 993}}},
	{[]string{"pop", "pop3", "mail"}, []usualService{{"pop3", 110}, {"pop3s", 995}}},
	{[]string{"imap", "mail"}, []usualService{{"sieve", 4190}}},
}

type usualService struct {
	protocol string
	port     int
}

// maxGuessed is how many mail exchangers of the domain's own, or hosts of IMAP, are tried for other services.
const maxGuessed = 1

// guess adds the usual names and ports for what nothing tells of, each address and port under one name. Whether there is such a
// service, the scan will tell.
func (s *survey) guess(ctx context.Context) {
	f := &s.d.Services
	if f.State == evidence.Unknown {
		return
	}
	told, taken := slices.Clone(f.Value), map[netip.AddrPort]bool{}
	var hosts [][]string
	for _, kind := range usual {
		hosts = append(hosts, s.candidates(told, kind.names, kind.services))
	}
	addresses := s.addressesOf(ctx, slices.Concat(hosts...))
	for i, kind := range usual {
		for _, host := range hosts[i] {
			for _, u := range kind.services {
				if fresh(addresses[host], u.port, taken) {
					f.Value = append(f.Value, evidence.MailService{Source: evidence.ByGuess, Protocol: u.protocol, Host: host, Port: u.port,
						DNSSEC: evidence.Vouch{Status: string(resolve.Indeterminate), Why: "nothing names it"}})
				}
			}
		}
	}
}

// candidates are the hosts that may have services of one kind, none if something tells of such. Sieve is where IMAP is.
func (s *survey) candidates(told []evidence.MailService, names []string, services []usualService) (hosts []string) {
	for _, m := range told {
		if slices.ContainsFunc(services, func(u usualService) bool { return u.protocol == m.Protocol }) {
			return nil
		}
		if services[0].protocol == "sieve" && strings.HasPrefix(m.Protocol, "imap") && m.Host != "" {
			hosts = append(hosts, m.Host)
		}
	}
	if len(hosts) > 0 {
		return hosts[:min(len(hosts), maxGuessed)]
	}
	for _, name := range names {
		hosts = append(hosts, name+"."+s.d.Name)
	}
	return append(hosts, s.own()...)
}

// own is the best of the mail exchangers that lie inside the domain.
func (s *survey) own() (hosts []string) {
	for _, x := range s.d.Exchange.Value.List {
		if (x.Host == s.d.Name || strings.HasSuffix(x.Host, "."+s.d.Name)) && len(hosts) < maxGuessed {
			hosts = append(hosts, x.Host)
		}
	}
	return hosts
}

// addressesOf returns the addresses of hosts, none where there are none or none can be learned.
func (s *survey) addressesOf(ctx context.Context, hosts []string) map[string][]netip.Addr {
	var mu sync.Mutex
	out := map[string][]netip.Addr{}
	var questions []func()
	for _, host := range hosts {
		if _, asked := out[host]; asked {
			continue
		}
		out[host] = nil
		for _, t := range []resolve.Type{resolve.AAAA, resolve.A} {
			questions = append(questions, func() {
				a, err := s.cfg.Resolver.Lookup(ctx, fqdn(host), t)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					out[host] = append(out[host], a.Addresses()...)
				}
			})
		}
	}
	s.together(questions...)
	return out
}

// fresh reports whether a host has addresses of which none is taken at port yet, and takes them. Who shares one with another is taken
// for the same machine.
func fresh(addresses []netip.Addr, port int, taken map[netip.AddrPort]bool) bool {
	found := len(addresses) > 0
	for _, a := range addresses {
		at := netip.AddrPortFrom(a, uint16(port))
		found = found && !taken[at]
		taken[at] = true
	}
	return found
}
