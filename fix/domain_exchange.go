package fix

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

func exchangeCures() []domainCure {
	return []domainCure{
		{"mx-missing", func(z *zone) []Step { return z.firstMX() }},
		{"mx-unusable", func(z *zone) []Step { return z.usableMX() }},
		{"dane-cname-mx", func(z *zone) []Step { return z.ownNames() }},
		{"mx-unreachable", func(z *zone) []Step { return z.unreachable() }},
		{"mx-inconsistency", func(z *zone) []Step { return z.alike() }},
	}
}

// mxLines are the MX records of the domain, with what name makes of each exchanger; "" leaves it out.
func (z *zone) mxLines(name func(evidence.Exchanger) string) []string {
	var out, hosts []string
	for _, x := range z.d.Exchange.Value.List {
		if host := name(x); plainName(host) && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
			out = append(out, z.mxLine(x, host)...)
		}
	}
	return out
}

// mxLine is the record of an exchanger by the name of host.
func (z *zone) mxLine(x evidence.Exchanger, host string) []string {
	return line(z.d.Name, "MX", fmt.Sprintf("%d %s.", x.Preference, host))
}

// beyond says that there are records that the lines do not have, "" if there are none.
func (z *zone) beyond() string {
	if n := z.d.Exchange.Value.LeftOut; n > 0 {
		return fmt.Sprintf("The domain has %d more exchangers, which were not looked at: keep their records.", n)
	}
	return ""
}

func (z *zone) firstMX() []Step {
	x := z.d.Exchange.Value
	null := Step{For: "if the domain is to take no mail", Where: Beside, Lines: line(z.d.Name, "MX", "0 .")}
	switch {
	case x.NoSuch:
		return note("There is no zone to put a record into: look whether the name is spelt right, and registered.")
	case x.Kind != evidence.Implicit:
		return []Step{null, {Note: "If it is to take mail, name its servers in MX records; which they are cannot be told from here."}}
	}
	own := Step{For: "if the server at the domain's own address takes its mail", Where: Beside, Lines: line(z.d.Name, "MX", "10 "+z.d.Name+".")}
	for _, e := range z.at(z.d.Name, 25) {
		if evidence.Is(e.Facts.Reachable) == evidence.Yes {
			return []Step{own} // it was seen to take mail
		}
	}
	return []Step{own, null}
}

func (z *zone) usableMX() []Step {
	out := Step{Where: Instead}
	var hosts, notes []string
	given := map[string]string{} // names for addresses
	for _, x := range z.d.Exchange.Value.List {
		a, err := netip.ParseAddr(x.Host)
		if err != nil {
			continue
		}
		host := fmt.Sprintf("mx%d.%s", len(given)+1, z.d.Name)
		if z.d.Hosts[host] != nil {
			host = "mail-" + host
		}
		given[x.Host] = host
		kind := "A"
		if a.Is6() {
			kind = "AAAA"
		}
		hosts = append(hosts, line(host, kind, a.WithZone("").String())...)
	}
	out.Lines = z.mxLines(func(x evidence.Exchanger) string {
		h := z.d.Hosts[x.Host]
		switch {
		case given[x.Host] != "":
			return given[x.Host]
		case h != nil && len(h.Aliases) == 0 && h.Addresses.State == evidence.Known && len(h.Addresses.Value) == 0:
			notes = append(notes, x.Host+" has no address: give it one, and keep its record, if it is to take mail.")
			return ""
		}
		return z.usableName(x)
	})
	if len(hosts) > 0 {
		notes = append(notes, "The new names are free to choose; certificates have to name them.")
	}
	if len(out.Lines) == 0 {
		notes = append(notes, "No exchanger is left that could be used.")
	}
	out.Note = sentences(append(notes, z.beyond())...)
	return []Step{{Where: Beside, Lines: hosts}, out}
}

// ownNames has MX records name what aliases lead to. A policy of MTA-STS has to name those before.
func (z *zone) ownNames() []Step {
	var notes []string
	mx := Step{Where: Instead, Lines: z.mxLines(z.usableName)}
	for _, x := range z.d.Exchange.Value.List {
		h := z.d.Hosts[x.Host]
		if h == nil || len(h.Aliases) == 0 {
			continue
		}
		target, t := h.Aliases[len(h.Aliases)-1], h.TLSA[25].Value
		if len(t.Records) > 0 && t.Base == x.Host {
			notes = append(notes, fmt.Sprintf("TLSA records are at %s, and not at %s: have them there first, in a zone that is signed, or DANE is gone.", x.Host, target))
		}
		for _, e := range z.at(x.Host, 25) {
			if list, _ := chains(e); len(list) > 0 && !z.names(e, list, target) {
				notes = addOnce(notes, fmt.Sprintf("The certificate of %s does not name %s: have one made out to it first.", x.Host, target))
			}
		}
	}
	mx.Note = sentences(append(notes, z.beyond())...)
	var out []Step
	if z.policyUsed() && slices.ContainsFunc(z.targets(), func(h string) bool { return !z.policyNames(h) }) {
		out, mx.For = z.policySteps(z.d.Policy.Value.Mode), "once the new policy can be fetched"
	}
	return append(out, mx)
}

// targets are the hosts that exchangers lead to which are aliases.
func (z *zone) targets() []string {
	var out []string
	for _, host := range z.exchangers() {
		if h := z.d.Hosts[host]; h != nil && len(h.Aliases) > 0 && plainName(h.Aliases[len(h.Aliases)-1]) {
			out = addOnce(out, h.Aliases[len(h.Aliases)-1])
		}
	}
	return out
}

// usableName is the name that an MX record should have in place of an exchanger's, "" for one that has no address. It is the same for
// all that may be amiss, so that no cure undoes another.
func (z *zone) usableName(x evidence.Exchanger) string {
	h := z.d.Hosts[x.Host]
	switch {
	case h != nil && len(h.Aliases) > 0:
		return h.Aliases[len(h.Aliases)-1]
	case h != nil && h.Addresses.State == evidence.Known && len(h.Addresses.Value) == 0:
		return ""
	}
	return x.Host
}

// names reports whether every chain is made out to a host.
func (z *zone) names(e *evidence.Endpoint, list []evidence.Chain, host string) bool {
	_, rest, _ := strings.Cut(host, ".")
	return !slices.ContainsFunc(list, func(c evidence.Chain) bool {
		own := e.Blobs.Certificates[c.Certificates[0]]
		return own == nil || !slices.ContainsFunc(own.Names.DNS, func(n string) bool { return strings.EqualFold(n, host) || strings.EqualFold(n, "*."+rest) })
	})
}
