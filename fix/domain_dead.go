package fix

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// unreachable has addresses that do not answer taken out, where others are left and nothing else needs them.
func (z *zone) unreachable() []Step {
	out := Step{For: "only if it is not to answer", Where: TakenOut}
	var alone, notes []string
	left := false
	for _, host := range z.exchangers() {
		h := z.d.Hosts[host]
		if h == nil || len(h.Aliases) > 0 {
			continue
		}
		dead, answers := z.dead(host)
		left = left || answers
		if len(dead) > 0 && len(dead) == len(h.Addresses.Value) {
			alone = append(alone, host)
			continue
		}
		for _, a := range dead {
			if z.shared(host, a) {
				notes = append(notes, fmt.Sprintf("Where port 25 of %s is not to answer, give mail another name than %s, with the other addresses alone, "+
					"in the MX record, the certificate, TLSA records and the policy: the address also serves others.", a, host))
				continue
			}
			kind := "A"
			if a.Is6() {
				kind = "AAAA"
			}
			out.Lines = append(out.Lines, line(host, kind, a.String())...)
		}
	}
	for _, x := range z.d.Exchange.Value.List {
		if left && slices.Contains(alone, x.Host) {
			out.Lines = append(out.Lines, z.mxLine(x, x.Host)...)
		}
	}
	return []Step{{Note: "Let port 25 answer there: start the server on that address, and open it in the firewall, for IPv6 as well."}, out, {Note: sentences(notes...)}}
}

// dead are the addresses of a host at which port 25 does not answer; answers is whether it does at any other.
func (z *zone) dead(host string) (dead []netip.Addr, answers bool) {
	for _, e := range z.at(host, 25) {
		a, err := netip.ParseAddr(e.Target.Address)
		switch is := evidence.Is(e.Facts.Reachable); {
		case is == evidence.Yes:
			answers = true
		case err == nil && (is == evidence.No || strings.Contains(e.Facts.Reachable.Why, "no answer") && z.answers(a.Is4())):
			dead = append(dead, a)
		}
	}
	return dead, answers
}

// shared reports whether an address of a host may serve others than senders: another port answers there, or the host is the domain itself,
// which web sites go by, or is named, perhaps by an alias, for another service.
func (z *zone) shared(host string, a netip.Addr) bool {
	return host == z.d.Name || slices.ContainsFunc(z.endpoints, func(e *evidence.Endpoint) bool {
		at, err := netip.ParseAddr(e.Target.Address)
		return err == nil && at == a && evidence.Is(e.Facts.Reachable) == evidence.Yes
	}) || slices.ContainsFunc(z.d.Services.Value, func(s evidence.MailService) bool {
		h := z.d.Hosts[s.Host]
		return s.Host == host || h != nil && slices.Contains(h.Aliases, host)
	})
}

// answers reports whether port 25 of any address of a kind answers: else silence may be the fault of the network here.
func (z *zone) answers(four bool) bool {
	return slices.ContainsFunc(z.endpoints, func(e *evidence.Endpoint) bool {
		a, err := netip.ParseAddr(e.Target.Address)
		return err == nil && e.Target.Port == 25 && a.Is4() == four && evidence.Is(e.Facts.Reachable) == evidence.Yes
	})
}

// alike names what to run for the exchanger that differs.
func (z *zone) alike() []Step {
	out := Step{For: "for the settings of those that are weaker"}
	for _, host := range z.exchangers() {
		for _, e := range z.at(host, 25) {
			if s, ok := Named(Recognise(e).Software); ok {
				out.Lines = addOnce(out.Lines, "mailtls harden "+s.Name)
			}
		}
	}
	if len(out.Lines) == 0 {
		out.Lines = []string{"mailtls harden SOFTWARE"}
	}
	out.Note = "What is weaker stands with each server. An exchanger that cannot be brought to the same is better taken out of the MX records."
	return []Step{out}
}
